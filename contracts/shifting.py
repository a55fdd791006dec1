"""A sale that is shifted with orders in it: consequences first, then everybody is told. Orders says all of it.

Farms are asked again whether they come. Until an hour that the market names, consumers cancel freely, also after the
close: then nothing is back on sale, and the farms that hold a list hear of the difference.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape, Version
from contracts.orders import DistributionState, Order, OrderLine
from contracts.wall import WallTime


class Shifted(Model):
    """What a shift made of a sale."""

    distribution_id: UUID
    number: int
    """How many times this sale was shifted, with this one."""
    market_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    was_starts_at: datetime
    """When the hand-over would have begun."""
    closes_at: datetime
    is_open: bool
    """Whether orders were still taken."""
    starts_at: datetime
    ends_at: datetime
    free_until: datetime
    """Until then consumers may cancel, whatever has closed."""
    reason: str


class FarmClose(Model):
    """When the lines of one farm close."""

    producer_id: UUID
    closes_at: datetime


class SaleShifted(
    Event,
    name="orders.sale_shifted.v1",
    shape=Shape.STATE,
    about="distribution_id",
    heard_by=("catalog.mirror_shift", "notifications.tell_organisers_of_shift"),
):
    """Said once per shift, in its transaction: the times of the sale as they are from now on, whole."""

    distribution_id: UUID
    shift: Shifted
    closes: list[FarmClose]
    """Of every farm of the sheet."""
    orders: int
    amount_cents: int
    currency: str
    by_telephone: int


class FarmAskedAgain(
    Event,
    name="orders.farm_asked_again.v1",
    shape=Shape.FACT,
    about="presence_id",
    heard_by=("notifications.ask_farm_again",),
):
    """Said once per shift and farm that had not dropped out: it is asked whether it comes at the new hour."""

    presence_id: UUID
    producer_id: UUID
    producer_name: str
    shift: Shifted


class OrderShifted(
    Event,
    name="orders.order_shifted.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_shift",),
):
    """Said once per shift and order that stood when it was shifted; the order itself stays as it was."""

    order_id: UUID
    order: Order
    shift: Shifted


class LinesGivenUp(
    Event,
    name="orders.lines_given_up.v1",
    shape=Shape.FACT,
    about="given_up_id",
    heard_by=("notifications.tell_given_up",),
):
    """Said once per farm when an order was cancelled freely after the farm's close: its list holds so much too much."""

    given_up_id: UUID
    order_id: UUID
    number: int | None
    code: str
    distribution_id: UUID
    market_name: str
    time_zone: str
    starts_at: datetime
    producer_id: UUID
    producer_name: str
    lines: list[OrderLine]


class Shift(Model):
    """What shifting a sale means, and what its last shift was; while people are told, how far that is."""

    distribution_id: UUID
    version: Version
    """Of the sale; a command names it."""
    state: DistributionState
    time_zone: str
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    orders: int
    """That stand: their people are told, and may cancel."""
    amount_cents: int
    currency: str
    farms: int
    """That are asked again."""
    by_telephone: int
    """People of these orders whom no mail reaches."""
    last: Shifted | None = None
    done_at: datetime | None = None
    """When the last of those people was written to."""


class ReadShift(Command, door="orders.read_shift", answers=Shift):
    """The consequences of shifting a sale, and its last shift if any; for the market's organisers."""

    distribution_id: UUID


class ShiftSale(Command, door="orders.shift_sale", answers=Shift | Refused, acts=True, by=(Right.ORGANISE,)):
    """Give a sale that has opened another hour, until its hand-over begins; for the market's organisers.

    Wall times of the market; a hand-over in slots keeps its length, and slots move along. `version`, `orders` and
    `amount_cents` are what the asker saw: Conflict `figures-moved` if they are others by now. A farm's own earlier
    close moves with the sale's; lines that have closed stay closed.
    Refused: `not-shiftable` (its hour to be handed over has come, it is cancelled, or the close is being counted).
    """

    distribution_id: UUID
    version: Version
    orders: int
    amount_cents: int
    closes_at: WallTime | None = None
    """While it is open; nothing leaves it as it is."""
    starts_at: WallTime
    ends_at: WallTime
    free_until: WallTime
    """Until then consumers may cancel freely; not after the hand-over begins."""
    reason: str = Field(default="", max_length=300)
    """Told to everybody as written."""
