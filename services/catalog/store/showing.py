"""Markets as they show themselves: public ones page by page, pick-ups to come, names of farms."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select, text

from contracts.planning import AdmissionState
from services.catalog.store.farm_tables import producers
from services.catalog.store.markets import logo_of_market
from services.catalog.store.planning_tables import admissions
from services.catalog.store.tables import communes, markets

_SHOWN = ("name", "kind", "entity_name", "insee", "latitude", "longitude", "time_zone")


def public_markets(tx: Connection, after: UUID | None, limit: int) -> list[Row[Any]]:
    """Public markets, approved, by their ids, each with the number of its farms."""
    statement = _public().order_by(markets.c.id).limit(limit)
    return list(tx.execute(statement.where(markets.c.id > after) if after else statement))


def public_market(tx: Connection, market_id: UUID) -> Row[Any] | None:
    """One of them."""
    return tx.execute(_public().where(markets.c.id == market_id)).first()


def voice(tx: Connection, market_id: UUID) -> Row[Any] | None:
    """How any market speaks: no secret, and nothing else of it."""
    spoken: Select[Any] = select(markets.c.id.label("market_id"), markets.c.says_tu)
    return tx.execute(spoken.where(markets.c.id == market_id)).first()


_NEXT_PICK_UPS = text("""
    select m.id as market_id, pick_up.*
    from unnest(cast(:markets as uuid[])) m(id)
    cross join lateral (
        select d.id as distribution_id, d.state, d.opens_at, d.closes_at, d.starts_at, d.ends_at,
               v.name as venue_name, v.address as venue_address
        from distributions d join venues v on v.id = d.venue_id
        where d.market_id = m.id and d.starts_at > (select halle_now())
          and d.state in ('planned', 'open', 'closing', 'closed', 'handover')
        order by d.starts_at, d.id limit :each) pick_up
    order by pick_up.starts_at, pick_up.distribution_id
""")


def next_pick_ups(tx: Connection, market_ids: list[UUID], each: int) -> list[Row[Any]]:
    """The next pick-ups of markets that were loaded for somebody, so many of each, the soonest first."""
    return list(tx.execute(_NEXT_PICK_UPS, {"markets": market_ids, "each": each}))


def farm_names(tx: Connection, market_id: UUID) -> list[str]:
    """The farms admitted at a market that was loaded for somebody, by name."""
    statement = (
        select(producers.c.farm_name)
        .join(admissions, admissions.c.producer_id == producers.c.id)
        .where(admissions.c.market_id == market_id, admissions.c.state == AdmissionState.ADMITTED)
        .order_by(producers.c.farm_name, producers.c.id)
    )
    return list(tx.execute(statement).scalars())


def _public() -> Select[Any]:
    here = admissions.c.market_id == markets.c.id, admissions.c.state == AdmissionState.ADMITTED
    farms = select(func.count()).select_from(admissions).where(*here).scalar_subquery()
    shown = select(
        markets.c.id.label("market_id"),
        *(markets.c[name] for name in _SHOWN),
        communes.c.name.label("town"),
        farms.label("farms"),
        logo_of_market().label("logo"),
    )
    return shown.join(communes, communes.c.insee == markets.c.insee).where(markets.c.listed)
