"""The tills of an evening, and the mandates by which somebody holds farms' money. Payments owns them.

A till holds money of one farm, its own; a desk, of several, for each of them apart.
"""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from contracts.members import Right
from contracts.messages import Command, Model, Refused


class TillPart(Model):
    """What a till holds for one producer, by means, in cents."""

    producer_id: UUID
    producer_name: str
    cash_cents: int = 0
    cheque_cents: int = 0
    card_cents: int = 0
    transfer_cents: int = 0

    @property
    def total_cents(self) -> int:
        return self.cash_cents + self.cheque_cents + self.card_cents + self.transfer_cents


class Cheque(Model):
    """A cheque in a till, for the remittance slip."""

    movement_id: UUID
    """The first, where a desk took it for several farms."""
    number: int
    """The order's."""
    reference: str
    amount_cents: int


class Till(Model):
    """The money that one holder took at one distribution."""

    till_id: UUID
    holder: str
    """The farm, or the entity that holds the mandates."""
    producer_id: UUID | None
    """Of a farm's own till; nothing for a desk."""
    float_cents: int
    """Cash that was in it before."""
    parts: list[TillPart]
    cheques: list[Cheque]
    counted_cents: int | None = None
    """Cash found in it; nothing until it was counted."""
    counted_at: datetime | None = None
    reason: str = ""
    """Why the count differs."""
    explained_cents: int | None = None
    """By how much it did when that was said: the reason is of no other difference. Not known of earlier counts."""

    @property
    def expected_cents(self) -> int:
        """The cash that must be in it."""
        return self.float_cents + sum(part.cash_cents for part in self.parts)

    @property
    def difference_cents(self) -> int | None:
        """Counted less expected; nothing until it was counted."""
        return None if self.counted_cents is None else self.counted_cents - self.expected_cents

    @property
    def is_to_count(self) -> bool:
        """Whether its cash was not counted, or differs without a reason for it: something moved after the count."""
        if self.difference_cents is None:
            return self.expected_cents != 0
        is_explained = bool(self.reason) and self.explained_cents in (None, self.difference_cents)
        return self.difference_cents != 0 and not is_explained


class SellerBooks(Model):
    """One producer at one distribution: `owed = paid + adjusted + due`, over all consumers; in cents."""

    producer_id: UUID
    producer_name: str
    orders: int
    owed_cents: int
    paid_cents: int
    adjusted_cents: int
    due_cents: int
    """What consumers still owe it, less what it owes them."""


class Tills(Model):
    """The money of a distribution: every till, every producer. Kept as it is when the books close."""

    distribution_id: UUID
    market_name: str
    currency: str
    tills: list[Till]
    sellers: list[SellerBooks]
    open_orders: list[int]
    """Numbers of the orders for which something is due, either way."""
    open_order_ids: list[UUID] = Field(default=[])
    """The same by id, in the same order: a cancelled one is on no list of the day, and its money is given back."""
    final_at: datetime | None = None


class ReadTills(Command, door="payments.read_tills", answers=Tills):
    """The tills of a distribution: all for organisers, treasurers and who hands over; for a seller the farm's own part.

    After the books closed: as they were then.
    """

    distribution_id: UUID


class OpenDesk(
    Command, door="payments.open_desk", answers=Tills | Refused, acts=True, by=(Right.ORGANISE, Right.TREASURY)
):
    """Open a till that somebody holds for several farms with their written mandates; for organisers and treasurers.

    Opening it again under the same holder sets its float. Refused: `books-closed`.
    """

    distribution_id: UUID
    holder: str = Field(min_length=1, max_length=120)
    float_cents: int = Field(default=0, ge=0, le=1_000_000)


class SetFloat(
    Command,
    door="payments.set_float",
    answers=Tills | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.TREASURY, Right.HANDOVER, Right.SELL),
):
    """Say how much cash was in a till before; for organisers, treasurers and who hands over, sellers for their own.

    Refused: `books-closed`.
    """

    till_id: UUID
    float_cents: int = Field(ge=0, le=1_000_000)


class CountTill(
    Command,
    door="payments.count_till",
    answers=Tills | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.TREASURY, Right.HANDOVER, Right.SELL),
):
    """Say how much cash is in a till; it may be counted again until the books close. By the same people as `SetFloat`.

    A count that differs from what must be there needs a `reason`. Refused: `books-closed`.
    """

    till_id: UUID
    counted_cents: int = Field(ge=0, le=100_000_000)
    reason: str = Field(default="", max_length=300)


class Mandate(Model):
    """A farm's written word that a holder may take money for it at a market."""

    mandate_id: UUID
    producer_id: UUID
    market_id: UUID
    holder: str
    given_on: date
    """The day of the paper's signature."""
    valid_until: datetime | None = None
    """The end of the mandate; nothing while it runs."""


class GiveMandate(Command, door="payments.give_mandate", answers=Mandate, acts=True, by=(Right.SELL,)):
    """Enter the mandate that a farm signed; for those who sell for it. Given again to the same holder it runs anew."""

    producer_id: UUID
    market_id: UUID
    holder: str = Field(min_length=1, max_length=120)
    given_on: date


class EndMandate(Command, door="payments.end_mandate", answers=Mandate, acts=True, by=(Right.SELL,)):
    """End a mandate now; what was taken under it stays with its holder's till."""

    mandate_id: UUID


class ListMandates(Command, door="payments.list_mandates", answers=list[Mandate]):
    """A farm's mandates, for those who sell for it."""

    producer_id: UUID
