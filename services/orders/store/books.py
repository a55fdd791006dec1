"""What the closing of the books looks at. Numbered orders are those that were said to be owed for."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, or_, select

from bus.rights import accounts_for, holds
from contracts.members import Right
from contracts.orders import OrderState
from services.orders.store import distributions, orders


def sale_to_account(tx: Connection, distribution_id: UUID, person_id: UUID) -> Row[Any] | None:
    """A sale, for the organisers and treasurers of its market."""
    keeps = or_(
        holds(person_id, Right.ORGANISE, distributions.c.market_id),
        holds(person_id, Right.TREASURY, distributions.c.market_id),
    )
    return tx.execute(select(distributions).where(distributions.c.id == distribution_id, keeps)).first()


def sale_to_read(tx: Connection, distribution_id: UUID, person_id: UUID) -> Row[Any] | None:
    """The same, also for the accountants of its market or of the instance."""
    reads = accounts_for(person_id, distributions.c.market_id)
    found = tx.execute(select(distributions).where(distributions.c.id == distribution_id, reads)).first()
    return found or sale_to_account(tx, distribution_id, person_id)


def numbered(tx: Connection, distribution_id: UUID, first: int, last: int) -> list[UUID]:
    """The orders of a sale from one number to another."""
    where = orders.c.distribution_id == distribution_id, orders.c.number.between(first, last)
    return list(tx.execute(select(orders.c.id).where(*where)).scalars())


def open_orders(tx: Connection, distribution_id: UUID) -> list[int]:
    """Numbers of the orders that nobody has fetched and nobody has called absent."""
    where = (
        orders.c.distribution_id == distribution_id,
        orders.c.state == OrderState.PLACED,
        orders.c.number.is_not(None),
    )
    return list(tx.execute(select(orders.c.number).where(*where).order_by(orders.c.number)).scalars())


def said(tx: Connection, distribution_id: UUID) -> tuple[int, int]:
    """How many orders of a sale are numbered, and the sum of their versions."""
    columns = func.count(), func.coalesce(func.sum(orders.c.version), 0)
    where = orders.c.distribution_id == distribution_id, orders.c.number.is_not(None)
    count, versions = tx.execute(select(*columns).where(*where)).one()
    return int(count), int(versions)


def total_cents(tx: Connection, distribution_id: UUID) -> int:
    """What is owed for all orders of a sale; a cancelled one owes nothing."""
    where = orders.c.distribution_id == distribution_id, orders.c.state != OrderState.CANCELLED
    return int(tx.execute(select(func.coalesce(func.sum(orders.c.total_cents), 0)).where(*where)).scalar_one())
