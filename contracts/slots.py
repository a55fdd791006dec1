"""Slots of a hand-over: planned by catalog, taken and given back by orders alone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.messages import Command, Model

SlotCapacity = Annotated[int, Field(ge=1, le=10_000)]
"""How many orders are fetched in one slot."""


class WantedSlots(Model):
    """Slots as somebody plans them; where no capacity is named, the place's own holds."""

    minutes: int = Field(ge=5, le=240)
    capacity: SlotCapacity | None = None


class SlotPlan(WantedSlots):
    """A hand-over in slots of equal length, from its start to its end, each for so many orders."""

    capacity: SlotCapacity


class Slot(Model):
    """When an order is fetched, as its consumer chose."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str


class SlotLeft(Slot):
    """A slot, and for how many orders there is still room in it."""

    left: int


class ReadSlots(Command, door="orders.read_slots", answers=list[SlotLeft], open_to_strangers=True):
    """The slots of a sale by their start, with what is left of each; none where it has none."""

    distribution_id: UUID
