"""Pick-up places."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, case, insert, select, update

from services.catalog.store.guards import knows_market, organises
from services.catalog.store.tables import markets, venues

_OPEN = ("id", "market_id", "version", "name", "address", "latitude", "longitude", "access", "hours", "fridge_shelves")


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a pick-up place."""
    tx.execute(insert(venues).values(row))


def load(tx: Connection, venue_id: UUID, person: UUID | None) -> Row[Any] | None:
    """A pick-up place of a market that `person` may know of, and whether it is `mine` to write."""
    return tx.execute(_seen_by(person).where(venues.c.id == venue_id)).first()


def change(tx: Connection, venue_id: UUID, version: int, row: dict[str, Any]) -> bool:
    """Write a pick-up place anew if it is still at `version`."""
    same = venues.c.id == venue_id, venues.c.version == version
    return tx.execute(update(venues).where(*same).values(version=version + 1, **row)).rowcount == 1


def of_market(tx: Connection, market_id: UUID, person: UUID | None, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The pick-up places of a market that `person` may know of, oldest first."""
    statement = _seen_by(person).where(venues.c.market_id == market_id).order_by(venues.c.id).limit(limit)
    if after:
        statement = statement.where(venues.c.id > after)
    return list(tx.execute(statement))


def _seen_by(person: UUID | None) -> Select[Any]:
    mine = organises(person)
    seen: Select[Any] = select(
        *venues.c[_OPEN],
        venues.c.id.label("venue_id"),
        venues.c.owner_name,
        case((mine, venues.c.owner_contact), else_="").label("owner_contact"),
        markets.c.latitude.label("market_latitude"),
        markets.c.longitude.label("market_longitude"),
        mine.label("mine"),
    )
    return seen.join(markets, markets.c.id == venues.c.market_id).where(knows_market(person))
