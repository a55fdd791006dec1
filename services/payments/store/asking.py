"""What an asker may see and do with the money of an order, a till, a farm: rights joined in the load."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select

from bus.rights import holds
from contracts.members import Right
from services.payments.store import mandates, movements, order_sellers, orders, sales, tills


class Seen(NamedTuple):
    """Something that an asker may see: whole, or only the parts of `farms`, for which he sells."""

    row: Row[Any]
    farms: frozenset[UUID]


def _keeps(person_id: UUID) -> ColumnElement[bool]:
    """Whether somebody keeps the money of a sale's evening: its market's organisers and treasurers, who hands over."""
    return or_(
        holds(person_id, Right.ORGANISE, sales.c.market_id),
        holds(person_id, Right.TREASURY, sales.c.market_id),
        holds(person_id, Right.HANDOVER, sales.c.distribution_id),
    )


def order_for(tx: Connection, order_id: UUID, person_id: UUID) -> Seen | None:
    """An order's money for its consumer, for who keeps the evening's, or for a farm's sellers."""
    farms = _farms_sold(tx, select(order_sellers.c.producer_id).where(order_sellers.c.order_id == order_id), person_id)
    keeps, mine = _keeps(person_id), orders.c.consumer_id == person_id
    statement = (
        select(orders, sales, keeps.label("keeps"), mine.label("mine"))
        .join(sales, sales.c.distribution_id == orders.c.distribution_id)
        .where(orders.c.order_id == order_id)
    )
    return _seen(tx.execute(statement).first(), farms)


def sale_for(tx: Connection, distribution_id: UUID, person_id: UUID) -> Seen | None:
    """A sale's tills, for who keeps the evening's money or sells for one of its farms."""
    of_farms = select(tills.c.producer_id).where(
        tills.c.distribution_id == distribution_id, tills.c.producer_id.is_not(None)
    )
    statement = select(sales, _keeps(person_id).label("keeps")).where(sales.c.distribution_id == distribution_id)
    return _seen(tx.execute(statement).first(), _farms_sold(tx, of_farms, person_id))


def may_open_desks(tx: Connection, distribution_id: UUID, person_id: UUID) -> bool:
    """Whether somebody organises the market of a sale, or keeps its money for all evenings."""
    may = or_(holds(person_id, Right.ORGANISE, sales.c.market_id), holds(person_id, Right.TREASURY, sales.c.market_id))
    statement = select(sales.c.distribution_id).where(sales.c.distribution_id == distribution_id, may)
    return tx.execute(statement).first() is not None


def till_for(tx: Connection, till_id: UUID, person_id: UUID) -> Row[Any] | None:
    """A till, locked, for who keeps the evening's money; a farm's own till for its sellers."""
    may = or_(_keeps(person_id), holds(person_id, Right.SELL, tills.c.producer_id))
    statement = (
        select(tills)
        .join(sales, sales.c.distribution_id == tills.c.distribution_id)
        .where(tills.c.till_id == till_id, may)
        .with_for_update(of=tills)
    )
    return tx.execute(statement).first()


def movement_for(tx: Connection, movement_id: UUID, person_id: UUID) -> Row[Any] | None:
    """A movement, for those who may undo it: who keeps the evening's money, of its tills; sellers, of all but desks."""
    in_till, at_desk = movements.c.till_id.is_not(None), tills.c.till_id.is_not(None) & tills.c.producer_id.is_(None)
    sells = holds(person_id, Right.SELL, movements.c.producer_id)
    statement = (
        select(movements)
        .join(sales, sales.c.distribution_id == movements.c.distribution_id)
        .join(tills, tills.c.till_id == movements.c.till_id, isouter=True)
        .where(movements.c.movement_id == movement_id, or_(_keeps(person_id) & in_till, sells & ~at_desk))
    )
    return tx.execute(statement).first()


def mandate_for(tx: Connection, mandate_id: UUID, person_id: UUID) -> Row[Any] | None:
    """A mandate, for those who sell for its farm."""
    may = holds(person_id, Right.SELL, mandates.c.producer_id)
    return tx.execute(select(mandates).where(mandates.c.mandate_id == mandate_id, may)).first()


def _farms_sold(tx: Connection, producers: Any, person_id: UUID) -> frozenset[UUID]:
    wanted = producers.subquery()
    sold = exists().where(wanted.c.producer_id.is_not(None)) & holds(person_id, Right.SELL, wanted.c.producer_id)
    return frozenset(tx.execute(select(wanted.c.producer_id).where(sold)).scalars())


def _seen(row: Row[Any] | None, farms: frozenset[UUID]) -> Seen | None:
    if row is None or not (row.keeps or farms or getattr(row, "mine", False)):
        return None
    return Seen(row, farms)
