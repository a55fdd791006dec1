"""Mandates: a farm's written word that somebody may hold its money at a market."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.store import mandates


def give(tx: Connection, row: dict[str, Any]) -> Row[Any]:
    """Enter a mandate; given again to the same holder it runs anew."""
    statement = insert(mandates).values(row)
    changed = {name: statement.excluded[name] for name in ("given_on", "given_by")} | {"valid_until": None}
    statement = statement.on_conflict_do_update(index_elements=["producer_id", "market_id", "holder"], set_=changed)
    return tx.execute(statement.returning(mandates)).one()


def end(tx: Connection, mandate_id: UUID) -> Row[Any]:
    """End a mandate at this instant, unless it has ended."""
    running = update(mandates).where(mandates.c.mandate_id == mandate_id, mandates.c.valid_until.is_(None))
    tx.execute(running.values(valid_until=func.halle_now()))
    return tx.execute(select(mandates).where(mandates.c.mandate_id == mandate_id)).one()


def of_farm(tx: Connection, producer_id: UUID) -> list[Row[Any]]:
    """A farm's mandates, those that run first."""
    order = mandates.c.valid_until.is_not(None), mandates.c.holder, mandates.c.mandate_id
    return list(tx.execute(select(mandates).where(mandates.c.producer_id == producer_id).order_by(*order)))
