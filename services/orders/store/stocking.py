"""What a farm has of its offers in a sale: stock rows with what is ordered of them, for those who sell for it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text, update

from bus.rights import holds
from contracts.members import Right
from services.orders.store import sheet_lines, snapshots, stocks

_FIGURES = text("""
    select f.stock_id,
           coalesce(sum((select sum(l.quantity) from orders o join order_lines l on l.order_id = o.id
                         where o.distribution_id = f.distribution_id and o.state = 'placed'
                           and l.offer_id = f.offer_id)), 0)::bigint as ordered,
           count(*) filter (where d.state = 'open' and not f.withdrawn)::int as sales
    from sheet_lines f join distributions d on d.id = f.distribution_id
    where f.stock_id = any(:stocks)
    group by f.stock_id
""")


def of_farm(tx: Connection, distribution_id: UUID, producer_id: UUID, person_id: UUID) -> list[Row[Any]]:
    """The offers of a farm in a sale whose stock is limited, for a person who sells for it."""
    statement = (
        select(sheet_lines.c.offer_id, snapshots.c.line, stocks.c.id, stocks.c.left_, stocks.c.held_back)
        .join(stocks, stocks.c.id == sheet_lines.c.stock_id)
        .join(snapshots, snapshots.c.id == sheet_lines.c.snapshot_id)
        .where(
            sheet_lines.c.distribution_id == distribution_id,
            sheet_lines.c.producer_id == producer_id,
            holds(person_id, Right.SELL, producer_id),
        )
        .order_by(sheet_lines.c.position)
    )
    return list(tx.execute(statement))


def figures(tx: Connection, stock_ids: list[int]) -> dict[int, Row[Any]]:
    """What is ordered of stocks, and how many open sales share them; exact for one that is locked."""
    return {row.stock_id: row for row in tx.execute(_FIGURES, {"stocks": stock_ids})}


def hold_back(tx: Connection, stock_id: int, held_back: int) -> None:
    """Write how much of a locked stock is kept for other outlets."""
    tx.execute(update(stocks).where(stocks.c.id == stock_id).values(held_back=held_back))
