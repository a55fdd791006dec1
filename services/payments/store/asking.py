"""What an asker may see and do with the money of an order, a till, a farm: rights joined in the load."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select

from bus.households import shares
from bus.rights import accounts_for, holds
from contracts.members import Right
from services.payments.store import mandates, movements, order_sellers, orders, sales, tills


class Seen(NamedTuple):
    """Something that an asker may see: whole, or only the parts of some farms."""

    row: Row[Any]
    farms: frozenset[UUID]
    """For which he sells, and may write."""
    read: frozenset[UUID] = frozenset()
    """Whose accountant he is."""

    @property
    def whole(self) -> bool:
        """Whether every farm's part is to be seen."""
        return self.row.keeps or self.row.accounts or getattr(self.row, "mine", False)

    def shows(self, producer_id: UUID | None) -> bool:
        """Whether a farm's part is to be seen."""
        return self.whole or producer_id in self.farms or producer_id in self.read

    def may_undo(self, movement: Row[Any]) -> bool:
        """Whether a movement of the order may be taken back, by the rule of `movement_for`, as the books are now."""
        if movement.till_id is not None and self.row.final_at is not None:
            return False
        keeps, sells = self.row.keeps and movement.till_id is not None, movement.producer_id in self.farms
        return not movement.undone and (keeps or (sells and not movement.at_desk))


def _keeps(person_id: UUID) -> ColumnElement[bool]:
    """Whether somebody keeps the money of a sale's evening: its market's organisers and treasurers, who hands over."""
    return or_(
        holds(person_id, Right.ORGANISE, sales.c.market_id),
        holds(person_id, Right.TREASURY, sales.c.market_id),
        holds(person_id, Right.HANDOVER, sales.c.distribution_id),
    )


def order_for(tx: Connection, order_id: UUID, person_id: UUID) -> Seen | None:
    """An order's money for its household, who keeps the evening's and a farm's sellers; for accountants to read."""
    farms = select(order_sellers.c.producer_id).where(order_sellers.c.order_id == order_id)
    keeps, mine = _keeps(person_id), or_(orders.c.consumer_id == person_id, shares(person_id, orders.c.consumer_id))
    statement = (
        select(orders, sales, keeps.label("keeps"), mine.label("mine"), _accounts(person_id))
        .join(sales, sales.c.distribution_id == orders.c.distribution_id)
        .where(orders.c.order_id == order_id)
    )
    return _seen(tx, tx.execute(statement).first(), farms, person_id)


def sale_for(tx: Connection, distribution_id: UUID, person_id: UUID) -> Seen | None:
    """A sale's tills, for who keeps the evening's money or sells for one of its farms; for accountants to read."""
    of_farms = select(tills.c.producer_id).where(
        tills.c.distribution_id == distribution_id, tills.c.producer_id.is_not(None)
    )
    statement = select(sales, _keeps(person_id).label("keeps"), _accounts(person_id))
    found = tx.execute(statement.where(sales.c.distribution_id == distribution_id)).first()
    return _seen(tx, found, of_farms, person_id)


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


def _accounts(person_id: UUID) -> ColumnElement[bool]:
    """Whether somebody is an accountant of a sale's market, or of all: sees all of it and writes nothing."""
    return accounts_for(person_id, sales.c.market_id).label("accounts")


def _farms_of(tx: Connection, producers: Any, person_id: UUID, right: Right) -> frozenset[UUID]:
    wanted = producers.subquery()
    held = exists().where(wanted.c.producer_id.is_not(None)) & holds(person_id, right, wanted.c.producer_id)
    return frozenset(tx.execute(select(wanted.c.producer_id).where(held)).scalars())


def _seen(tx: Connection, row: Row[Any] | None, producers: Any, person_id: UUID) -> Seen | None:
    if row is None:
        return None
    sold, read = (_farms_of(tx, producers, person_id, right) for right in (Right.SELL, Right.ACCOUNT))
    seen = Seen(row, sold, read)
    return seen if seen.whole or sold or read else None
