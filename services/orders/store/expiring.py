"""Marks that expired while a sale was open, and what was decided about the orders concerned."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from services.orders.store import distributions, expired_marks


def enter(tx: Connection, row: dict[str, Any]) -> bool:
    """Enter what expired; false when it was entered before."""
    return tx.execute(insert(expired_marks).values(row).on_conflict_do_nothing()).rowcount == 1


def of_sale(tx: Connection, distribution_id: UUID, person_id: UUID) -> list[Row[Any]]:
    """What expired in a sale, for its organisers; for others of the farms they sell for."""
    sells = holds(person_id, Right.SELL, expired_marks.c.producer_id)
    statement = _seen_by(or_(_organises(person_id), sells)).where(expired_marks.c.distribution_id == distribution_id)
    return list(tx.execute(statement.order_by(expired_marks.c.expired_at, expired_marks.c.producer_name)))


def to_decide(tx: Connection, expiry_id: UUID, person_id: UUID) -> UUID | None:
    """The sale of an expiry, for the organisers of its market."""
    statement = _seen_by(_organises(person_id)).where(expired_marks.c.id == expiry_id)
    row = tx.execute(statement).first()
    return row.distribution_id if row else None


def one(tx: Connection, expiry_id: UUID) -> Row[Any]:
    """An expiry, for whoever holds its sale, or for its timer."""
    return tx.execute(select(expired_marks).where(expired_marks.c.id == expiry_id)).one()


def decide(tx: Connection, expiry_id: UUID, values: dict[str, Any]) -> Row[Any]:
    """Write a decision; the caller holds the sale alone."""
    newer = values | {"version": expired_marks.c.version + 1, "decided_at": func.halle_now()}
    return tx.execute(update(expired_marks).where(_is(expiry_id)).values(newer).returning(expired_marks)).one()


def end(tx: Connection, expiry_id: UUID) -> None:
    """Write that no order has what was withdrawn any more."""
    tx.execute(update(expired_marks).where(_is(expiry_id)).values(done_at=func.halle_now()))


def _seen_by(may: ColumnElement[bool]) -> Any:
    sale = distributions.c.id == expired_marks.c.distribution_id
    return select(expired_marks, distributions.c.currency).join(distributions, sale).where(may)


def _organises(person_id: UUID) -> ColumnElement[bool]:
    return holds(person_id, Right.ORGANISE, distributions.c.market_id)


def _is(expiry_id: UUID) -> ColumnElement[bool]:
    return expired_marks.c.id == expiry_id
