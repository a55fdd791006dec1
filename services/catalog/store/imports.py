"""Many products and offers in one statement each, for an import."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Text,
    bindparam,
    case,
    exists,
    func,
    insert,
    select,
    update,
)

from contracts.catalog import StockMode
from services.catalog.store.farm_tables import offers, products
from services.catalog.store.products import lock_refs as lock_farm
from services.catalog.store.products import reindex

__all__ = ["add_all", "change_all", "known", "lock_farm", "offer_all", "offers_at", "price_all", "shared"]

_WORDS = func.array_to_tsvector(bindparam("new_words", type_=ARRAY(Text)))


def known(tx: Connection, producer_id: UUID) -> list[Row[Any]]:
    """All products of a farm, archived ones too: a ref stays taken; with whether each is `on_sale` anywhere."""
    offered = exists().where(offers.c.product_id == products.c.id, offers.c.withdrawn_at.is_(None))
    statement = select(products, products.c.id.label("product_id"), offered.label("on_sale"))
    return list(tx.execute(statement.where(products.c.producer_id == producer_id)))


def add_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert products."""
    if rows:
        tx.execute(insert(products).values(version=1, words=_WORDS), _renamed(rows))


def change_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Write products anew; archived ones among them are back."""
    if not rows:
        return
    written = [name for name in rows[0] if name not in ("id", "words", "shared_stock")]
    values = {name: bindparam(f"new_{name}", type_=products.c[name].type) for name in written}
    given = bindparam("new_shared_stock", type_=Integer())
    same_unit = products.c.unit == values["unit"]
    stock: ColumnElement[int | None] = case((same_unit, func.coalesce(given, products.c.shared_stock)), else_=given)
    statement = (
        update(products)
        .where(products.c.id == bindparam("new_id"))
        .values(
            version=products.c.version + 1,
            archived_at=None,
            shared_stock=stock,
            words=_WORDS,
            **values,
        )
    )
    tx.execute(statement, [{f"new_{name}": row[name] for name in row} for row in rows])
    reindex(tx, offers.c.product_id.in_([row["id"] for row in rows]))


def offers_at(tx: Connection, market_id: UUID, producer_id: UUID) -> dict[UUID, UUID]:
    """What a farm has on sale at a market: offers by product."""
    here = offers.c.market_id == market_id, offers.c.producer_id == producer_id
    statement = select(offers.c.product_id, offers.c.id).where(*here, offers.c.withdrawn_at.is_(None))
    return {row.product_id: row.id for row in tx.execute(statement)}


def shared(tx: Connection, producer_id: UUID) -> set[UUID]:
    """The products of a farm that are on sale somewhere with one stock for all markets."""
    mode = offers.c.producer_id == producer_id, offers.c.stock_mode == StockMode.SHARED
    return set(tx.execute(select(offers.c.product_id).where(*mode, offers.c.withdrawn_at.is_(None))).scalars())


def offer_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert offers, then their words."""
    if rows:
        tx.execute(insert(offers).values(version=1, words=func.array_to_tsvector([])), rows)
        reindex(tx, offers.c.id.in_([row["id"] for row in rows]))


def price_all(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Set the price of offers where it is another."""
    if rows:
        statement = (
            update(offers)
            .where(offers.c.id == bindparam("offer"), offers.c.price_cents != bindparam("new_price"))
            .values(price_cents=bindparam("new_price"), version=offers.c.version + 1)
        )
        tx.execute(statement, [{"offer": r["id"], "new_price": r["price_cents"]} for r in rows])


def _renamed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose words go through a function."""
    return [{("new_words" if name == "words" else name): row[name] for name in row} for row in rows]
