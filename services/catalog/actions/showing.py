"""Markets show themselves: all public ones as open data, one on a poster or on its town's own site."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from contracts.showing import ListMarketsShown, MarketShown, PickUpShown, Showcase, Voice
from services.catalog.actions.refusals import found, mine
from services.catalog.store import markets
from services.catalog.store import showing as store

PICK_UPS = 4
"""As many as a poster has room for."""


def list_markets(tx: Connection, wanted: ListMarketsShown) -> list[MarketShown]:
    """A page of all public markets."""
    return _shown(tx, store.public_markets(tx, wanted.after, wanted.limit))


def market(tx: Connection, market_id: UUID) -> MarketShown:
    """One public market."""
    return _shown(tx, [found(store.public_market(tx, market_id), "market")])[0]


def voice(tx: Connection, market_id: UUID) -> Voice:
    """How a market speaks to its consumers."""
    return Voice(**found(store.voice(tx, market_id), "market")._mapping)


def showcase(tx: Connection, market_id: UUID, asker: UUID) -> Showcase:
    """What the poster says of a market that `asker` organises."""
    row = mine(markets.load(tx, market_id, asker), "market")
    pick_ups = _pick_ups(tx, [market_id], each=PICK_UPS)[market_id]
    names = store.farm_names(tx, market_id)
    return Showcase(
        **row._mapping,
        farms=len(names),
        farm_names=names,
        next_pick_up=next(iter(pick_ups), None),
        later_pick_ups=pick_ups[1:],
    )


def _shown(tx: Connection, rows: list[Row[Any]]) -> list[MarketShown]:
    """Markets, each with its next pick-up."""
    coming = _pick_ups(tx, [row.market_id for row in rows], each=1)
    return [MarketShown(**row._mapping, next_pick_up=next(iter(coming[row.market_id]), None)) for row in rows]


def _pick_ups(tx: Connection, market_ids: list[UUID], each: int) -> dict[UUID, list[PickUpShown]]:
    """The next pick-ups of each market, the soonest first."""
    coming: dict[UUID, list[PickUpShown]] = {market_id: [] for market_id in market_ids}
    for row in store.next_pick_ups(tx, market_ids, each):
        coming[row.market_id].append(PickUpShown(**row._mapping))
    return coming
