"""What a year of a market comes to, for its council: sums from orders, distances from catalog.

Aggregates only. What comes from fewer than five households is not told apart: it is told together with something
larger, so that no subtraction finds it either.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.messages import Command, Model

Year = Annotated[int, Field(ge=2000, le=2200)]


class Quality(StrEnum):
    """Under which mark goods were sold, as their lines say: `organic` is AB alone."""

    ORGANIC = "organic"
    OTHER_MARK = "other_mark"
    NO_MARK = "no_mark"


class Sold(Model):
    """What one thing comes to; where it is several together, only their sum."""

    households: int | None
    orders: int | None
    amount_cents: int


class MonthsSold(Sold):
    """A month by the start of its distributions, at the market's place."""

    months: list[int]


class FarmSold(Model):
    """A farm as its last line named it."""

    producer_id: UUID
    name: str


class FarmsSold(Sold):
    """A farm."""

    farms: list[FarmSold]


class QualitiesSold(Sold):
    """A quality."""

    qualities: list[Quality]


class MarketYear(Model):
    """Orders of distributions whose window has closed, VAT included; also those that nobody fetched.

    Adjustments after the books are not in it.
    """

    market_id: UUID
    year: int
    currency: str
    distributions: int
    open_books: int
    """Of how many of them the figures may still change."""
    households: int | None
    """Nothing: there are some, but fewer than five, and nothing else is told either."""
    orders: int | None
    amount_cents: int | None
    marked_basis_points: int | None
    """Which share was sold under a quality mark; nothing where that is not told apart."""
    organic_basis_points: int | None
    months: list[MonthsSold]
    farms: list[FarmsSold]
    """The largest amount first."""
    qualities: list[QualitiesSold]


class ReadYear(Command, door="orders.read_year", answers=MarketYear, patience=30.0):
    """A year of a market, for its organisers, its accountants and operators."""

    market_id: UUID
    year: Year


class Load(Model):
    """What some farms brought together, as a sum."""

    producer_ids: list[UUID] = Field(min_length=1, max_length=1000)
    amount_cents: int = Field(ge=0)


class FarmDistance(Model):
    """As the crow flies, from the farm's commune to the market."""

    producer_id: UUID
    km: float


class Distances(Model):
    """How far goods travelled to a market."""

    market_name: str
    town: str
    farms: list[FarmDistance]
    """Those whose place is known."""
    mean_km: float | None
    """Weighed by amounts; of farms that are told together their mean counts."""


class ReadDistances(Command, door="catalog.read_distances", answers=Distances):
    """How far loads travelled to a market, for its organisers, its accountants and operators."""

    market_id: UUID
    loads: list[Load] = Field(max_length=1000)
