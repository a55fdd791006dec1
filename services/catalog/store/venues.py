"""Pick-up places: those of markets, and those of towns, which markets have by a loan."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    case,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from contracts.loans import LoanState
from services.catalog.store.guards import knows_market, lends, organises
from services.catalog.store.loan_tables import loans
from services.catalog.store.tables import communes, markets, venues

LENT = (LoanState.GRANTED, LoanState.ENDED)
"""A loan that was ended by notice holds until its new last day."""
_FACTS = (
    "version",
    "name",
    "address",
    "latitude",
    "longitude",
    "access",
    "hours",
    "fridge_shelves",
    "slot_capacity",
    "owner_name",
)


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a pick-up place."""
    tx.execute(insert(venues).values(row))


def load(tx: Connection, venue_id: UUID, person: UUID | None) -> Row[Any] | None:
    """A market's own place that `person` may know of, and whether it is `mine` to write."""
    own = venues.c.market_id == markets.c.id
    return tx.execute(_of_markets(person, own).where(venues.c.id == venue_id)).first()


def change(tx: Connection, venue_id: UUID, version: int, row: dict[str, Any]) -> bool:
    """Write a pick-up place anew if it is still at `version`."""
    same = venues.c.id == venue_id, venues.c.version == version
    return tx.execute(update(venues).where(*same).values(version=version + 1, **row)).rowcount == 1


def of_market(tx: Connection, market_id: UUID, person: UUID | None, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The places of a market that `person` may know of, its own and those lent to it, oldest first."""
    today = cast(func.halle_now(), Date)
    used = or_(venues.c.market_id == markets.c.id, is_lent_to(markets.c.id, loans.c.term_until >= today))
    statement = _of_markets(person, used).where(markets.c.id == market_id).order_by(venues.c.id).limit(limit)
    return list(tx.execute(statement.where(venues.c.id > after) if after else statement))


def is_lent_to(market_id: Any, *when: ColumnElement[bool]) -> ColumnElement[bool]:
    """About a row of `venues`: lent to a market, at the time that conditions on `loans` say."""
    lent = loans.c.venue_id == venues.c.id, loans.c.market_id == market_id, loans.c.state.in_(LENT)
    return exists().where(*lent, *when)


def of_town(tx: Connection, insee: str, after: UUID | None, limit: int) -> list[Row[Any]]:
    """What a town lends, oldest first; it is no secret."""
    statement = _of_towns(None).where(venues.c.insee == insee).order_by(venues.c.id).limit(limit)
    return list(tx.execute(statement.where(venues.c.id > after) if after else statement))


def load_town_venue(tx: Connection, venue_id: UUID, person: UUID) -> Row[Any] | None:
    """A town's place, and whether it is `mine` to write and lend."""
    return tx.execute(_of_towns(person).where(venues.c.id == venue_id)).first()


def hold(tx: Connection, venue_id: UUID) -> None:
    """Until commit, be the only one who lends a place."""
    tx.execute(select(venues.c.id).where(venues.c.id == venue_id).with_for_update())


def _of_markets(person: UUID | None, used: ColumnElement[bool]) -> Select[Any]:
    mine = organises(person)
    is_open = or_(mine, venues.c.insee.is_not(None))
    seen: Select[Any] = select(
        *venues.c[_FACTS],
        venues.c.id.label("venue_id"),
        venues.c.insee,
        case((is_open, venues.c.owner_contact), else_="").label("owner_contact"),
        markets.c.id.label("market_id"),
        markets.c.latitude.label("market_latitude"),
        markets.c.longitude.label("market_longitude"),
        mine.label("mine"),
    )
    return seen.join_from(markets, venues, used).where(knows_market(person))


def _of_towns(person: UUID | None) -> Select[Any]:
    seen: Select[Any] = select(
        *venues.c[_FACTS],
        venues.c.id.label("venue_id"),
        venues.c.insee,
        venues.c.owner_contact,
        communes.c.name.label("town"),
        communes.c.latitude.label("town_latitude"),
        communes.c.longitude.label("town_longitude"),
        lends(person).label("mine"),
    )
    return seen.join(communes, communes.c.insee == venues.c.insee)
