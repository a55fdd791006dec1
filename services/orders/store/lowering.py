"""Prices that were lowered in an open sale, and the orders that are still to follow."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from contracts.orders import OrderState
from services.orders.store import lowered_prices, order_lines, orders, sheet_lines, snapshots


def sells(tx: Connection, distribution_id: UUID, offer_id: UUID, person_id: UUID) -> bool:
    """Whether somebody sells for the farm of an offer of a sale."""
    statement = select(sheet_lines.c.offer_id).where(
        sheet_lines.c.distribution_id == distribution_id,
        sheet_lines.c.offer_id == offer_id,
        holds(person_id, Right.SELL, sheet_lines.c.producer_id),
    )
    return tx.execute(statement).first() is not None


def enter(tx: Connection, row: dict[str, Any]) -> None:
    """Write down who lowered a price, and to what."""
    tx.execute(insert(lowered_prices).values(row))


def one(tx: Connection, lowering_id: UUID) -> Row[Any]:
    """A price that was lowered, for its timer."""
    return tx.execute(select(lowered_prices).where(lowered_prices.c.id == lowering_id)).one()


def end(tx: Connection, lowering_id: UUID) -> None:
    """Write that no order has the price of before any more."""
    where = lowered_prices.c.id == lowering_id
    tx.execute(update(lowered_prices).where(where).values(done_at=func.halle_now()))


def is_under_way(tx: Connection, distribution_id: UUID, offer_id: UUID) -> bool:
    """Whether orders are still to follow to a price of an offer that was lowered."""
    same = lowered_prices.c.distribution_id == distribution_id, lowered_prices.c.offer_id == offer_id
    return tx.execute(select(lowered_prices.c.id).where(*same, lowered_prices.c.done_at.is_(None))).first() is not None


def next_to_reprice(tx: Connection, distribution_id: UUID, offer_id: UUID, price_cents: int, count: int) -> list[UUID]:
    """Some orders that have an offer at a higher price than this."""
    statement = (
        select(orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .join(snapshots, snapshots.c.id == order_lines.c.snapshot_id)
        .where(
            orders.c.distribution_id == distribution_id,
            orders.c.state == OrderState.PLACED,
            order_lines.c.offer_id == offer_id,
            order_lines.c.quantity > 0,
            snapshots.c.line["price_cents"].as_integer() > price_cents,
        )
        .order_by(orders.c.id)
        .limit(count)
    )
    return list(tx.execute(statement).scalars())
