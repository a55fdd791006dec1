"""Pick-up places are added to markets and to towns, written anew and listed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import rights
from contracts.errors import NotAllowed, malformed_field
from contracts.loans import AddTownVenue, ChangeTownVenue, ListTownVenues, TownVenue
from contracts.members import Right
from contracts.planning import AddVenue, ChangeVenue, Venue, VenueDetails
from contracts.towns import town_id
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


def add_to_town(tx: Connection, venue_id: UUID, wanted: AddTownVenue, asker: UUID) -> TownVenue:
    """Add a hall or a square to a town in whose name `asker` lends."""
    town, right_on = markets.commune_of(tx, wanted.insee), town_id(wanted.insee)
    if town is None:
        raise malformed_field("insee", "No commune of France has this INSEE code.", "unknown")
    if not rights.does_hold(tx, asker, Right.LEND, right_on):
        raise NotAllowed("not-yours", "You do not lend in the name of this town.")
    row = _row(wanted, town.latitude, town.longitude) | _owner(wanted, town.name)
    store.add(tx, row | {"id": venue_id, "insee": wanted.insee, "town_id": right_on})
    return _of_town(found(store.load_town_venue(tx, venue_id, asker), "venue"))


def change_town_venue(tx: Connection, wanted: ChangeTownVenue, asker: UUID) -> TownVenue:
    """Write one anew, in the name of its town."""
    seen = mine(store.load_town_venue(tx, wanted.venue_id, asker), "venue")
    row = _row(wanted, seen.town_latitude, seen.town_longitude) | _owner(wanted, seen.town)
    if not store.change(tx, wanted.venue_id, wanted.version, row):
        moved("venue", seen.version)
    return _of_town(found(store.load_town_venue(tx, wanted.venue_id, asker), "venue"))


def of_town(tx: Connection, wanted: ListTownVenues) -> list[TownVenue]:
    """What a town lends."""
    return [_of_town(row) for row in store.of_town(tx, wanted.insee, wanted.after, wanted.limit)]


def _owner(wanted: VenueDetails, town: str) -> dict[str, str]:
    return {"owner_name": wanted.owner_name or town}


def _row(wanted: VenueDetails, latitude: float | None, longitude: float | None) -> dict[str, Any]:
    """The columns of what was written; without a point it lies where its market or its town does."""
    row = wanted.model_dump(include=set(VenueDetails.model_fields))
    if wanted.latitude is None or wanted.longitude is None:
        row |= {"latitude": latitude, "longitude": longitude}
    return row


def _shown(row: Row[Any]) -> Venue:
    return Venue(**row._mapping)


def _of_town(row: Row[Any]) -> TownVenue:
    return TownVenue(**row._mapping)
