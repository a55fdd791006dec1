"""Money paid on the spot: who owes whom, who took what for whom, what is in each till. Payments owns it.

A balance is always between one consumer and one producer: whoever takes money for several farms holds it for each of
them apart. What was written is never changed; a mistake is undone by a second movement that points at the first.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.messages import Command, Event, Model, Refused, Shape, Version

Cents = Annotated[int, Field(ge=1, le=10_000_000)]

CASH_LIMIT_CENTS = 100_000
"""What a consumer may pay one professional in cash for one debt (Code monétaire et financier, D112-3)."""


class Means(StrEnum):
    """How money changes hands."""

    CASH = "cash"
    CHEQUE = "cheque"
    CARD = "card"
    """On a terminal of the till's holder."""
    TRANSFER = "transfer"


class MovementKind(StrEnum):
    """What happened between a consumer and a producer."""

    OWED = "owed"
    """The order's amount, or by how much it changed."""
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    UNDONE = "undone"
    """An error: it takes back the movement that it `corrects`."""
    ADJUSTED = "adjusted"
    """In the consumer's favour, with a reason: the rotten box found at home."""


class BooksChecked(
    Event,
    name="payments.books_checked.v1",
    shape=Shape.STATE,
    about="distribution_id",
    heard_by=("orders.end_books",),
):
    """Said once payments knows the last version of every order of a distribution whose books are closing.

    `closed`: its figures are kept and never change. Otherwise they would have had to be exact, and were not.
    """

    distribution_id: UUID
    attempt: int
    """Of `orders.books_closing.v1`; an answer to an older one is void."""
    closed: bool
    due_cents: int
    """What consumers still owe."""
    overpaid_cents: int
    """What farms owe back."""


class SellerMoney(Model):
    """Between one order's consumer and one producer; all amounts in cents."""

    producer_id: UUID
    producer_name: str
    owed_cents: int
    paid_cents: int
    """Taken less what was given back."""
    adjusted_cents: int
    due_cents: int
    """`owed - adjusted - paid`; below zero the farm owes it to the consumer."""


class Movement(Model):
    """A line of an order's money, as it was written."""

    movement_id: UUID
    kind: MovementKind
    producer_id: UUID
    amount_cents: int
    """Always positive, but for `owed`, which may shrink."""
    means: Means | None = None
    holder: str = ""
    """Who holds the money; empty where nobody does."""
    reference: str = ""
    at: datetime
    undone: bool = False


class OrderMoney(Model):
    """What is owed and was paid for one order, seller by seller, in the order of its lines."""

    order_id: UUID
    version: Version
    """Of the order, as it is known here; a page that shows a later one waits a moment."""
    number: int
    currency: str
    sellers: list[SellerMoney]
    movements: list[Movement]
    """Oldest first, without `owed`."""
    final: bool
    """Whether the books of its distribution are closed."""

    @property
    def due_cents(self) -> int:
        """What remains to be paid, over the sellers that something is due to."""
        return sum(max(seller.due_cents, 0) for seller in self.sellers)


class ReadOrderMoney(Command, door="payments.read_order_money", answers=OrderMoney):
    """The money of one order: for its consumer, who sees all; organisers, treasurers and who hands over, likewise.

    Those who sell for a farm see that farm's part. NotFound until the window has closed.
    """

    order_id: UUID


class Part(Model):
    """So much for one producer."""

    producer_id: UUID
    amount_cents: Cents


class TakePayment(Command, door="payments.take_payment", answers=OrderMoney | Refused, acts=True):
    """Write that money was taken for an order; all parts or none.

    Without a desk each part goes into the farm's own till of that distribution, and a cheque or a card pays one farm.
    At a `desk` its holder takes it for them, with their mandates. More than is due is written too: it is a balance.
    `version` is the order's that was shown. For organisers, treasurers and who hands over; a seller for its farm.
    Refused: `no-mandate` and `cash-limit` (details: the farms), `books-closed` (a farm may still take by `later`).
    """

    order_id: UUID
    version: Version
    means: Means
    parts: list[Part] = Field(min_length=1, max_length=50)
    desk_id: UUID | None = None
    later: bool = False
    """Straight to the farm, outside the evening's tills; by those who sell for it, also after the books closed."""
    reference: str = Field(default="", max_length=80)
    """The cheque's number and bank, the transfer's text."""


class GiveBack(Command, door="payments.give_back", answers=OrderMoney | Refused, acts=True):
    """Write that money was given back to a consumer, out of the farm's till, a desk, or by the farm `later`.

    By the same people. Refused: `more-than-paid`, `books-closed`.
    """

    order_id: UUID
    means: Means
    part: Part
    desk_id: UUID | None = None
    later: bool = False
    reference: str = Field(default="", max_length=80)


class UndoMovement(Command, door="payments.undo_movement", answers=OrderMoney | Refused, acts=True):
    """Take back a movement that was written by mistake; both stay, and the sums are as before it.

    By those who may write it. Refused: `books-closed`, `undone` already.
    """

    movement_id: UUID
    reason: str = Field(min_length=1, max_length=300)


class Adjust(Command, door="payments.adjust", answers=OrderMoney | Refused, acts=True):
    """Lower what a consumer owes a farm, with a reason; also after the books closed: it is dated then, not on the day.

    For those who sell for the farm. Refused: `more-than-owed`.
    """

    order_id: UUID
    part: Part
    reason: str = Field(min_length=1, max_length=300)


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

    @property
    def expected_cents(self) -> int:
        """The cash that must be in it."""
        return self.float_cents + sum(part.cash_cents for part in self.parts)

    @property
    def difference_cents(self) -> int | None:
        """Counted less expected; nothing until it was counted."""
        return None if self.counted_cents is None else self.counted_cents - self.expected_cents


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
    final_at: datetime | None = None


class ReadTills(Command, door="payments.read_tills", answers=Tills):
    """The tills of a distribution: all for organisers, treasurers and who hands over; for a seller the farm's own part.

    After the books closed: as they were then.
    """

    distribution_id: UUID


class OpenDesk(Command, door="payments.open_desk", answers=Tills | Refused, acts=True):
    """Open a till that somebody holds for several farms with their written mandates; for organisers and treasurers.

    Opening it again under the same holder sets its float. Refused: `books-closed`.
    """

    distribution_id: UUID
    holder: str = Field(min_length=1, max_length=120)
    float_cents: int = Field(default=0, ge=0, le=1_000_000)


class SetFloat(Command, door="payments.set_float", answers=Tills | Refused, acts=True):
    """Say how much cash was in a till before; for organisers, treasurers and who hands over, sellers for their own.

    Refused: `books-closed`.
    """

    till_id: UUID
    float_cents: int = Field(ge=0, le=1_000_000)


class CountTill(Command, door="payments.count_till", answers=Tills | Refused, acts=True):
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


class GiveMandate(Command, door="payments.give_mandate", answers=Mandate, acts=True):
    """Enter the mandate that a farm signed; for those who sell for it. Given again to the same holder it runs anew."""

    producer_id: UUID
    market_id: UUID
    holder: str = Field(min_length=1, max_length=120)
    given_on: date


class EndMandate(Command, door="payments.end_mandate", answers=Mandate, acts=True):
    """End a mandate now; what was taken under it stays with its holder's till."""

    mandate_id: UUID


class ListMandates(Command, door="payments.list_mandates", answers=list[Mandate]):
    """A farm's mandates, for those who sell for it."""

    producer_id: UUID


class Balance(Model):
    """Between the asker and one producer, over all distributions."""

    producer_id: UUID
    producer_name: str
    due_cents: int
    """Owed to the farm; below zero, owed by it."""
    currency: str


class MyBalances(Command, door="payments.my_balances", answers=list[Balance]):
    """What the asker owes to farms, and they owe back; settled ones are left out."""
