"""Markets are founded, written anew and read; venues are added to them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.catalog import ChangeMarket, FoundMarket, Market, MarketChanged, MarketDetails
from contracts.errors import malformed_field
from contracts.planning import AddVenue, Venue, VenueDetails
from services.catalog import rules
from services.catalog.actions.refusals import found, mine, moved
from services.catalog.store import markets as store
from services.catalog.store import products as product_store
from services.catalog.store.tables import offers

CURRENCY = "EUR"


def found_market(tx: Connection, market_id: UUID, wanted: FoundMarket, asker: UUID) -> Market:
    """Open a market that `asker` organises; members will hear of it."""
    row = _row(tx, wanted)
    store.add(tx, row | {"id": market_id, "founder_id": asker, "currency": CURRENCY})
    return _told(tx, market_id, asker)


def change_market(tx: Connection, wanted: ChangeMarket, asker: UUID) -> Market:
    """Write a market anew; what is sold there is found where it lies now."""
    seen = mine(store.load(tx, wanted.market_id, asker), "market")
    row = _row(tx, wanted)
    if not store.change(tx, wanted.market_id, wanted.version, row):
        moved("market", seen.version)
    if row["cell"] != seen.cell:
        product_store.reindex(tx, offers.c.market_id == wanted.market_id)
    return _told(tx, wanted.market_id, asker)


def read_market(tx: Connection, market_id: UUID, asker: UUID | None) -> Market:
    """A market that `asker` may know of."""
    return _market(found(store.load(tx, market_id, asker), "market"))


def my_markets(tx: Connection, asker: UUID, after: UUID | None, limit: int) -> list[Market]:
    """The markets that `asker` organises."""
    return [_market(row) for row in store.organised_by(tx, asker, after, limit)]


def add_venue(tx: Connection, venue_id: UUID, wanted: AddVenue, asker: UUID) -> Venue:
    """Add a pick-up place to a market that `asker` organises."""
    market = mine(store.load(tx, wanted.market_id, asker), "market")
    row = wanted.model_dump(include=set(VenueDetails.model_fields))
    if wanted.latitude is None or wanted.longitude is None:
        row |= {"latitude": market.latitude, "longitude": market.longitude}
    store.add_venue(tx, row | {"id": venue_id, "market_id": wanted.market_id})
    return Venue(venue_id=venue_id, market_id=wanted.market_id, **row)


def list_venues(tx: Connection, market_id: UUID, asker: UUID | None, after: UUID | None, limit: int) -> list[Venue]:
    """The pick-up places of a market that `asker` may know of."""
    found(store.load(tx, market_id, asker), "market")
    rows = store.venues_of(tx, market_id, asker, after, limit)
    return [Venue(**row._mapping) for row in rows]


def _told(tx: Connection, market_id: UUID, asker: UUID) -> Market:
    """The market as it stands now, said to whom it concerns."""
    row = found(store.load(tx, market_id, asker), "market")
    market = _market(row)
    event = MarketChanged(market_id=market_id, name=market.name, joining=market.joining, founder_id=row.founder_id)
    say(tx, event, seq=market.version)
    return market


def _row(tx: Connection, wanted: MarketDetails) -> dict[str, Any]:
    """The columns of what an organiser wrote, with its town's point where none is given."""
    commune = store.commune_of(tx, wanted.insee)
    if commune is None:
        raise malformed_field("insee", "No commune of France has this INSEE code.", "unknown")
    row = wanted.model_dump(include=set(MarketDetails.model_fields))
    if wanted.latitude is None or wanted.longitude is None:
        row |= {"latitude": commune.latitude, "longitude": commune.longitude}
    row["cell"] = rules.cell(row["latitude"], row["longitude"])
    row["words"] = rules.words(wanted.name, commune.name)
    return row


def _market(row: Row[Any]) -> Market:
    return Market(**row._mapping)
