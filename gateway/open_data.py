"""Markets as open data: GeoJSON (RFC 7946) and CSV, made of all public markets and kept for some minutes.

Catalog is asked page by page, however many want the files: two thousand markets are twenty questions and a megabyte.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from contracts.showing import MarketShown
from gateway.csv_tables import harmless
from gateway.flights import Flights

KEPT = 300.0
"""Seconds."""
PAGE = 100
LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
COLUMNS = (
    "market_id", "name", "kind", "legal_entity", "town", "insee", "latitude", "longitude", "farms",
    "orders_open_at", "orders_close_at", "pick_up_starts_at", "pick_up_ends_at", "pick_up_place", "pick_up_address",
    "page",
)  # fmt: skip
Source = Callable[[UUID | None, int], list[MarketShown]]
"""A page of public markets after an id."""


class Format(StrEnum):
    """A file, by the end of its name."""

    GEOJSON = "geojson"
    CSV = "csv"


TYPES = {Format.GEOJSON: "application/geo+json", Format.CSV: "text/csv; charset=utf-8"}


class _Made(NamedTuple):
    files: dict[Format, bytes]
    at: float


class OpenData:
    """The files as they were made last."""

    def __init__(self, source: Source, public_url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._source, self._public_url, self._now = source, public_url, now
        self._flights: Flights[_Made] = Flights()
        self._made: _Made | None = None

    def file(self, wanted: Format) -> bytes:
        """A file that is at most so many minutes old; whoever comes while it is made waits for it."""
        made = self._made
        if made is None or self._now() - made.at > KEPT:
            made = self._flights.join("files", self._make)
        return made.files[wanted]

    def _make(self) -> _Made:
        rows = [_row(one, self._public_url) for one in self._all()]
        self._made = _Made({Format.GEOJSON: _geojson(rows), Format.CSV: _csv(rows)}, self._now())
        return self._made

    def _all(self) -> Iterator[MarketShown]:
        after: UUID | None = None
        while found := self._source(after, PAGE):
            yield from found
            after = found[-1].market_id


def _row(it: MarketShown, public_url: str) -> dict[str, Any]:
    """A market by the names of the columns; instants are UTC."""
    told = it.model_dump(mode="json")
    coming = told["next_pick_up"] or {}
    return {name: told[name] for name in COLUMNS if name in told} | {
        "legal_entity": it.entity_name,
        "orders_open_at": coming.get("opens_at"),
        "orders_close_at": coming.get("closes_at"),
        "pick_up_starts_at": coming.get("starts_at"),
        "pick_up_ends_at": coming.get("ends_at"),
        "pick_up_place": coming.get("venue_name"),
        "pick_up_address": coming.get("venue_address"),
        "page": f"{public_url}/markets/{it.market_id}",
    }


def _geojson(rows: list[dict[str, Any]]) -> bytes:
    """Longitude before latitude; a market whose place is not known has no geometry."""
    features = [
        {
            "type": "Feature",
            "id": row["market_id"],
            "geometry": _point(row["longitude"], row["latitude"]),
            "properties": {name: row[name] for name in COLUMNS if name not in ("latitude", "longitude")},
        }
        for row in rows
    ]
    return orjson.dumps({"type": "FeatureCollection", "licence": LICENCE, "features": features})


def _point(longitude: float | None, latitude: float | None) -> dict[str, Any] | None:
    if longitude is None or latitude is None:
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    """RFC 4180, with commas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue().encode()
