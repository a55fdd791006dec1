"""Days on which a town needs its places itself; those that were ended are loaded no more."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from services.catalog.store.guards import lends
from services.catalog.store.loan_tables import taken_days
from services.catalog.store.tables import venues


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert such days."""
    tx.execute(insert(taken_days).values(**row))


def load(tx: Connection, taken_id: UUID, person: UUID) -> Row[Any] | None:
    """Such days of a town in whose name `person` lends."""
    return tx.execute(_kept().where(taken_days.c.id == taken_id, lends(person))).first()


def end(tx: Connection, taken_id: UUID) -> None:
    """Keep them only for the record."""
    tx.execute(update(taken_days).where(taken_days.c.id == taken_id).values(ended_at=func.halle_now()))


def of_town(tx: Connection, insee: str, since: date, person: UUID) -> list[Row[Any]]:
    """Those of a town in whose name `person` lends that are not over, the next first."""
    statement = _kept().where(venues.c.insee == insee, lends(person), taken_days.c.to_on >= since)
    return list(tx.execute(statement.order_by(taken_days.c.from_on, taken_days.c.id)))


def of_venue(tx: Connection, venue_id: UUID) -> list[Row[Any]]:
    """Those of a place, for whoever plans there."""
    return list(tx.execute(_kept().where(venues.c.id == venue_id).order_by(taken_days.c.from_on)))


def _kept() -> Select[Any]:
    shown: Select[Any] = select(taken_days, taken_days.c.id.label("taken_id"), venues.c.name.label("venue_name"))
    return shown.join(venues, venues.c.id == taken_days.c.venue_id).where(taken_days.c.ended_at.is_(None))
