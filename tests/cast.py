"""The cast: Alice sells, Bob buys, Odile organises, Malik mediates, Charlie must see nothing. And what they sell."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.catalog import Joining, SaleSheetPublished, SheetLine, StockMode
from contracts.money import Unit

OPERATOR_EMAIL = "olga@caromb.example"
"""Olga operates the run's instance."""
ALICE, BOB, ODILE, MALIK, CHARLIE = (UUID(int=number) for number in range(1, 6))
FARM = UUID(int=101)
BAKERY = UUID(int=102)
MARKET = UUID(int=201)


def line(name: str = "Carrots", **changes: Any) -> SheetLine:
    """An offer of Alice's farm: pieces at 2.60, ten of them."""
    given: dict[str, Any] = {
        "offer_id": uuid4(),
        "product_id": uuid4(),
        "producer_id": FARM,
        "producer_name": "Ferme des Alpilles",
        "legal_name": "Alice Roux",
        "name": name,
        "unit": Unit.PIECE,
        "price_cents": 260,
        "vat_basis_points": 550,
        "stock_mode": StockMode.PER_DISTRIBUTION,
        "stock": 10,
        "closes_at": datetime.now(UTC) + timedelta(days=1),
    }
    return SheetLine.model_validate(given | changes)


def sheet(*lines: SheetLine, **changes: Any) -> SaleSheetPublished:
    """A sale of those lines, open since an hour ago and for a day."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "distribution_id": uuid4(),
        "market_id": MARKET,
        "market_name": "Marché de Caromb",
        "joining": Joining.OPEN,
        "time_zone": "Europe/Paris",
        "venue_name": "Halle",
        "venue_address": "Place du Cabaret, Caromb",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=1),
        "starts_at": now + timedelta(days=2),
        "ends_at": now + timedelta(days=2, hours=2),
        "lines": [one.model_dump() for one in lines],
    }
    return SaleSheetPublished.model_validate(given | changes)
