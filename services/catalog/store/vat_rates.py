"""The VAT rates that follow a product's own, each with its first day; whoever asks was looked at."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.catalog.store.farm_tables import products, vat_rates


def write(tx: Connection, row: dict[str, Any]) -> None:
    """Keep which rate a product has from a day on."""
    statement = insert(vat_rates).values(row)
    same_day = vat_rates.c["product_id", "begins_on"]
    tx.execute(statement.on_conflict_do_update(index_elements=same_day, set_={"rate": statement.excluded.rate}))


def drop(tx: Connection, product_id: UUID, begins_on: date) -> bool:
    """Whether there was a rate from this day on, which is gone."""
    same = vat_rates.c.product_id == product_id, vat_rates.c.begins_on == begins_on
    return tx.execute(delete(vat_rates).where(*same)).rowcount == 1


def of_products(tx: Connection, product_ids: Iterable[UUID]) -> list[Row[Any]]:
    """The rates of some products, the first one first: also for sheets, which nobody asks for."""
    statement = select(vat_rates).where(vat_rates.c.product_id.in_(list(product_ids)))
    return list(tx.execute(statement.order_by(vat_rates.c.begins_on)))


def overwrite(tx: Connection, product_ids: Iterable[UUID], today: date) -> None:
    """Let what was written of some products hold today: the rates that have begun become their own."""
    begun = vat_rates.c.product_id.in_(list(product_ids)), vat_rates.c.begins_on <= today
    same = vat_rates.c.product_id == products.c.id
    tx.execute(update(vat_rates).where(*begun, same).values(rate=products.c.vat_basis_points))
