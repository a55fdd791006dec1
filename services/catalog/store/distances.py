"""Distances from farms to a market, as the crow flies between their communes' points and the market's."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, or_, select, text

from bus import rights
from contracts.members import Right
from services.catalog.store.guards import organises
from services.catalog.store.tables import communes, markets


def market(tx: Connection, market_id: UUID, person: UUID) -> Row[Any] | None:
    """Name and town of a market, for its organisers and accountants, and for operators."""
    reads = or_(rights.holds(person, Right.OPERATE), rights.accounts_for(person, market_id))
    statement: Select[Any] = (
        select(markets.c.name, communes.c.name.label("town"))
        .join(communes, communes.c.insee == markets.c.insee)
        .where(markets.c.id == market_id, or_(organises(person), reads))
    )
    return tx.execute(statement).first()


_FROM_FARMS = text("""
    select f.id, 12742 * asin(sqrt(least(1, power(sind((m.latitude - c.latitude) / 2), 2)
      + cosd(m.latitude) * cosd(c.latitude) * power(sind((m.longitude - c.longitude) / 2), 2)))) as km
    from producers f join communes c on c.insee = f.insee, markets m
    where m.id = :market and f.id = any(cast(:farms as uuid[])) and m.latitude is not null and c.latitude is not null
    order by km, f.id
""")


def from_farms(tx: Connection, market_id: UUID, farms: Iterable[UUID]) -> dict[UUID, float]:
    """Kilometres by farm, the nearest first, where both places are known; `market` comes first."""
    return {row.id: row.km for row in tx.execute(_FROM_FARMS, {"market": market_id, "farms": list(farms)})}
