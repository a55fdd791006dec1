"""Marks that expire while a sale is open: they leave its page, orders stand, the organisers decide. Said by orders."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape


class Decision(StrEnum):
    """What the organisers make of the orders concerned."""

    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    """The lines leave the sale and its orders; it cannot be taken back, for everybody is told."""


class Consequences(Model):
    """What taking some offers out of a sale that has opened means for its orders, and what was decided."""

    orders: int
    """With some of the offers: as they stand, or stood when it was decided to withdraw them."""
    emptied: int
    """Those of them with nothing else: without these lines they are cancelled."""
    amount_cents: int
    currency: str
    by_telephone: int
    """People of these orders whom no mail reaches."""
    decision: Decision | None = None
    """Nothing until somebody has decided; meanwhile the orders stand."""
    decided_at: datetime | None = None
    done_at: datetime | None = None
    """When the last order was made short of what was withdrawn."""


class ExpiredMarks(Consequences):
    """What a farm sold in a sale with marks that ended at one instant, and what became of it."""

    expiry_id: UUID
    distribution_id: UUID
    producer_id: UUID
    producer_name: str
    marks: list[str]
    expired_at: datetime
    offers: list[UUID]
    names: list[str]
    """Of those offers."""
    required: bool
    """Some of them cannot be ordered any more: the market's quality policy asks for the mark."""


class MarksExpired(
    Event,
    name="orders.marks_expired.v1",
    shape=Shape.FACT,
    about="expiry_id",
    heard_by=("notifications.tell_expired_marks",),
):
    """Said when marks expire that people ordered by, and again at each decision about these orders."""

    expiry_id: UUID
    version: int
    market_id: UUID
    market_name: str
    time_zone: str
    starts_at: datetime
    expired: ExpiredMarks
    reason: str = ""


class ListExpiredMarks(Command, door="orders.list_expired_marks", answers=list[ExpiredMarks]):
    """What expired while a sale was open, for the market's organisers; for others of the farms they sell for."""

    distribution_id: UUID


class DecideExpiredMarks(
    Command, door="orders.decide_expired_marks", answers=ExpiredMarks | Refused, acts=True, by=(Right.ORGANISE,)
):
    """Keep the orders or withdraw the lines from them, for the market's organisers; what was kept may yet be withdrawn.

    `orders` and `amount_cents` are what the asker saw: Conflict `figures-moved` if they are others by now.
    Refused: `withdrawn` already, `dropped-out`, `not-closed` (the close is being counted, or the sale is cancelled).
    """

    expiry_id: UUID
    decision: Decision
    orders: int
    amount_cents: int
    reason: str = Field(default="", max_length=300)
    """Told to consumers as written."""
