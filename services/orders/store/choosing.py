"""Slots and who chose them. A slot's `left_` is what is guarded: it is never counted.

Rows are locked by their start, and before those of stock.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.orders.store import distributions, order_slots, slots

CHOSEN = """
    (select json_build_object('starts_at', s.starts_at, 'ends_at', s.ends_at, 'time_zone', d.time_zone)
     from order_slots c join slots s on s.distribution_id = c.distribution_id and s.starts_at = c.starts_at
       join distributions d on d.id = c.distribution_id
     where c.order_id = {order}) as slot
"""
"""SQL: the slot of an order, as `Slot` has it."""


def insert_slots(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Enter the slots of a sale that opens."""
    if rows:
        tx.execute(slots.insert(), rows)


def of_sale(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """The slots of a sale by their start, with what is left of each."""
    statement = (
        select(*slots.c["starts_at", "ends_at"], slots.c.left_.label("left"), distributions.c.time_zone)
        .join(distributions, distributions.c.id == slots.c.distribution_id)
        .where(slots.c.distribution_id == distribution_id)
        .order_by(slots.c.starts_at)
    )
    return list(tx.execute(statement))


def choose(tx: Connection, distribution_id: UUID, order_id: UUID, starts_at: datetime | None) -> bool:
    """Give a locked order this slot, or none, and its former one back; false, and nothing, if there is no room."""
    former = _chosen(tx, order_id)
    if former == starts_at:
        return True
    _lock(tx, distribution_id, [one for one in (former, starts_at) if one])
    if starts_at and not _take(tx, distribution_id, starts_at):
        return False
    if former:
        tx.execute(delete(order_slots).where(order_slots.c.order_id == order_id))
        _give_back(tx, distribution_id, former, 1)
    if starts_at:
        row = {"order_id": order_id, "distribution_id": distribution_id, "starts_at": starts_at}
        tx.execute(insert(order_slots).values(row))
    return True


def give_back(tx: Connection, distribution_id: UUID, order_ids: Iterable[UUID]) -> None:
    """Free the slots of some orders of a sale."""
    gone = delete(order_slots).where(order_slots.c.order_id.in_(list(order_ids))).returning(order_slots.c.starts_at)
    freed = Counter(tx.execute(gone).scalars())
    _lock(tx, distribution_id, freed)
    for starts_at, number in freed.items():
        _give_back(tx, distribution_id, starts_at, number)


def move(tx: Connection, distribution_id: UUID, by: timedelta) -> None:
    """Move all slots of a sale that is held alone, with those who chose them."""
    chosen = delete(order_slots).where(order_slots.c.distribution_id == distribution_id).returning(order_slots)
    people = [dict(row._mapping) for row in tx.execute(chosen)]
    made = delete(slots).where(slots.c.distribution_id == distribution_id).returning(slots)
    rows = [row | {"ends_at": row["ends_at"] + by} for row in (dict(row._mapping) for row in tx.execute(made))]
    for table, moved in ((slots, rows), (order_slots, people)):
        if moved:
            tx.execute(table.insert(), [row | {"starts_at": row["starts_at"] + by} for row in moved])


def _chosen(tx: Connection, order_id: UUID) -> datetime | None:
    """The start of the slot that an order has."""
    statement = select(order_slots.c.starts_at).where(order_slots.c.order_id == order_id)
    starts_at: datetime | None = tx.execute(statement).scalar()
    return starts_at


def _lock(tx: Connection, distribution_id: UUID, starts: Iterable[datetime]) -> None:
    same = slots.c.distribution_id == distribution_id, slots.c.starts_at.in_(list(starts))
    locked = select(slots.c.starts_at).where(*same).order_by(slots.c.starts_at).with_for_update(key_share=True)
    tx.execute(locked)


def _take(tx: Connection, distribution_id: UUID, starts_at: datetime) -> bool:
    same = slots.c.distribution_id == distribution_id, slots.c.starts_at == starts_at
    statement = update(slots).where(*same, slots.c.left_ > 0).values(left_=slots.c.left_ - 1)
    return tx.execute(statement).rowcount == 1


def _give_back(tx: Connection, distribution_id: UUID, starts_at: datetime, number: int) -> None:
    same = slots.c.distribution_id == distribution_id, slots.c.starts_at == starts_at
    tx.execute(update(slots).where(*same).values(left_=slots.c.left_ + number))
