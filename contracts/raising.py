"""A price that is raised while a sale is open: consequences first, then its buyers confirm or drop the line.

Nobody pays more than he agreed to: what nobody confirmed by the close of its line is dropped. Orders says it.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.catalog import Pricing
from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape, Version
from contracts.money import Unit
from contracts.orders import OnBehalf, Order
from contracts.products import Cents


class PriceRaise(Model):
    """An offer of an open sale, and what raising its price means: whom it asks, and about how much."""

    distribution_id: UUID
    offer_id: UUID
    producer_id: UUID
    producer_name: str
    name: str
    unit: Unit
    pricing: Pricing
    price_cents: int
    """At which it is on sale now."""
    currency: str
    closes_at: datetime
    """Until when buyers may answer."""
    orders: int
    """With some of it, at whatever price."""
    emptied: int
    """Those of them with nothing else."""
    amount_cents: int
    by_telephone: int
    """People of these orders whom no mail reaches."""
    waiting: int
    """Orders that have not answered yet to a price that was raised before."""


class PriceConfirmationAsked(
    Event,
    name="orders.price_confirmation_asked.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.ask_to_confirm_price",),
):
    """Said to each order that has a line for less than the raised price: the order as it stands, still at the old."""

    order_id: UUID
    order: Order
    offer_id: UUID
    """Of the line that is to be confirmed or dropped; it says what it costs and what is asked."""
    answer_by: datetime
    time_zone: str
    reason: str = ""


class UnconfirmedLinesDropped(
    Event,
    name="orders.unconfirmed_lines_dropped.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_dropped_lines",),
):
    """Said when lines closed and their raised price was not confirmed: the order without them, or cancelled.

    Its `dropped` names them; their goods are in stock again.
    """

    order_id: UUID
    order: Order


class ReadPriceRaise(Command, door="orders.read_price_raise", answers=PriceRaise):
    """What raising the price of an offer would mean now; for its farm's sellers and the market's organisers."""

    distribution_id: UUID
    offer_id: UUID


class RaisePrice(
    Command, door="orders.raise_price", answers=PriceRaise | Refused, acts=True, by=(Right.SELL, Right.ORGANISE)
):
    """Ask more for an offer in an open sale: at once for new orders; those that stand are asked to confirm.

    For the same people as `ReadPriceRaise`. `orders` and `amount_cents` are what the asker saw: Conflict
    `figures-moved` if they are others by now. Refused: `not-higher`, `window-closed`, `line-closed`, `withdrawn`.
    """

    distribution_id: UUID
    offer_id: UUID
    price_cents: Cents
    orders: int
    amount_cents: int
    reason: str = Field(default="", max_length=300)
    """Told to consumers as written."""


class ConfirmPrice(
    OnBehalf, Command, door="orders.confirm_price", answers=Order | Refused, acts=True, by=(Right.MEDIATE,)
):
    """Agree to the raised price of a line; to drop the line, set it to 0 by `AmendOrder`.

    `price_cents` is what was seen: Conflict `price-moved` if something else is asked by now, or nothing.
    Refused: `window-closed`, `line-closed`.
    """

    order_id: UUID
    version: Version
    offer_id: UUID
    price_cents: Cents
