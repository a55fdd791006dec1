"""A sale that is cancelled with orders in it: consequences first, then everybody is told. Orders says all of it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape
from contracts.orders import Order


class SaleCancelled(
    Event,
    name="orders.sale_cancelled.v1",
    shape=Shape.FACT,
    about="distribution_id",
    heard_by=("notifications.tell_farms_of_cancelled_sale",),
):
    """Said once, in the transaction that stops a sale; its orders follow one by one."""

    distribution_id: UUID
    market_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    starts_at: datetime
    producers: list[UUID]
    """Farms of the sheet: none of them needs to come."""
    orders: int
    amount_cents: int
    currency: str
    by_telephone: int
    reason: str


class OrderCalledOff(
    Event,
    name="orders.order_called_off.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_called_off",),
):
    """Said once per order of a cancelled sale, as it stood: it is cancelled, and its goods are given back."""

    order_id: UUID
    order: Order
    venue_name: str
    time_zone: str
    starts_at: datetime
    reason: str


class Cancellation(Model):
    """What cancelling a sale means; while it is being done, how far that is."""

    distribution_id: UUID
    orders: int
    """That are cancelled: as they stand, or stood when it was said."""
    amount_cents: int
    currency: str
    farms: int
    by_telephone: int
    """People of these orders whom no mail reaches."""
    declared_at: datetime | None = None
    done_at: datetime | None = None


class ReadCancellation(Command, door="orders.read_cancellation", answers=Cancellation):
    """The consequences of cancelling a sale, before or after; for the market's organisers."""

    distribution_id: UUID


class CancelSale(Command, door="orders.cancel_sale", answers=Cancellation | Refused, acts=True, by=(Right.ORGANISE,)):
    """Cancel a sale that has opened, until its hand-over begins; for the market's organisers.

    `orders` and `amount_cents` are what the asker saw: Conflict `figures-moved` if they are others by now.
    Refused: `not-cancellable` (the hand-over has begun, it is cancelled already, or the close is being counted).
    """

    distribution_id: UUID
    orders: int
    amount_cents: int
    reason: str = Field(default="", max_length=300)
    """Told to everybody as written."""
