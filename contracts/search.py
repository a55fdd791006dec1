"""Finding communes, markets and products, whatever the accents, case, hyphens and plurals.

Open to strangers. Distances are as the crow flies, from the asked place to the market.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.catalog import Latitude, Limit, Longitude, MarketKind, Pricing
from contracts.identity import Insee
from contracts.messages import Command, Model
from contracts.money import Unit
from contracts.planning import Stage

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class Near(Model):
    """Around which place: a position, an INSEE code, else a commune's name or post code."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    insee: Insee | None = None
    place: Words = ""
    radius_km: int = Field(default=30, ge=1, le=100)
    limit: Limit = 20


class PickUp(Model):
    """The next time that goods are handed over, and when to order for it."""

    distribution_id: UUID
    state: Stage
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime


class MarketFound(Model):
    """A market near the place; `distance_km` is nothing where no place was asked."""

    market_id: UUID
    name: str
    kind: MarketKind
    town: str
    insee: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    distance_km: float | None
    next_pick_up: PickUp | None
    sold: list[str]
    """A few names of products."""


class SearchMarkets(Near, Command, door="catalog.search_markets", answers=list[MarketFound], open_to_strangers=True):
    """Public markets by distance; `words` must all be in its name or town, or in a product's."""

    words: Words = ""


class ProductFound(Model):
    """A product on offer at a market near the place."""

    offer_id: UUID
    product_id: UUID
    name: str
    producer_id: UUID
    producer_name: str
    price_cents: int
    unit: Unit
    pricing: Pricing
    net_quantity: str = ""
    marks: list[str]
    market_id: UUID
    market_name: str
    town: str
    time_zone: str
    distance_km: float | None
    next_pick_up: PickUp | None


class SearchProducts(
    Near,
    Command,
    door="catalog.search_products",
    answers=list[ProductFound],
    open_to_strangers=True,
):
    """Products on offer at public markets, the nearest first. All `words` must be there."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class CommuneFound(Model):
    """A commune of France."""

    insee: str
    name: str
    post_codes: list[str]
    department: str
    latitude: float | None
    longitude: float | None


class FindCommunes(Command, door="catalog.find_communes", answers=list[CommuneFound], open_to_strangers=True):
    """Communes whose name or post code begins so, the most populated first."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    limit: Limit = 10
