"""Statements on the adults of households. Whose account it is, or whose invitation, is in each of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.members.store.tables import accounts, adults

_owner, _adult = accounts.alias("owner"), accounts.alias("adult")


def adults_of(tx: Connection, consumer_id: UUID) -> list[Row[Any]]:
    """The other adults of a household, by the names that their accounts have now."""
    name = func.coalesce(_adult.c.name, adults.c.name).label("name")
    phone = func.coalesce(_adult.c.phone, adults.c.phone).label("phone")
    statement = select(*adults.c["adult_id", "email", "since", "person_id"], name, phone)
    statement = statement.join(_adult, _adult.c.person_id == adults.c.person_id, isouter=True)
    return list(tx.execute(statement.where(adults.c.consumer_id == consumer_id).order_by(adults.c.adult_id)))


def homes_of(tx: Connection, person_id: UUID) -> list[Row[Any]]:
    """The household that somebody is an adult of, and those that invite him."""
    mine = or_(adults.c.person_id == person_id, _invites(person_id))
    return list(tx.execute(_homes().where(mine, _owner.c.erased_at.is_(None))))


def home_of(tx: Connection, person_id: UUID) -> Row[Any] | None:
    """The household that somebody is an adult of."""
    return tx.execute(_homes().where(adults.c.person_id == person_id)).first()


def name(tx: Connection, row: dict[str, Any]) -> bool:
    """Enter an adult; false where the household has invited this address."""
    return tx.execute(insert(adults).values(row).on_conflict_do_nothing()).rowcount == 1


def join(tx: Connection, adult_id: UUID, person_id: UUID, now: datetime) -> Row[Any] | None:
    """Accept an invitation to the address of a locked account; nothing where there is none."""
    statement = update(adults).where(adults.c.adult_id == adult_id, _invites(person_id))
    joined = {"person_id": person_id, "email": None, "since": now, "version": adults.c.version + 1}
    return tx.execute(statement.values(joined).returning(adults)).first()


def end(tx: Connection, adult_id: UUID, asker: UUID) -> Row[Any] | None:
    """Drop an adult, for the household and for the adult."""
    theirs = or_(adults.c.consumer_id == asker, adults.c.person_id == asker, _invites(asker))
    return tx.execute(delete(adults).where(adults.c.adult_id == adult_id, theirs).returning(adults)).first()


def end_all(tx: Connection, person_id: UUID, emails: Collection[str]) -> list[Row[Any]]:
    """Drop the household of an account that ends, its place in another, and invitations to its addresses."""
    theirs = or_(adults.c.consumer_id == person_id, adults.c.person_id == person_id, adults.c.email.in_(emails))
    return list(tx.execute(delete(adults).where(theirs).returning(adults)))


def _homes() -> Select[Any]:
    joined = adults.c.person_id.is_not(None).label("joined")
    statement = select(*adults.c["adult_id", "consumer_id"], _owner.c.name.label("consumer_name"), joined)
    statement = statement.join(_owner, _owner.c.person_id == adults.c.consumer_id)
    return statement.order_by(joined.desc(), adults.c.adult_id)


def _invites(person_id: UUID) -> ColumnElement[bool]:
    """Whether an adult is an invitation to the confirmed address of somebody."""
    theirs = and_(_adult.c.email == adults.c.email, _adult.c.person_id == person_id)
    return exists().where(theirs, _adult.c.confirmed_at.is_not(None), _adult.c.erased_at.is_(None))
