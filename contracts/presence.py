"""Whether and how a farm comes to a hand-over that was ordered for: thresholds, carriers, delivery notes.

Catalog keeps what a farm planned; from the opening on, orders knows what became of it.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape


class Coming(StrEnum):
    """How a farm's goods come."""

    IN_PERSON = "in_person"
    CARRIED = "carried"
    """By a colleague or a round, with a delivery note."""
    WITHDRAWN = "withdrawn"
    """Not at all: too little was ordered, or the sale was shifted to an hour that does not suit it."""


class Presence(Model):
    """A farm at one distribution, as it stands."""

    distribution_id: UUID
    producer_id: UUID
    producer_name: str
    threshold_cents: int | None
    """It comes from this total on; nothing: in any case."""
    ordered_cents: int | None
    """What was ordered of it when its lines closed; nothing until then."""
    people: int | None
    """How many orders that was."""
    asked_at: datetime | None
    """When it was asked, because less than its threshold was ordered."""
    shift_asked_at: datetime | None = None
    """When it was asked again, because the sale was shifted."""
    coming: Coming | None
    """Nothing until it has answered; a farm that was not asked comes in person unless it says otherwise."""
    carrier: str
    dropped_out: bool = False
    """It does not come, whatever it answered."""
    version: int = 0
    """Goes up with each answer, and when the farm is asked again."""


class ThresholdMissed(
    Event,
    name="orders.threshold_missed.v1",
    shape=Shape.FACT,
    about="presence_id",
    heard_by=("notifications.ask_farm",),
):
    """Said once, when a farm's lines closed below its threshold: it is asked what it will do."""

    presence_id: UUID
    distribution_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    starts_at: datetime
    producer_id: UUID
    producer_name: str
    threshold_cents: int
    ordered_cents: int
    people: int
    currency: str


class PresenceConfirmed(
    Event,
    name="orders.presence_confirmed.v1",
    shape=Shape.FACT,
    about="presence_id",
    heard_by=("notifications.tell_presence",),
):
    """Said at each answer of a farm about how its goods come; one that withdraws says `ProducerDroppedOut` as well."""

    presence_id: UUID
    version: int
    distribution_id: UUID
    market_id: UUID
    market_name: str
    time_zone: str
    starts_at: datetime
    producer_id: UUID
    producer_name: str
    coming: Coming
    carrier: str
    after_shift: bool = False
    """Whether it was asked last because the sale was shifted."""


class ListPresences(Command, door="orders.list_presences", answers=list[Presence]):
    """The farms of a sale for those who organise or hand over; for others those they sell for."""

    distribution_id: UUID


class ConfirmPresence(
    Command, door="orders.confirm_presence", answers=Presence | Refused, acts=True, by=(Right.SELL, Right.ORGANISE)
):
    """Say how a farm's goods come, for those who sell for it or organise the market; it may be said anew.

    `carried` needs a carrier. `withdrawn` is for a farm that was asked: its orders are made short, and everybody is
    told. Refused: `not-asked`, `dropped-out`, `not-closed` (being counted, or cancelled).
    Conflict `presence-changed`: answered by somebody else, or asked again for another hour, since `version`.
    """

    distribution_id: UUID
    producer_id: UUID
    coming: Coming
    carrier: str = Field(default="", max_length=120)
    """Who carries, and perhaps a telephone number."""
    version: int | None = Field(default=None, ge=0)
    """Of the presence that is answered; nothing: whatever it is by now."""
