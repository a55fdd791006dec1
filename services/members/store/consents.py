"""Statements on consents. Each load takes somebody whose consent it is, or an operator."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bus import rights
from contracts.members import Right
from services.members.store.tables import accounts, consents

_consumer, _mediator = accounts.alias("consumer"), accounts.alias("mediator")
_LIVING = and_(
    consents.c.ended_at.is_(None),
    consents.c.valid_until > func.halle_now(),
    rights.holds(consents.c.mediator_id, Right.MEDIATE, consents.c.town_id),
)


def mediates(tx: Connection, person_id: UUID, town_id: UUID) -> bool:
    """Whether somebody mediates in a town now."""
    return rights.does_hold(tx, person_id, Right.MEDIATE, town_id)


def of_party(tx: Connection, asker: UUID, consent_id: UUID) -> Row[Any] | None:
    """A consent, held, for its consumer, its mediator and operators."""
    party = or_(consents.c.consumer_id == asker, consents.c.mediator_id == asker, rights.holds(asker, Right.OPERATE))
    statement = _shown().where(consents.c.consent_id == consent_id, party)
    return tx.execute(statement.with_for_update(of=consents)).first()


def of_mediator(tx: Connection, asker: UUID, consent_id: UUID) -> Row[Any] | None:
    """A consent on paper, held, for its mediator."""
    mine = consents.c.consent_id == consent_id, consents.c.mediator_id == asker, _consumer.c.email.is_(None)
    statement = _shown().where(*mine, _consumer.c.erased_at.is_(None))
    return tx.execute(statement.with_for_update(of=consents)).first()


def living(tx: Connection, mediator_id: UUID, consumer_id: UUID) -> Row[Any] | None:
    """The consent by which somebody may order for somebody at this instant; the longest, where there are several."""
    pair = consents.c.mediator_id == mediator_id, consents.c.consumer_id == consumer_id
    statement = _shown().where(*pair, _LIVING).order_by(consents.c.valid_until.desc())
    return tx.execute(statement.limit(1)).first()


def given_by(tx: Connection, consumer_id: UUID, limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of what somebody consented to."""
    return _page(tx, _shown().where(consents.c.consumer_id == consumer_id), limit, after)


def given_to(tx: Connection, mediator_id: UUID, limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of what a mediator may do, or might; nothing of those whose account has ended."""
    mine = consents.c.mediator_id == mediator_id, _consumer.c.erased_at.is_(None)
    return _page(tx, _shown().where(*mine), limit, after)


def all_of(tx: Connection, person_id: UUID) -> list[Row[Any]]:
    """Every consent that stands and names a person, held, for the account that ends."""
    named = or_(consents.c.consumer_id == person_id, consents.c.mediator_id == person_id)
    statement = select(consents).where(named, consents.c.ended_at.is_(None))
    return list(tx.execute(statement.order_by(consents.c.consent_id).with_for_update()))


def sign(tx: Connection, row: dict[str, Any], signed_on: date, valid_until: datetime) -> Row[Any]:
    """Enter a consent, or renew the one between these two in this town."""
    signed = {"signed_on": signed_on, "valid_until": valid_until, "ended_at": None}
    statement = insert(consents).values(row | signed | {"version": 1})
    statement = statement.on_conflict_do_update(
        index_elements=["consent_id"], set_=signed | {"version": consents.c.version + 1}
    )
    return tx.execute(statement.returning(consents)).one()


def end(tx: Connection, consent_id: UUID, now: datetime) -> Row[Any] | None:
    """End a consent; nothing when it has ended."""
    standing = consents.c.consent_id == consent_id, consents.c.ended_at.is_(None)
    statement = update(consents).where(*standing).values(ended_at=now, version=consents.c.version + 1)
    return tx.execute(statement.returning(consents)).first()


def at_version(tx: Connection, consent_id: UUID, version: int) -> Row[Any] | None:
    """A consent that is still as it was at a version, for its timers."""
    same = consents.c.consent_id == consent_id, consents.c.version == version
    return tx.execute(select(consents).where(*same)).first()


def read(tx: Connection, consent_id: UUID) -> Row[Any]:
    """A consent that this transaction wrote."""
    return tx.execute(_shown().where(consents.c.consent_id == consent_id)).one()


def _shown() -> Select[Any]:
    names = _consumer.c.name.label("consumer_name"), _mediator.c.name.label("mediator_name")
    on_paper = _consumer.c.email.is_(None).label("on_paper")
    joined = consents.join(_consumer, _consumer.c.person_id == consents.c.consumer_id)
    joined = joined.join(_mediator, _mediator.c.person_id == consents.c.mediator_id)
    return select(consents, *names, on_paper, _LIVING.label("holds")).select_from(joined)


def _page(tx: Connection, statement: Select[Any], limit: int, after: UUID | None) -> list[Row[Any]]:
    if after is not None:
        statement = statement.where(consents.c.consent_id > after)
    return list(tx.execute(statement.order_by(consents.c.consent_id).limit(limit)))
