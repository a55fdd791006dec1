"""Lots: what was made or picked together, typed at preparation, so that "who got lot X" is one question.

A lot is a farm's own: its number means nothing beside the farm. Capitals and spaces in a number do not matter.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.members import Right
from contracts.messages import Command, Event, Model, Shape
from contracts.money import Unit
from contracts.orders import OrderState

LotNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Lot(Model):
    """A lot of one product, as it is printed on the goods."""

    number: LotNumber
    use_by: date | None = None


class LotOfOrder(Model):
    """From which of its lots an order got a product."""

    order_id: UUID
    number: LotNumber


class ProductLots(Model):
    """The lots from which a farm brings a product to a distribution."""

    offer_id: UUID
    lots: list[Lot] = Field(max_length=10)
    orders: list[LotOfOrder] = Field(default=[], max_length=5000)
    """Where several lots were used and it is known which; what is not known may be of any of them."""


class NoteLots(
    Command,
    door="orders.note_lots",
    answers=list[ProductLots],
    acts=True,
    by=(Right.SELL, Right.ORGANISE, Right.HANDOVER),
):
    """Say from which lots a farm's products come; for its sellers, the organisers and those who hand over.

    Absolute for each product that is named: said otherwise it corrects, no lot takes all of them back. It changes
    nothing of what is owed, and may be said at any time, also when the books are closed.
    """

    distribution_id: UUID
    producer_id: UUID
    products: list[ProductLots] = Field(min_length=1, max_length=200)


class ReadLots(Command, door="orders.read_lots", answers=list[ProductLots]):
    """The lots that were noted of a farm at a distribution, for the same people."""

    distribution_id: UUID
    producer_id: UUID


class LotRow(Model):
    """What one order has, or may have, of a lot."""

    order_id: UUID
    distribution_id: UUID
    market_name: str
    time_zone: str
    starts_at: datetime
    number: int | None
    code: str
    name: str
    """Whom it is for."""
    state: OrderState
    offer_id: UUID
    product: str
    quantity: int
    unit: Unit
    use_by: date | None
    is_certain: bool
    """Otherwise several lots of the product were used, and nobody said which this order got."""
    by_mail: bool
    """A mail reaches its person; else he must be called."""
    phone: str | None
    """Of somebody whom no mail reaches."""
    recalled_at: datetime | None
    """When its person was first told of the recall."""


class LotTrace(Model):
    """Who got a lot, as far as the asker may know."""

    producer_id: UUID
    producer_name: str
    number: str
    orders: int
    rows: list[LotRow]


class FindLot(Command, door="orders.find_lot", answers=LotTrace):
    """Who got a lot of a farm, in all its distributions, newest first: for its sellers and the instance's operators.

    For a market's organisers as far as their own distributions go. Orders that were cancelled got nothing.
    """

    producer_id: UUID
    number: LotNumber


class RecallLot(
    Command, door="orders.recall_lot", answers=LotTrace, acts=True, by=(Right.SELL, Right.ORGANISE, Right.OPERATE)
):
    """Tell everybody who got a lot to bring it back or throw it away; for those who may ask for it, of what they see.

    Who was told of it before is not told again, so that it may be said once more when other orders are found. `orders`
    is the number that was shown: Conflict `figures-moved` if it is another by now.
    """

    producer_id: UUID
    number: LotNumber
    orders: int = Field(ge=1)
    message: str = Field(min_length=1, max_length=500)
    """What to do with it, as consumers will read it."""


class RecalledGoods(Model):
    """What somebody has, or may have, of a recalled lot."""

    order_id: UUID
    number: int | None
    code: str
    market_name: str
    time_zone: str
    starts_at: datetime
    product: str
    quantity: int
    unit: Unit
    use_by: date | None


class LotRecalled(
    Event,
    name="orders.lot_recalled.v1",
    shape=Shape.FACT,
    about="notice_id",
    heard_by=("notifications.tell_recall",),
):
    """Said once per recalled lot and person who got some of it. No preference keeps it from being sent."""

    notice_id: UUID
    person_id: UUID
    producer_id: UUID
    producer_name: str
    lot: str
    message: str
    goods: list[RecalledGoods]
