"""How much of an offer there is while it is on sale: raised, lowered to what is ordered, or held back."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.doors import Call
from contracts.catalog import SheetLine
from contracts.errors import Conflict, NotFound
from contracts.messages import Refused
from contracts.stocks import ListStocks, SetStock, Stock
from services.orders import rules
from services.orders.store import sales
from services.orders.store import stocking as store


def of_farm(tx: Connection, command: ListStocks, call: Call) -> list[Stock]:
    """What a farm has of its offers in a sale."""
    return _shown(tx, store.of_farm(tx, command.distribution_id, command.producer_id, call.asker.person_id))


def set_stock(tx: Connection, command: SetStock, call: Call) -> Stock | Refused:
    """Write how much there is; while its row is held nobody orders of it, so what is ordered stands still."""
    who = call.asker.person_id
    held = sales.stock_for_seller(tx, command.distribution_id, command.offer_id, who)
    if held is None:
        raise NotFound("no-such-offer", "You sell no such offer here, or its stock is unlimited.")
    ordered = store.figures(tx, [held.id])[held.id].ordered
    there_is = held.left_ + held.held_back + ordered
    if command.seen not in (None, there_is):
        raise Conflict("stock-changed", "This stock changed while you were looking at it.", {"stock": there_is})
    left = command.stock - command.held_back - ordered
    if left < 0:
        return rules.below_ordered(ordered, command.held_back)
    sales.set_stock(tx, held, left, f"set:{who}:{call.key}", who)
    store.hold_back(tx, held.id, command.held_back)
    return _one(tx, command.distribution_id, command.offer_id, held.producer_id, who)


def _one(tx: Connection, distribution_id: UUID, offer_id: UUID, producer_id: UUID, who: UUID) -> Stock:
    rows = [row for row in store.of_farm(tx, distribution_id, producer_id, who) if row.offer_id == offer_id]
    return _shown(tx, rows)[0]


def _shown(tx: Connection, rows: list[Row[Any]]) -> list[Stock]:
    figures = store.figures(tx, [row.id for row in rows])
    return [_stock(row, figures[row.id]) for row in rows]


def _stock(row: Row[Any], figures: Row[Any]) -> Stock:
    line = SheetLine.model_validate(row.line)
    return Stock(
        offer_id=row.offer_id,
        name=line.name,
        unit=line.unit,
        stock_mode=line.stock_mode,
        stock=row.left_ + row.held_back + figures.ordered,
        ordered=figures.ordered,
        held_back=row.held_back,
        left=row.left_,
        sales=figures.sales,
    )
