"""Requests for towns' places and what became of them; which distributions have lost theirs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    Time,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bus import rights
from contracts.loans import LoanState
from contracts.members import Right
from contracts.planning import PlaceLack, Stage
from services.catalog.store.guards import knows_market, lends, organises
from services.catalog.store.loan_tables import loans, taken_days
from services.catalog.store.planning_tables import distributions
from services.catalog.store.tables import communes, markets, venues
from services.catalog.store.venues import LENT, is_lent_to

_OVER = (Stage.FINAL, Stage.CANCELLING, Stage.CANCELLED)


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a request."""
    tx.execute(insert(loans).values(version=1, state=LoanState.ASKED, **row))


def load(tx: Connection, loan_id: UUID, person: UUID) -> Row[Any] | None:
    """A loan of which `person` is on one side, and on which."""
    return tx.execute(_seen_by(person).where(loans.c.id == loan_id)).first()


def move(tx: Connection, seen: Row[Any], version: int, to: LoanState, row: dict[str, Any]) -> bool:
    """Move a loan from the state that was seen, if it is still at `version`."""
    same = loans.c.id == seen.loan_id, loans.c.version == version, loans.c.state == seen.state
    return tx.execute(update(loans).where(*same).values(state=to, version=version + 1, **row)).rowcount == 1


def of_market(tx: Connection, market_id: UUID, person: UUID, after: UUID | None, limit: int) -> list[Row[Any]]:
    """A market's loans, for those who organise it, oldest first."""
    return _page(tx, _seen_by(person).where(loans.c.market_id == market_id, organises(person)), after, limit)


def of_town(tx: Connection, insee: str, person: UUID, after: UUID | None, limit: int) -> list[Row[Any]]:
    """A town's loans, for those who lend in its name, oldest first."""
    return _page(tx, _seen_by(person).where(venues.c.insee == insee, lends(person)), after, limit)


def standing(tx: Connection, venue_ids: list[UUID], since: date, person: UUID) -> list[Row[Any]]:
    """What is asked for or lent of some places, and not over, with the names of markets that `person` may know of."""
    last_on = func.coalesce(loans.c.term_until, loans.c.until_on)
    name = case((or_(knows_market(person), lends(person)), markets.c.name), else_="").label("market_name")
    statement = (
        select(loans, name)
        .join(markets, markets.c.id == loans.c.market_id)
        .join(venues, venues.c.id == loans.c.venue_id)
        .where(loans.c.venue_id.in_(venue_ids), loans.c.state.in_((LoanState.ASKED, *LENT)), last_on >= since)
        .order_by(loans.c.id)
    )
    return list(tx.execute(statement))


def has_second_person(tx: Connection, seen: Row[Any], person: UUID) -> bool:
    """Whether somebody else lends in the name of the town who does not organise the market that asks."""
    lender = rights.holders(Right.LEND, seen.town_id).subquery().c.person_id
    organises_it = rights.holds(lender, Right.ORGANISE, seen.market_id)
    statement = select(lender).where(lender != person, ~organises_it)
    return tx.execute(statement.limit(1)).first() is not None


def waits_for_owner(tx: Connection, market_id: UUID) -> bool:
    """Whether a market has no place but those that it asked for."""
    asked = exists().where(loans.c.market_id == market_id, loans.c.state == LoanState.ASKED)
    has_one = exists().where(or_(venues.c.market_id == market_id, is_lent_to(market_id)))
    return bool(tx.execute(select(and_(asked, ~has_one))).scalar())


def place_lack() -> ColumnElement[str | None]:
    """About rows of `distributions` and `venues`: why a town's place is not the market's to use then."""
    starts, ends = distributions.c.wall_starts_at, distributions.c.wall_ends_at
    on, weekday = cast(starts, Date), func.extract("isodow", starts)
    covered = and_(
        on.between(loans.c.term_from, loans.c.term_until),
        cast(ends, Date) == on,
        or_(loans.c.weekdays == [], weekday == func.any(loans.c.weekdays)),
        loans.c.from_hour <= cast(starts, Time),
        cast(ends, Time) <= loans.c.until_hour,
    )
    same = taken_days.c.venue_id == venues.c.id, taken_days.c.ended_at.is_(None)
    taken = exists().where(*same, on.between(taken_days.c.from_on, taken_days.c.to_on))
    return case(
        (or_(venues.c.insee.is_(None), distributions.c.state.in_(_OVER)), None),
        (~is_lent_to(distributions.c.market_id, covered), PlaceLack.UNLENT),
        (taken, PlaceLack.TAKEN),
    )


def displaced(tx: Connection, venue_id: UUID, market_id: UUID) -> list[datetime]:
    """When hand-overs to come of a market at a place start that is not the market's to use then."""
    to_come = distributions.c.starts_at > func.halle_now()
    statement = (
        select(distributions.c.starts_at)
        .join(venues, venues.c.id == distributions.c.venue_id)
        .where(venues.c.id == venue_id, distributions.c.market_id == market_id, to_come, place_lack().is_not(None))
    )
    return list(tx.execute(statement.order_by(distributions.c.starts_at)).scalars())


def _page(tx: Connection, statement: Select[Any], after: UUID | None, limit: int) -> list[Row[Any]]:
    if after:
        statement = statement.where(loans.c.id > after)
    return list(tx.execute(statement.order_by(loans.c.id).limit(limit)))


def _seen_by(person: UUID) -> Select[Any]:
    mine, lent = organises(person), lends(person)
    seen: Select[Any] = select(
        loans,
        loans.c.id.label("loan_id"),
        venues.c.name.label("venue_name"),
        *venues.c["insee", "town_id"],
        communes.c.name.label("town"),
        markets.c.name.label("market_name"),
        *markets.c["entity_name", "contact_email", "contact_phone", "time_zone", "founder_id"],
        mine.label("organises"),
        lent.label("lends"),
    )
    return (
        seen.join(venues, venues.c.id == loans.c.venue_id)
        .join(communes, communes.c.insee == venues.c.insee)
        .join(markets, markets.c.id == loans.c.market_id)
        .where(or_(mine, lent))
    )
