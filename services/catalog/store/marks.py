"""Quality marks of farms; one that was ended is loaded no more."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from services.catalog.store.farm_tables import producers, products, quality_marks
from services.catalog.store.guards import sells_for

_KEPT = quality_marks.c.ended_at.is_(None)


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a mark."""
    tx.execute(insert(quality_marks).values(version=1, **row))


def load(tx: Connection, mark_id: UUID, person: UUID) -> Row[Any] | None:
    """A mark of a farm that `person` sells for, locked; with the farm's name."""
    statement = (
        select(quality_marks, producers.c.farm_name)
        .join(producers, producers.c.id == quality_marks.c.producer_id)
        .where(quality_marks.c.id == mark_id, _KEPT, sells_for(person))
        .with_for_update(of=quality_marks)
    )
    return tx.execute(statement).first()


def expired(tx: Connection, mark_id: UUID, version: int) -> Row[Any] | None:
    """A mark that is as it was when its expiry was noted, with its farm's name: for its timer, which nobody asks."""
    same = quality_marks.c.id == mark_id, quality_marks.c.version == version, _KEPT
    statement = select(quality_marks, producers.c.farm_name).join(producers).where(*same)
    return tx.execute(statement).first()


def change(tx: Connection, mark_id: UUID, row: dict[str, Any]) -> None:
    """Write a locked mark anew."""
    later = quality_marks.c.version + 1
    tx.execute(update(quality_marks).where(quality_marks.c.id == mark_id).values(version=later, **row))


def end(tx: Connection, mark_id: UUID) -> None:
    """Keep a locked mark for the record only."""
    change(tx, mark_id, {"ended_at": func.halle_now()})


def of_farms(tx: Connection, producer_ids: Iterable[UUID]) -> list[Row[Any]]:
    """The marks of some farms, oldest first: what they have is no secret."""
    statement = select(quality_marks).where(quality_marks.c.producer_id.in_(list(producer_ids)), _KEPT)
    return list(tx.execute(statement.order_by(quality_marks.c.id)))


def are_of_farm(tx: Connection, product_ids: Iterable[UUID], producer_id: UUID) -> bool:
    """Whether all these products are one farm's."""
    wanted = set(product_ids)
    same = products.c.id.in_(list(wanted)), products.c.producer_id == producer_id
    return tx.execute(select(func.count()).select_from(products).where(*same)).scalar_one() == len(wanted)
