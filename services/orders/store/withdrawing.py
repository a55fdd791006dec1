"""Offers that were withdrawn from an open sale, and what became of their orders."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from services.orders.store import distributions, withdrawals


def of_sale(tx: Connection, distribution_id: UUID, person_id: UUID) -> list[Row[Any]]:
    """What was withdrawn from a sale, for its organisers; for others of the farms they sell for."""
    organises = holds(person_id, Right.ORGANISE, distributions.c.market_id)
    may = or_(organises, holds(person_id, Right.SELL, withdrawals.c.producer_id))
    statement = (
        select(withdrawals, distributions.c.currency)
        .join(distributions, distributions.c.id == withdrawals.c.distribution_id)
        .where(withdrawals.c.distribution_id == distribution_id, may)
        .order_by(withdrawals.c.producer_name, withdrawals.c.name, withdrawals.c.offer_id)
    )
    return list(tx.execute(statement))


def one(tx: Connection, distribution_id: UUID, offer_id: UUID) -> Row[Any] | None:
    """The withdrawal of an offer, for whoever may act on it, or for its timer."""
    return tx.execute(select(withdrawals).where(_is(distribution_id, offer_id))).first()


def decide(tx: Connection, row: dict[str, Any]) -> Row[Any]:
    """Write a withdrawal, or what was decided after all; the caller holds the sale alone."""
    statement = insert(withdrawals).values(row)
    newer = row | {"version": withdrawals.c.version + 1, "decided_at": func.halle_now()}
    written = statement.on_conflict_do_update(index_elements=["distribution_id", "offer_id"], set_=newer)
    return tx.execute(written.returning(withdrawals)).one()


def end(tx: Connection, distribution_id: UUID, offer_id: UUID) -> None:
    """Write that no order has it any more."""
    tx.execute(update(withdrawals).where(_is(distribution_id, offer_id)).values(done_at=func.halle_now()))


def _is(distribution_id: UUID, offer_id: UUID) -> Any:
    return (withdrawals.c.distribution_id == distribution_id) & (withdrawals.c.offer_id == offer_id)
