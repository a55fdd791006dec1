"""Statements on grants, here where they are true."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bus.tables import grants
from contracts.members import Right
from services.members import rules
from services.members.store.tables import accounts


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
    same = and_(grants.c.right.in_(rules.sharers(right)), _about(object_id))
    statement = select(grants.c.right, grants.c.valid_until).where(
        grants.c.person_id == asker, or_(same, grants.c.right == Right.OPERATE), _valid()
    )
    return [(Right(row.right), row.valid_until) for row in tx.execute(statement)]


def hold(tx: Connection, right: Right, object_id: UUID | None) -> list[Row[Any]]:
    """All that hold a right on an object now, held: two that oust each other take turns."""
    statement = select(grants).where(grants.c.right == right, _about(object_id), _valid())
    return list(tx.execute(statement.order_by(grants.c.grant_id).with_for_update()))


def for_sharer(tx: Connection, asker: UUID, grant_id: UUID) -> Row[Any] | None:
    """A valid grant, for an asker who may share it: by a right on the same object, or by operating."""
    own = grants.alias("own")
    term = or_(own.c.valid_until.is_(None), own.c.valid_until > func.halle_now())
    shares = or_(*(and_(grants.c.right == right, own.c.right.in_(rules.sharers(right))) for right in Right))
    same = and_(shares, own.c.object_id == grants.c.object_id)
    may = select(own.c.grant_id).where(
        own.c.person_id == asker, own.c.holds, term, or_(same, own.c.right == Right.OPERATE)
    )
    return tx.execute(select(grants).where(grants.c.grant_id == grant_id, _valid(), may.exists())).first()


def of(tx: Connection, person_id: UUID) -> list[Row[Any]]:
    """What a person holds now."""
    statement = select(grants).where(grants.c.person_id == person_id, _valid())
    return list(tx.execute(statement.order_by(grants.c.grant_id)))


def ever_of(tx: Connection, person_id: UUID, limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of what a person holds or held."""
    statement = select(grants).where(grants.c.person_id == person_id)
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
    term = or_(own.c.valid_until.is_(None), own.c.valid_until > func.halle_now())
    may = select(own.c.grant_id).where(own.c.person_id == asker, own.c.holds, own.c.right.in_(readers), term)
    acted = select(grants.c.grant_id).where(grants.c.person_id == accounts.c.person_id)
    named = accounts.c.person_id.in_(person_ids), accounts.c.erased_at.is_(None)
    statement = select(accounts.c.person_id, accounts.c.name).where(*named, acted.exists(), may.exists())
    return list(tx.execute(statement.order_by(accounts.c.person_id)))


def _about(object_id: UUID | None) -> ColumnElement[bool]:
    return grants.c.object_id.is_(None) if object_id is None else grants.c.object_id == object_id


def _valid() -> ColumnElement[bool]:
    unlimited = grants.c.valid_until.is_(None)
    return and_(grants.c.holds, or_(unlimited, grants.c.valid_until > func.halle_now()))
