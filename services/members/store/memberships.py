"""Statements on markets as members knows them, and on who belongs to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bus import rights
from contracts.members import Right, Standing
from services.members.store.tables import accounts, markets, memberships


def know_market(tx: Connection, row: dict[str, Any]) -> None:
    """Keep a market as it was heard, unless a later state is known."""
    rights.keep_newest(tx, markets, "market_id", row)


def market(tx: Connection, market_id: UUID) -> Row[Any] | None:
    """What anybody may know of a market: its name and whom it takes."""
    return tx.execute(select(markets).where(markets.c.market_id == market_id)).first()


def lock_place(tx: Connection, membership_id: UUID, market_id: UUID, person_id: UUID, now: datetime) -> Row[Any]:
    """A person's place in a market, held; made with version 0, which nobody has heard of yet."""
    row = {"membership_id": membership_id, "market_id": market_id, "person_id": person_id}
    new = row | {"standing": Standing.LEFT, "message": "", "since": now, "version": 0}
    tx.execute(insert(memberships).values(new).on_conflict_do_nothing())
    mine = memberships.c.market_id == market_id, memberships.c.person_id == person_id
    return tx.execute(select(memberships).where(*mine).with_for_update()).one()


def move(tx: Connection, seen: Row[Any], to: Standing, now: datetime, message: str | None = None) -> Row[Any] | None:
    """Move a membership from the standing that was seen; nothing when it has moved since."""
    same = memberships.c.membership_id == seen.membership_id, memberships.c.version == seen.version
    values = {"standing": to, "since": now, "version": seen.version + 1}
    words = {} if message is None else {"message": message}
    statement = update(memberships).where(*same).values(values | words).returning(memberships)
    return tx.execute(statement).first()


def mine_in(tx: Connection, person_id: UUID, market_id: UUID) -> Row[Any] | None:
    """The asker's own membership, with the market's name."""
    return tx.execute(_mine(person_id).where(memberships.c.market_id == market_id)).first()


def mine(tx: Connection, person_id: UUID, limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of the asker's memberships."""
    return _page(tx, _mine(person_id), limit, after)


def all_of(tx: Connection, person_id: UUID) -> list[Row[Any]]:
    """Every membership of a person, held, for the account that ends."""
    statement = select(memberships).where(memberships.c.person_id == person_id)
    return list(tx.execute(statement.order_by(memberships.c.membership_id).with_for_update()))


def organises(tx: Connection, asker: UUID, market_id: UUID) -> bool:
    """Whether the asker organises a market now."""
    return bool(tx.execute(select(rights.holds(asker, Right.ORGANISE, market_id))).scalar())


def in_market(
    tx: Connection,
    asker: UUID,
    market_id: UUID,
    *,
    standing: Standing | None,
    limit: int,
    after: UUID | None,
) -> list[Row[Any]]:
    """A page of a market's members, for an asker who organises it."""
    statement = _organised(asker).where(memberships.c.market_id == market_id)
    if standing is not None:
        statement = statement.where(memberships.c.standing == standing)
    return _page(tx, statement, limit, after)


def for_organiser(tx: Connection, asker: UUID, membership_id: UUID) -> Row[Any] | None:
    """A membership with its person's name, held, for an asker who organises its market."""
    statement = _organised(asker).where(memberships.c.membership_id == membership_id)
    return tx.execute(statement.with_for_update(of=memberships)).first()


def _mine(person_id: UUID) -> Select[Any]:
    name = func.coalesce(markets.c.name, "").label("market_name")
    joined = memberships.outerjoin(markets, markets.c.market_id == memberships.c.market_id)
    return select(memberships, name).select_from(joined).where(memberships.c.person_id == person_id)


def _organised(asker: UUID) -> Select[Any]:
    joined = memberships.join(accounts, accounts.c.person_id == memberships.c.person_id)
    statement = select(memberships, accounts.c.name).select_from(joined)
    is_living = accounts.c.erased_at.is_(None)
    return statement.where(is_living, rights.holds(asker, Right.ORGANISE, memberships.c.market_id))


def _page(tx: Connection, statement: Select[Any], limit: int, after: UUID | None) -> list[Row[Any]]:
    if after is not None:
        statement = statement.where(memberships.c.membership_id > after)
    return list(tx.execute(statement.order_by(memberships.c.membership_id).limit(limit)))
