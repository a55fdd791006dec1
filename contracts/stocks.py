"""How much of an offer a farm has while it is on sale, and what it keeps for other outlets. Orders owns the figure."""

from uuid import UUID

from pydantic import Field

from contracts.catalog import StockMode
from contracts.members import Right
from contracts.messages import Command, Model, Refused
from contracts.money import Unit

Quantity = Field(ge=0, le=100_000_000)


class Stock(Model):
    """What there is of an offer: `stock` is `ordered`, `held_back` and `left` together. Unlimited ones have none."""

    offer_id: UUID
    name: str
    unit: Unit
    stock_mode: StockMode
    stock: int
    ordered: int
    """And not handed over yet; where the stock is shared, in all sales that share it."""
    held_back: int
    """Kept for other outlets: not on sale."""
    left: int
    """On sale; where the stock is shared, in each sale that shares it."""
    sales: int
    """How many open sales share it."""


class ListStocks(Command, door="orders.list_stocks", answers=list[Stock]):
    """The limited stocks of a farm's offers in a sale, for those who sell for it; nothing for anybody else."""

    distribution_id: UUID
    producer_id: UUID


class SetStock(Command, door="orders.set_stock", answers=Stock | Refused, acts=True, by=(Right.SELL,)):
    """Say how much there is of an offer, with what is ordered, and how much of that is held back.

    For those who sell for its farm; a shared stock changes in all sales at once. Refused `below-ordered` where what is
    ordered could not be given any more: `details` say how much that is. Conflict `stock-changed`: there is another
    amount than `seen` by now, for somebody wrote it or some of it was handed over; `details` say how much.
    """

    distribution_id: UUID
    offer_id: UUID
    stock: int = Quantity
    held_back: int = Quantity
    seen: int | None = Field(default=None, ge=0, le=100_000_000)
    """The `stock` that was read; nothing: whatever it is by now. Orders alone do not change it."""
