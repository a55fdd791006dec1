"""Statements on grants, here where they are true."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bus.rights import keep_newest
from bus.tables import grants
from contracts.members import Right
from services.members import rules
from services.members.store.tables import accounts, farms, markets, plans


def found(tx: Connection, row: dict[str, Any]) -> bool:
    """Enter a grant that never was; false when it was given before, even if it has ended."""
    first = insert(grants).values(row | {"holds": True, "seq": 1}).on_conflict_do_nothing()
    return tx.execute(first).rowcount == 1


def keep(tx: Connection, row: dict[str, Any]) -> Row[Any]:
    """Write a grant's whole new state; its `seq` goes up."""
    statement = insert(grants).values(row | {"seq": 1})
    changed = {name: statement.excluded[name] for name in ("holds", "valid_until")}
    statement = statement.on_conflict_do_update(index_elements=["grant_id"], set_=changed | {"seq": grants.c.seq + 1})
    return tx.execute(statement.returning(grants)).one()


def powers(tx: Connection, asker: UUID, right: Right, object_id: UUID | None) -> list[tuple[Right, datetime | None]]:
    """By which of the asker's grants this right on this object may be shared, and until when."""
    may = _shares(grants, right, object_id), _valid()
    statement = select(grants.c.right, grants.c.valid_until).where(grants.c.person_id == asker, *may)
    return [(Right(row.right), row.valid_until) for row in tx.execute(statement)]


def hold(tx: Connection, right: Right, object_id: UUID | None) -> list[Row[Any]]:
    """All that hold a right on an object now, held: two that oust each other take turns."""
    statement = select(grants).where(grants.c.right == right, _about(object_id), _valid())
    return list(tx.execute(statement.order_by(grants.c.grant_id).with_for_update()))


def for_holder_or_sharer(tx: Connection, asker: UUID, grant_id: UUID) -> Row[Any] | None:
    """A valid grant, for who holds it or may share it."""
    own = grants.alias("own")
    may = select(own.c.grant_id).where(
        own.c.person_id == asker, _valid(own), _shares(own, grants.c.right, grants.c.object_id)
    )
    theirs = or_(grants.c.person_id == asker, may.exists())
    return tx.execute(select(grants).where(grants.c.grant_id == grant_id, _valid(), theirs)).first()


def of(tx: Connection, person_id: UUID) -> list[Row[Any]]:
    """What a person holds now."""
    statement = select(grants).where(grants.c.person_id == person_id, _valid())
    return list(tx.execute(statement.order_by(grants.c.grant_id)))


def ever_of(tx: Connection, person_id: UUID, limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of what a person holds or held, each with the name of what it is held on."""
    named = func.coalesce(_name_of(grants.c.object_id), "").label("name")
    statement = select(grants, named).where(grants.c.person_id == person_id)
    if after is not None:
        statement = statement.where(grants.c.grant_id > after)
    return list(tx.execute(statement.order_by(grants.c.grant_id).limit(limit)))


def on(tx: Connection, right: Right, object_id: UUID | None, limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of those who hold a right on an object, for an asker whose power was looked at."""
    joined = grants.join(accounts, accounts.c.person_id == grants.c.person_id)
    statement = select(grants, accounts.c.name, accounts.c.email).select_from(joined)
    statement = statement.where(grants.c.right == right, _about(object_id), _valid())
    if after is not None:
        statement = statement.where(grants.c.grant_id > after)
    return list(tx.execute(statement.order_by(grants.c.grant_id).limit(limit)))


def actors(tx: Connection, asker: UUID, person_ids: list[UUID]) -> list[Row[Any]]:
    """Those of some people who have a name and ever held a right, for who organises, sells for a farm, or operates."""
    own = grants.alias("own")
    readers = Right.ORGANISE, Right.SELL, Right.OPERATE
    may = select(own.c.grant_id).where(own.c.person_id == asker, own.c.right.in_(readers), _valid(own))
    acted = select(grants.c.grant_id).where(grants.c.person_id == accounts.c.person_id)
    named = accounts.c.person_id.in_(person_ids), accounts.c.erased_at.is_(None)
    statement = select(accounts.c.person_id, accounts.c.name).where(*named, acted.exists(), may.exists())
    return list(tx.execute(statement.order_by(accounts.c.person_id)))


def know_plan(tx: Connection, distribution_id: UUID, market_id: UUID) -> None:
    """Keep whose a distribution is; that never changes."""
    row = {"distribution_id": distribution_id, "market_id": market_id}
    tx.execute(insert(plans).values(row).on_conflict_do_nothing())


def know_farm(tx: Connection, row: dict[str, Any]) -> None:
    """Keep the newest name of a farm."""
    keep_newest(tx, farms, "producer_id", row)


def name_of(tx: Connection, object_id: UUID | None) -> str:
    """What a market, the market of a distribution, or a farm is called; nothing where that is not known."""
    return tx.execute(select(_name_of(object_id))).scalar() or ""


def _name_of(object_id: Any) -> ColumnElement[str | None]:
    """SQL: the same of an id or a column."""
    planned_by = select(plans.c.market_id).where(plans.c.distribution_id == object_id).scalar_subquery()
    of_market = select(markets.c.name).where(or_(markets.c.market_id == object_id, markets.c.market_id == planned_by))
    of_farm = select(farms.c.name).where(farms.c.producer_id == object_id)
    return func.coalesce(of_market.scalar_subquery(), of_farm.scalar_subquery())


def _shares(own: FromClause, right: Any, object_id: Any) -> ColumnElement[bool]:
    """SQL: by the grant `own` a right (it or a column) on an object is shared, which may be a market's distribution."""
    market = select(plans.c.market_id).where(plans.c.distribution_id == object_id).scalar_subquery()
    about = or_(own.c.object_id == object_id, own.c.object_id == market)
    rights = (and_(right == shared, own.c.right.in_(by), about) for shared, by in rules.SHARERS.items())
    return or_(own.c.right == Right.OPERATE, *rights)


def _about(object_id: UUID | None) -> ColumnElement[bool]:
    return grants.c.object_id.is_(None) if object_id is None else grants.c.object_id == object_id


def _valid(held: FromClause = grants) -> ColumnElement[bool]:
    unlimited = held.c.valid_until.is_(None)
    return and_(held.c.holds, or_(unlimited, held.c.valid_until > func.halle_now()))
