"""Money paid on the spot: who owes whom, who took what for whom. Payments owns it; tills stand in `tills`.

A balance is always between one consumer and one producer: whoever takes money for several farms holds it for each of
them apart. What was written is never changed; a mistake is undone by a second movement that points at the first.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.members import Right
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
    may_undo: bool = Field(default=True)
    """Whether the asker may take it back, as the books are now."""


class Desk(Model):
    """A till that somebody holds for several farms."""

    till_id: UUID
    holder: str


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
    desks: list[Desk] = Field(default=[])
    """Where money may also be taken, for those who keep the evening's; none once the books are closed."""

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


class TakePayment(
    Command,
    door="payments.take_payment",
    answers=OrderMoney | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.TREASURY, Right.HANDOVER, Right.SELL),
):
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


class GiveBack(
    Command,
    door="payments.give_back",
    answers=OrderMoney | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.TREASURY, Right.HANDOVER, Right.SELL),
):
    """Write that money was given back to a consumer, out of the farm's till, a desk, or by the farm `later`.

    By the same people. Refused: `more-than-paid`, `books-closed`.
    """

    order_id: UUID
    means: Means
    part: Part
    desk_id: UUID | None = None
    later: bool = False
    reference: str = Field(default="", max_length=80)


class UndoMovement(
    Command,
    door="payments.undo_movement",
    answers=OrderMoney | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.TREASURY, Right.HANDOVER, Right.SELL),
):
    """Take back a movement that was written by mistake; both stay, and the sums are as before it.

    By those who may write it. Refused: `books-closed`, `undone` already.
    """

    movement_id: UUID
    reason: str = Field(min_length=1, max_length=300)


class Adjust(Command, door="payments.adjust", answers=OrderMoney | Refused, acts=True, by=(Right.SELL,)):
    """Lower what a consumer owes a farm, with a reason; also after the books closed: it is dated then, not on the day.

    For those who sell for the farm. Refused: `more-than-owed`.
    """

    order_id: UUID
    part: Part
    reason: str = Field(min_length=1, max_length=300)


class Balance(Model):
    """Between the asker and one producer, over all distributions."""

    producer_id: UUID
    producer_name: str
    due_cents: int
    """Owed to the farm; below zero, owed by it."""
    currency: str


class MyBalances(Command, door="payments.my_balances", answers=list[Balance]):
    """What the asker owes to farms, and they owe back; settled ones are left out."""


class OwnMovement(Movement):
    """A movement between the asker and a farm, with the order that it is about."""

    order_id: UUID
    market_name: str
    producer_name: str
    currency: str


class OwnMovements(Model):
    """A page of one's own movements, oldest first; `following` is the next page's `after`."""

    movements: list[OwnMovement]
    following: UUID | None = None


class MyMovements(Command, door="payments.my_movements", answers=OwnMovements):
    """All that the asker owed to farms and paid them, `owed` included, over all distributions."""

    limit: int = Field(default=50, ge=1, le=100)
    after: UUID | None = None
