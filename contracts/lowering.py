"""A price that is lowered for everybody while a sale is open. Said and answered by orders."""

from uuid import UUID

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape
from contracts.orders import Order
from contracts.products import Cents


class OrderRepriced(
    Event,
    name="orders.order_repriced.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_lower_price",),
):
    """Said when an order takes a lower price: the order as it stands, with what it came to before."""

    order_id: UUID
    order: Order
    offer_id: UUID
    """Of the line that costs less now."""
    old_price_cents: int
    old_total_cents: int


class LoweredPrice(Model):
    """A price that everybody pays from now on; the orders that have more to pay follow right after."""

    distribution_id: UUID
    offer_id: UUID
    name: str
    old_price_cents: int
    price_cents: int


class LowerPrice(Command, door="orders.lower_price", answers=LoweredPrice | Refused, acts=True, by=(Right.SELL,)):
    """Lower the price of an offer in an open sale, ordered or not, for those who sell for its farm.

    The next sale has the price of the offer again. Refused: `not-lower` (to ask for more, raise it), `window-closed`,
    `line-closed`, `withdrawn`.
    """

    distribution_id: UUID
    offer_id: UUID
    price_cents: Cents
