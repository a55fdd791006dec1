"""How the farms of a sale come: what was planned at the opening, and what became of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.catalog import SaleSheetPublished
from contracts.members import Right
from services.orders.store import distributions, drop_outs, presences
from services.orders.store.day import hands_over


def insert_presences(tx: Connection, sheet: SaleSheetPublished) -> None:
    """Enter the farms of a sheet that opens, each with its threshold if it has one."""
    thresholds = {one.producer_id: one.threshold_cents for one in sheet.thresholds}
    farms = {line.producer_id: line.producer_name for line in sheet.lines}
    rows = [
        {
            "distribution_id": sheet.distribution_id,
            "producer_id": producer_id,
            "producer_name": name,
            "threshold_cents": thresholds.get(producer_id),
        }
        for producer_id, name in farms.items()
    ]
    if rows:
        tx.execute(insert(presences).on_conflict_do_nothing(), rows)


def thresholds(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """Farms that come from a total on."""
    columns = presences.c.producer_id, presences.c.threshold_cents
    where = presences.c.distribution_id == distribution_id, presences.c.threshold_cents.is_not(None)
    return list(tx.execute(select(*columns).where(*where).order_by(presences.c.producer_id)))


def count(tx: Connection, distribution_id: UUID, producer_id: UUID, cents: int, people: int) -> Row[Any] | None:
    """Write what was ordered of a farm, at its close and never again; the row, if it was written now."""
    where = _one(distribution_id, producer_id), presences.c.ordered_cents.is_(None)
    values = {"ordered_cents": cents, "people": people}
    return tx.execute(update(presences).where(*where).values(values).returning(presences)).first()


def ask(tx: Connection, distribution_id: UUID, producer_id: UUID, now: Any) -> None:
    """Write that a farm was asked what it will do."""
    tx.execute(update(presences).where(_one(distribution_id, producer_id)).values(asked_at=now))


def locked(tx: Connection, distribution_id: UUID, producer_id: UUID) -> Row[Any] | None:
    """A farm's presence, locked; `day.sale_of_farm` comes first."""
    statement = select(presences).where(_one(distribution_id, producer_id)).with_for_update()
    return tx.execute(statement).first()


def confirm(tx: Connection, seen: Row[Any], values: dict[str, Any]) -> Row[Any]:
    """Write an answer over the one that was locked; its version goes up."""
    where = _one(seen.distribution_id, seen.producer_id), presences.c.version == seen.version
    newer = values | {"version": seen.version + 1}
    return tx.execute(update(presences).where(*where).values(newer).returning(presences)).one()


def seen_by(tx: Connection, distribution_id: UUID, person_id: UUID) -> list[Row[Any]]:
    """All farms of a sale for those who hand it over, for others those they sell for."""
    gone = (
        drop_outs.c.distribution_id == presences.c.distribution_id,
        drop_outs.c.producer_id == presences.c.producer_id,
    )
    statement = (
        select(presences, exists().where(*gone).label("dropped_out"))
        .join(distributions, distributions.c.id == presences.c.distribution_id)
        .where(
            distributions.c.id == distribution_id,
            or_(hands_over(person_id), holds(person_id, Right.SELL, presences.c.producer_id)),
        )
        .order_by(presences.c.producer_name, presences.c.producer_id)
    )
    return list(tx.execute(statement))


def _one(distribution_id: UUID, producer_id: UUID) -> Any:
    return (presences.c.distribution_id == distribution_id) & (presences.c.producer_id == producer_id)
