"""A year of a market for its council: as JSON, as a table, on paper."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response

from contracts.messages import Model
from contracts.yearly import Distances, MarketYear, ReadYear
from gateway import csv_tables, session, yearly
from gateway.api import door
from gateway.api.door import JSON, Route
from gateway.api.papers import PDF, file, says
from gateway.printing import typesetting
from gateway.printing.council import YearPaper
from gateway.reception import reception

RULE = "/markets/<uuid:market_id>/year"


class YearWithDistances(Model):
    """A year of a market, as orders has it, and how far its goods came, as catalog has it."""

    year: MarketYear
    distances: Distances


PLAIN = Route("GET", RULE, ReadYear, answers=YearWithDistances)
TABLE = Route("GET", f"{RULE}.csv", ReadYear, answers=says(csv_tables.TYPE, "A table for spreadsheets"))
PAPER = Route("GET", f"{RULE}.pdf", ReadYear, answers=says(PDF, "A paper to print"))


def read_year(market_id: UUID) -> Response:
    """What a year comes to."""
    found = yearly.ask(_wanted(PLAIN, market_id))
    return Response(b'{"year":' + found.year + b',"distances":' + found.distances + b"}", content_type=JSON)


def read_year_csv(market_id: UUID) -> Response:
    """The same for spreadsheets."""
    wanted = _wanted(TABLE, market_id)
    table = csv_tables.yearly(*yearly.read(wanted), session.visitor().language)
    return file(table, csv_tables.TYPE, f"{wanted.year}.csv")


def read_year_pdf(market_id: UUID) -> Response:
    """The same on paper."""
    wanted = _wanted(PAPER, market_id)
    paper = YearPaper(*yearly.ask(wanted), session.visitor().language, datetime.now(UTC).replace(microsecond=0))
    return file(reception().press.run(typesetting.year_pdf, paper), PDF, f"{wanted.year}.pdf")


def _wanted(route: Route, market_id: UUID) -> ReadYear:
    door.admit(ReadYear)
    wanted = door.parse(route, {"market_id": market_id})
    assert isinstance(wanted, ReadYear), "a route parses its own command"
    return wanted


part = door.part("years", "A year of a market for its council: aggregates only.")
door.add_by(part, PLAIN, read_year)
door.add_by(part, TABLE, read_year_csv)
door.add_by(part, PAPER, read_year_pdf)
