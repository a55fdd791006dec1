"""A year of a market as its council reads it, for organisers and operators."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response, request

from contracts.yearly import ReadYear
from gateway import yearly
from gateway.pages.languages import spoken
from gateway.pages.site import pages, person, show
from gateway.printing.council import Council

YEARS = 10
"""Shown to choose from."""


@pages.get("/markets/<uuid:market_id>/year")
def market_year(market_id: UUID) -> Response:
    """One year: the one that is asked for, else the present one."""
    person()
    now = datetime.now(UTC).year
    years = range(now, now - YEARS, -1)
    asked = request.args.get("year", now, type=int)
    year, distances = yearly.read(ReadYear(market_id=market_id, year=asked if asked in years else now))
    told = Council(year, distances, spoken()).words()
    return show("year.html", told=told, year=year, years=years, path=f"/api/v1/markets/{market_id}/year")
