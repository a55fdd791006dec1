"""Markets and their venues."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from services.catalog.store.guards import knows_market, organises
from services.catalog.store.tables import communes, markets, venues


def commune_of(tx: Connection, insee: str) -> Row[Any] | None:
    """A commune: name, latitude, longitude."""
    return tx.execute(select(communes).where(communes.c.insee == insee)).first()


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a market."""
    tx.execute(insert(markets).values(version=1, **_indexed(row)))


def load(tx: Connection, market_id: UUID, person: UUID | None) -> Row[Any] | None:
    """A market that `person` may know of, and whether it is `mine` to organise."""
    return tx.execute(_seen_by(person).where(markets.c.id == market_id)).first()


def change(tx: Connection, market_id: UUID, version: int, row: dict[str, Any]) -> bool:
    """Write a market anew if it is still at `version`."""
    same = markets.c.id == market_id, markets.c.version == version
    changed = update(markets).where(*same).values(version=version + 1, **_indexed(row))
    return tx.execute(changed).rowcount == 1


def organised_by(tx: Connection, person: UUID, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The markets that `person` organises, oldest first."""
    statement = _seen_by(person).where(organises(person)).order_by(markets.c.id).limit(limit)
    if after:
        statement = statement.where(markets.c.id > after)
    return list(tx.execute(statement))


def add_venue(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a pick-up place."""
    tx.execute(insert(venues).values(row))


def venues_of(tx: Connection, market_id: UUID, person: UUID | None, after: UUID | None, limit: int) -> list[Row[Any]]:
    """The pick-up places of a market that `person` may know of, oldest first."""
    statement = (
        select(venues, venues.c.id.label("venue_id"))
        .join(markets, markets.c.id == venues.c.market_id)
        .where(venues.c.market_id == market_id, knows_market(person))
        .order_by(venues.c.id)
        .limit(limit)
    )
    if after:
        statement = statement.where(venues.c.id > after)
    return list(tx.execute(statement))


def _seen_by(person: UUID | None) -> Select[Any]:
    seen = select(
        markets,
        markets.c.id.label("market_id"),
        communes.c.name.label("town"),
        organises(person).label("mine"),
    )
    return seen.join(communes, communes.c.insee == markets.c.insee).where(knows_market(person))


def _indexed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"words": func.array_to_tsvector(row["words"])}
