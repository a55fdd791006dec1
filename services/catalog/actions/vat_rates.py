"""The VAT rates of products by day: written ahead by their farms, asked for wherever one is shown or put on sale."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from contracts.products import DatedRate
from services.catalog.actions.affairs import today_at_home
from services.catalog.rules import vat
from services.catalog.store import vat_rates as store


class VatRates:
    """The dated rates of some products, and what they make of these today."""

    def __init__(self, tx: Connection, product_ids: Iterable[UUID]) -> None:
        self.today: date = today_at_home(tx)
        self._of: dict[UUID, list[DatedRate]] = defaultdict(list)
        for row in store.of_products(tx, set(product_ids)):
            self._of[row.product_id].append(DatedRate(begins_on=row.begins_on, rate=row.rate))

    def of(self, product_id: UUID) -> list[DatedRate]:
        """All of a product, begun or to come, in the order of their days."""
        return self._of.get(product_id, [])

    def shown(self, row: Row[Any]) -> dict[str, Any]:
        """A product as it stands today; each rate that has begun moved its version."""
        dated = self.of(row.product_id)
        version = row.version + vat.begun(dated, self.today)
        return vat.rated(row._asdict(), dated, self.today) | {"version": version}
