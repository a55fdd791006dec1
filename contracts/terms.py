"""What a market asks of its producers, and each of them accepts by name: part of `catalog.MarketDetails`."""

from pydantic import Field

from contracts.messages import Model


class MarketTerms(Model):
    """A charter is declared by those who accept it, not certified by anybody."""

    charter_title: str = Field(default="", max_length=120)
    charter: str = Field(default="", max_length=20_000)
    max_distance_km: int | None = Field(default=None, ge=1, le=2000)
    """From a farm's town, as the crow flies; beyond it the organiser admits with a reason."""
