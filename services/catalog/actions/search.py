"""Communes, markets and products are looked for."""

from typing import Any

from sqlalchemy import Connection, Row

from contracts.errors import NotFound
from contracts.search import (
    CommuneFound,
    FindCommunes,
    MarketFound,
    Near,
    PickUp,
    ProductFound,
    SearchMarkets,
    SearchProducts,
)
from services.catalog import rules
from services.catalog.actions.marks import Marks
from services.catalog.store import search as store

NAMES_SHOWN = 4


def find_communes(tx: Connection, wanted: FindCommunes) -> list[CommuneFound]:
    """Communes whose name or post code begins so."""
    return [CommuneFound(**row._mapping) for row in _beginning(tx, wanted.text, wanted.limit)]


def search_markets(tx: Connection, wanted: SearchMarkets) -> list[MarketFound]:
    """Public markets, the nearest first."""
    around = _around(tx, wanted)
    words = rules.words(wanted.words)
    if wanted.words and not words:
        return []
    rows = store.markets(tx, around, rules.query(words), _sold(words, around), wanted.limit)
    return [_market(row) for row in rows]


def search_products(tx: Connection, wanted: SearchProducts) -> list[ProductFound]:
    """Products on sale at public markets, the nearest first."""
    around = _around(tx, wanted)
    words = rules.words(wanted.words)
    if not words:
        return []
    rows = store.products(tx, around, _sold(words, around), wanted.limit)
    shown = Marks(tx, (row.producer_id for row in rows)).shown(rows)
    return [ProductFound(**one, next_pick_up=_pick_up(row)) for one, row in zip(shown, rows, strict=True)]


def _around(tx: Connection, wanted: Near) -> store.Around | None:
    """The circle that is asked for; nothing where no place is named."""
    if wanted.latitude is not None and wanted.longitude is not None:
        return store.Around(wanted.latitude, wanted.longitude, wanted.radius_km)
    if not (wanted.insee or wanted.place):
        return None
    place = _place(tx, wanted)
    if place is None:
        raise NotFound("no-such-place", "No commune of France has this name or post code.")
    if place.latitude is None:
        raise NotFound("place-without-point", "We do not know where this lies: give a position.")
    return store.Around(place.latitude, place.longitude, wanted.radius_km)


def _place(tx: Connection, wanted: Near) -> Row[Any] | None:
    if wanted.insee:
        return store.commune(tx, wanted.insee)
    return next(iter(_beginning(tx, wanted.place, 1)), None)


def _beginning(tx: Connection, text: str, limit: int) -> list[Row[Any]]:
    if text.isdecimal():
        return store.communes_by_post_code(tx, text, limit)
    folded = rules.place_key(text)
    return store.communes_beginning(tx, folded, limit) if folded else []


def _sold(words: list[str], around: store.Around | None) -> str:
    return rules.query_near(words, rules.Box.around(*around).cells() if around else [])


def _market(row: Row[Any]) -> MarketFound:
    found = dict(row._mapping) | {"sold": list(dict.fromkeys(row.sold))[:NAMES_SHOWN]}
    return MarketFound(**found, next_pick_up=_pick_up(row))


def _pick_up(row: Row[Any]) -> PickUp | None:
    return PickUp(**row._mapping) if row.distribution_id else None
