"""How far goods travel to a market."""

from uuid import UUID

from sqlalchemy import Connection

from contracts.yearly import Distances, FarmDistance, ReadDistances
from services.catalog import rules
from services.catalog.actions.refusals import found
from services.catalog.store import distances as store


def read(tx: Connection, wanted: ReadDistances, asker: UUID) -> Distances:
    """Kilometres from each farm to a market that `asker` organises or operates, and their mean by what was brought."""
    market = found(store.market(tx, wanted.market_id, asker), "market")
    farms = {one for load in wanted.loads for one in load.producer_ids}
    km = store.from_farms(tx, wanted.market_id, farms)
    loads = [([km[one] for one in load.producer_ids if one in km], load.amount_cents) for load in wanted.loads]
    return Distances(
        market_name=market.name,
        town=market.town,
        farms=[FarmDistance(producer_id=one, km=distance) for one, distance in km.items()],
        mean_km=rules.mean_km(loads),
    )
