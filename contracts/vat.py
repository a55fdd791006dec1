"""The VAT of what was sold in a period, as the books of farms and markets need it. Orders owns it.

VAT is inside the price and rounded once, for each rate of what one order owes one farm, as on its receipt; everything
else here is a sum of that. Cancelled orders owe nothing. Adjustments after the books are the farm's, and not in it.
"""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.messages import Command, Model

LONGEST = 366
"""Days of a period."""
FIRST, END = date(2000, 1, 1), date(2100, 1, 1)
Day = Annotated[date, Field(ge=FIRST, lt=END)]


class Taxed(Model):
    """An amount with the VAT that is inside it: `base + vat = total`, in cents."""

    vat_basis_points: int
    total_cents: int
    vat_cents: int

    @property
    def base_cents(self) -> int:
        return self.total_cents - self.vat_cents


class FarmVat(Taxed):
    """What one farm sold at one market at one rate."""

    producer_id: UUID
    producer_name: str
    market_id: UUID
    market_name: str
    currency: str
    orders: int


class SaleVat(Taxed):
    """What was sold at one distribution at one rate."""

    distribution_id: UUID
    market_id: UUID
    market_name: str
    starts_at: datetime
    time_zone: str
    currency: str
    final: bool
    """Whether its books are closed: until then the figures may still change."""


class VatList(Model):
    """The same amounts twice: by farm, and by distribution."""

    farms: list[FarmVat]
    sales: list[SaleVat]


class ReadVat(Command, door="orders.read_vat", answers=VatList, patience=30.0):
    """The VAT of what was handed over from one day to another, both included, each day as at the market's place.

    Of a market for its organisers, treasurers and accountants, of a farm for its sellers and accountants, of the whole
    instance for its accountants. NotFound to others.
    """

    market_id: UUID | None = None
    producer_id: UUID | None = None
    from_on: Day
    to_on: Day

    @model_validator(mode="after")
    def _a_period_of_one_object(self) -> Self:
        if self.market_id is not None and self.producer_id is not None:
            raise ValueError("a market, a farm or neither")
        if not 0 <= (self.to_on - self.from_on).days < LONGEST:
            raise ValueError(f"a period has 1 to {LONGEST} days")
        return self
