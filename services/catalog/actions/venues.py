"""Pick-up places are added to markets, written anew and listed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from contracts.planning import AddVenue, ChangeVenue, Venue, VenueDetails
from services.catalog.actions.refusals import found, mine, moved
from services.catalog.store import markets
from services.catalog.store import venues as store


def add(tx: Connection, venue_id: UUID, wanted: AddVenue, asker: UUID) -> Venue:
    """Add a pick-up place to a market that `asker` organises."""
    market = mine(markets.load(tx, wanted.market_id, asker), "market")
    row = _row(wanted, market.latitude, market.longitude)
    store.add(tx, row | {"id": venue_id, "market_id": wanted.market_id})
    return _shown(found(store.load(tx, venue_id, asker), "venue"))


def change(tx: Connection, wanted: ChangeVenue, asker: UUID) -> Venue:
    """Write a pick-up place anew of a market that `asker` organises."""
    seen = mine(store.load(tx, wanted.venue_id, asker), "venue")
    row = _row(wanted, seen.market_latitude, seen.market_longitude)
    if not store.change(tx, wanted.venue_id, wanted.version, row):
        moved("venue", seen.version)
    return _shown(found(store.load(tx, wanted.venue_id, asker), "venue"))


def of_market(tx: Connection, market_id: UUID, asker: UUID | None, after: UUID | None, limit: int) -> list[Venue]:
    """The pick-up places of a market that `asker` may know of."""
    found(markets.load(tx, market_id, asker), "market")
    return [_shown(row) for row in store.of_market(tx, market_id, asker, after, limit)]


def _row(wanted: VenueDetails, latitude: float | None, longitude: float | None) -> dict[str, Any]:
    """The columns of what was written; without a point it lies where its market does."""
    row = wanted.model_dump(include=set(VenueDetails.model_fields))
    if wanted.latitude is None or wanted.longitude is None:
        row |= {"latitude": latitude, "longitude": longitude}
    return row


def _shown(row: Row[Any]) -> Venue:
    return Venue(**row._mapping)
