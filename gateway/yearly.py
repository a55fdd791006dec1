"""A year of a market: sums are asked of orders, distances of catalog for what orders said."""

from typing import NamedTuple

from contracts.yearly import Distances, Load, MarketYear, ReadDistances, ReadYear
from gateway import asking

WITHIN = 60.0
"""Seconds for the sums of a large market."""


class Asked(NamedTuple):
    """Both answers, as JSON."""

    year: bytes
    distances: bytes


def ask(wanted: ReadYear) -> Asked:
    """A year and its distances, for whoever may have them."""
    year = asking.ask_raw(wanted, within=WITHIN).body
    farms = MarketYear.model_validate_json(year).farms
    loads = [Load(producer_ids=[farm.producer_id for farm in it.farms], amount_cents=it.amount_cents) for it in farms]
    return Asked(year, asking.ask_raw(ReadDistances(market_id=wanted.market_id, loads=loads)).body)


def read(wanted: ReadYear) -> tuple[MarketYear, Distances]:
    """The same to look into."""
    year, distances = ask(wanted)
    return MarketYear.model_validate_json(year), Distances.model_validate_json(distances)
