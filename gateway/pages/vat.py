"""The VAT of a period: for accountants, for a market's organisers, for those who sell for a farm."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import Response, request

from contracts.vat import END, FIRST, LONGEST, FarmVat, ReadVat, Taxed, VatList
from gateway import asking
from gateway.pages.site import pages, person, show

WITHIN = 60.0
"""Seconds for a year of a large instance."""


class Total(NamedTuple):
    """Several amounts together; at one rate, or over all."""

    vat_basis_points: int | None
    currency: str
    total_cents: int
    vat_cents: int

    @property
    def base_cents(self) -> int:
        return self.total_cents - self.vat_cents


@pages.get("/figures/vat")
def vat() -> Response:
    """By farm and rate, then by distribution; without days the month that has passed."""
    person()
    first, last = _period()
    market, farm = (request.args.get(name, type=UUID) for name in ("market_id", "producer_id"))
    asked = ReadVat(market_id=market, producer_id=None if market else farm, from_on=first, to_on=last)
    found: VatList = asking.ask(asked, within=WITHIN)
    about = asked.model_dump(mode="json", exclude_none=True)
    sums = {"farms": _by_farm(found.farms), "rates": _by_rate(found.farms), "whole": _whole(found.farms)}
    return show("vat.html", asked=asked, about=about, sales=found.sales, sums=sums)


def _period() -> tuple[date, date]:
    """The days that were asked for, at most a year of them; else the last month that is over."""
    last = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    try:
        asked = sorted(date.fromisoformat(request.args[name]) for name in ("from_on", "to_on"))
    except (KeyError, ValueError):
        return last.replace(day=1), last
    if not FIRST <= asked[0] <= asked[1] < END:
        return last.replace(day=1), last
    return max(asked[0], asked[1] - timedelta(days=LONGEST - 1)), asked[1]


def _by_farm(rows: Sequence[FarmVat]) -> list[tuple[str, list[Total]]]:
    """Each farm's amounts by rate, over all its markets."""
    farms = {row.producer_id: row.producer_name for row in rows}
    return [(name, _by_rate([row for row in rows if row.producer_id == farm])) for farm, name in farms.items()]


def _by_rate(rows: Sequence[FarmVat]) -> list[Total]:
    keys = sorted({(row.currency, row.vat_basis_points) for row in rows})
    return [
        _total(rate, currency, [row for row in rows if (row.currency, row.vat_basis_points) == (currency, rate)])
        for currency, rate in keys
    ]


def _whole(rows: Sequence[FarmVat]) -> list[Total]:
    """Over all rates; a currency's amounts are never added to another's."""
    currencies = sorted({row.currency for row in rows})
    return [_total(None, currency, [row for row in rows if row.currency == currency]) for currency in currencies]


def _total(rate: int | None, currency: str, rows: Sequence[Taxed]) -> Total:
    return Total(rate, currency, sum(row.total_cents for row in rows), sum(row.vat_cents for row in rows))
