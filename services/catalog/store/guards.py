"""Who may see and who may change: SQL conditions that every SELECT for a person joins."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_

from bus import rights
from contracts.members import Right, Standing
from contracts.planning import AdmissionState
from services.catalog.store.farm_tables import producers
from services.catalog.store.planning_tables import admissions
from services.catalog.store.tables import markets, memberships, metadata, venues

_grants = metadata.tables["grants"]


def organises(person: UUID | None) -> ColumnElement[bool]:
    """About a row of `markets`."""
    return _may(person, Right.ORGANISE, markets)


def sells_for(person: UUID | None) -> ColumnElement[bool]:
    """About a row of `producers`."""
    return _may(person, Right.SELL, producers)


def lends(person: UUID | None) -> ColumnElement[bool]:
    """About a row of `venues`: in the name of its town."""
    return rights.holds(person, Right.LEND, venues.c.town_id) if person else false()


def operates(person: UUID) -> ColumnElement[bool]:
    """About the instance."""
    return rights.holds(person, Right.OPERATE)


def knows_market(person: UUID | None) -> ColumnElement[bool]:
    """About a row of `markets`: listed, or theirs, one to which they belong, where they may sell, that they account."""
    if person is None:
        return markets.c.listed.is_(True)
    farms, admitted = producers.alias(), admissions.alias()
    sells_there = exists().where(
        admitted.c.market_id == markets.c.id,
        admitted.c.state != AdmissionState.ENDED,
        farms.c.id == admitted.c.producer_id,
        _may(person, Right.SELL, farms),
    )
    place = memberships.alias()
    belongs = exists().where(
        place.c.market_id == markets.c.id, place.c.person_id == person, place.c.standing == Standing.MEMBER
    )
    return or_(markets.c.listed, organises(person), belongs, sells_there, rights.accounts_for(person, markets.c.id))


def _may(person: UUID | None, right: Right, table: Any) -> ColumnElement[bool]:
    """Holds the right; or made the object, until members' word on that grant was heard."""
    if person is None:
        return false()
    heard = _grants.alias()
    is_heard = exists().where(heard.c.person_id == person, heard.c.right == right, heard.c.object_id == table.c.id)
    made = and_(table.c.founder_id == person, not_(is_heard))
    return or_(rights.holds(person, right, table.c.id), made)
