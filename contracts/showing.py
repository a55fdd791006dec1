"""What a market shows of itself to anybody: on posters, as open data, on its town's own site. Answered by catalog.

There is nothing of persons in it.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.catalog import MarketKind
from contracts.messages import Command, Model
from contracts.photos import PhotoId
from contracts.search import PickUp


class PickUpShown(PickUp):
    """A time that goods are handed over, with its place."""

    venue_name: str
    venue_address: str


class MarketShown(Model):
    """A market with its next pick-up."""

    market_id: UUID
    name: str
    kind: MarketKind
    entity_name: str
    town: str
    insee: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    farms: int
    """How many are admitted."""
    next_pick_up: PickUpShown | None
    logo: PhotoId | None = None
    """Read as a photo is."""


class ListMarketsShown(Command, door="catalog.list_markets_shown", answers=list[MarketShown], open_to_strangers=True):
    """Every public market, whoever asks; `after` is the last id of the page before."""

    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ReadMarketShown(Command, door="catalog.read_market_shown", answers=MarketShown, open_to_strangers=True):
    """A public market, whoever asks."""

    market_id: UUID


class Voice(Model):
    """How a market speaks to its consumers."""

    market_id: UUID
    says_tu: bool


class ReadVoice(Command, door="catalog.read_voice", answers=Voice, open_to_strangers=True):
    """How a market speaks, public or not: whoever reads its sale or an order there hears it anyway."""

    market_id: UUID


class Showcase(MarketShown):
    """What a poster has room for."""

    entity_address: str
    later_pick_ups: list[PickUpShown]
    """The three after the next one."""
    farm_names: list[str]


class ReadShowcase(Command, door="catalog.read_showcase", answers=Showcase):
    """What a market's poster says, for its organisers; it need not be public yet."""

    market_id: UUID
