"""Late lines: goods added to an order after the close, with the producer's yes. Orders writes them down for good."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.day import FarmRow
from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape
from contracts.money import Unit
from contracts.orders import Wish


class LateLine(Model):
    """So much of one offer that was added to an order after the close."""

    late_id: UUID
    """Of the addition: what was entered together has one."""
    order_id: UUID
    number: int | None
    code: str
    producer_id: UUID
    offer_id: UUID
    name: str
    unit: Unit
    quantity: int
    substitutes: UUID | None = None
    """The offer in whose place it came."""
    agreed: str
    """Who said yes for the farm, and how; nothing once that was forgotten."""
    entered_by: str
    """Name of who entered it; nothing once that account was erased."""
    entered_at: datetime


class LateLinesAdded(
    Event,
    name="orders.late_lines_added.v1",
    shape=Shape.FACT,
    about="late_id",
    heard_by=("notifications.tell_late_lines",),
):
    """Said once per addition, for the farm; consumers hear of it by `orders.order_changed.v1`."""

    late_id: UUID
    distribution_id: UUID
    market_name: str
    time_zone: str
    starts_at: datetime
    producer_id: UUID
    producer_name: str
    lines: list[LateLine]
    by_person: UUID
    """Who entered it, and needs no news of it."""


class More(Wish):
    """So much more of one offer than stands."""

    quantity: int = Field(ge=1, le=1_000_000)


class AddLateLines(
    Command,
    door="orders.add_late_lines",
    answers=FarmRow | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.HANDOVER, Right.SELL),
):
    """Add goods of one farm to an order that stands, after the close; answers what the order then has of the farm.

    For organisers and those who hold the hand-over; who sells for the farm, where the order has something of it. All or
    nothing, at the sheet's price, within each line's minimum, step and maximum. Refused: `sold-out` (details: what is
    left of each line), `not-closed`, `books-closed`, `dropped-out`, `withdrawn`, `mark-expired`, `handed-over`,
    `absent`, `cancelled`.
    """

    order_id: UUID
    producer_id: UUID
    lines: list[More] = Field(min_length=1, max_length=200)
    agreed: str = Field(default="", max_length=120)
    """Who of the farm said yes, and how; who sells for it may leave it empty, for the yes is then the asker's."""


class Substitute(
    Command,
    door="orders.substitute",
    answers=FarmRow | Refused,
    acts=True,
    by=(Right.ORGANISE, Right.HANDOVER, Right.SELL),
):
    """Give one product in place of another that is short, as agreed on the spot: one change of the order, told once.

    For who may both settle the line that is short and add to the order, and with the same limits and refusals as
    `AddLateLines`. What is given may not cost more than what is short of the line, unless `dearer` was agreed with the
    consumer: Refused `dearer` (details: `short_cents`, `given_cents`).
    """

    order_id: UUID
    instead_of: UUID
    """The offer whose line is short."""
    short: int = Field(ge=1, le=1_000_000)
    """How much of it does not come, in all."""
    producer_id: UUID
    """Of what is given."""
    offer_id: UUID
    quantity: int = Field(ge=1, le=1_000_000)
    dearer: bool = False
    agreed: str = Field(default="", max_length=120)
    """Who of the farm said yes to what is given; who sells for it may leave it empty."""

    @property
    def addition(self) -> AddLateLines:
        """What is given, as lines that are added."""
        given = More(offer_id=self.offer_id, quantity=self.quantity)
        return AddLateLines(order_id=self.order_id, producer_id=self.producer_id, lines=[given], agreed=self.agreed)


class ListLateLines(Command, door="orders.list_late_lines", answers=list[LateLine]):
    """What was added to the orders of a sale after its close, for those who hand it over; for others of their farms."""

    distribution_id: UUID
