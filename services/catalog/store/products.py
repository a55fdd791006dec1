"""Products and offers. The words of a product and the cell of a market stand in its offers too."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from contracts.catalog import StockMode
from services.catalog.store.farm_tables import offers, producers, products
from services.catalog.store.guards import knows_market, sells_for
from services.catalog.store.tables import markets, served_towns

FACTS = (
    *("description", "origin", "variety", "ingredients", "allergens", "traces", "storage", "keeps"),
    *("approval_number", "alcohol_basis_points", "vat_basis_points"),
)
"""Columns of a product that are shown as they are."""
CHOSEN = ("grade", "date_kind", "sanitary")
"""Columns that say nothing where nothing was chosen."""
_SHOWN = ("name", "unit", "pricing", "category", "net_quantity", "estimated_grams", "photo")


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a product."""
    tx.execute(insert(products).values(version=1, **_indexed(row)))


def load(tx: Connection, product_id: UUID, person: UUID) -> Row[Any] | None:
    """A product of a farm that `person` sells for, locked; with the farm's name."""
    statement = _mine(person).where(products.c.id == product_id).with_for_update(of=products)
    return tx.execute(statement).first()


def ref_is_taken(tx: Connection, producer_id: UUID, ref: str | None, but: UUID) -> bool:
    """Whether another product of the farm has this reference; the farm's refs wait in line."""
    if ref is None:
        return False
    lock_refs(tx, producer_id)
    same = products.c.producer_id == producer_id, products.c.ref == ref, products.c.id != but
    return tx.execute(select(products.c.id).where(*same)).first() is not None


def lock_refs(tx: Connection, producer_id: UUID) -> None:
    """Let nobody else give references to this farm's products until the transaction ends."""
    farm = select(producers.c.id).where(producers.c.id == producer_id)
    tx.execute(farm.with_for_update(key_share=True))


def is_on_sale(tx: Connection, product_id: UUID) -> bool:
    """Whether a product is offered at any market."""
    statement = select(offers.c.id).where(offers.c.product_id == product_id, _on_sale()).limit(1)
    return tx.execute(statement).first() is not None


def change(tx: Connection, product_id: UUID, row: dict[str, Any]) -> None:
    """Write a locked product anew, and the words of its offers."""
    later = products.c.version + 1
    tx.execute(update(products).where(products.c.id == product_id).values(version=later, **_indexed(row)))
    reindex(tx, offers.c.product_id == product_id)


def archive(tx: Connection, product_id: UUID) -> None:
    """Take a product and its offers off sale."""
    mine = products.c.id == product_id, products.c.archived_at.is_(None)
    gone = {"archived_at": func.halle_now(), "version": products.c.version + 1}
    tx.execute(update(products).where(*mine).values(gone))
    _withdraw(tx, offers.c.product_id == product_id)


def of_producer(
    tx: Connection,
    producer_id: UUID,
    person: UUID,
    *,
    archived: bool,
    after: UUID | None,
    limit: int,
) -> list[Row[Any]]:
    """The products of a farm that `person` sells for, oldest first."""
    kept = products.c.archived_at.is_not(None) if archived else products.c.archived_at.is_(None)
    statement = _mine(person).where(products.c.producer_id == producer_id, kept)
    if after:
        statement = statement.where(products.c.id > after)
    return list(tx.execute(statement.order_by(products.c.id).limit(limit)))


def known(tx: Connection, producer_id: UUID) -> list[Row[Any]]:
    """All products of a farm by which an import knows its lines again, locked in id order."""
    statement = select(products).where(products.c.producer_id == producer_id)
    return list(tx.execute(statement.order_by(products.c.id).with_for_update()))


def rename_words(tx: Connection, words: dict[UUID, list[str]]) -> None:
    """Write the words of products anew; their offers' must be written after."""
    given = func.array_to_tsvector(bindparam("new_words", type_=ARRAY(Text)))
    statement = update(products).where(products.c.id == bindparam("product")).values(words=given)
    if words:
        tx.execute(statement, [{"product": product_id, "new_words": own} for product_id, own in words.items()])


def set_shared_stock(tx: Connection, product_id: UUID, stock: int) -> None:
    """The one stock for all the markets of a product."""
    tx.execute(update(products).where(products.c.id == product_id).values(shared_stock=stock))


def make_offer(tx: Connection, row: dict[str, Any]) -> None:
    """Insert an offer with the words of its product and the cell of its market."""
    words = (
        select(_offer_words())
        .select_from(products)
        .join(markets, markets.c.id == row["market_id"])
        .where(products.c.id == row["product_id"])
        .scalar_subquery()
    )
    tx.execute(insert(offers).values(version=1, words=words, **row))


def offer_on_sale(tx: Connection, product_id: UUID, market_id: UUID) -> UUID | None:
    """The offer of a product at a market, if there is one."""
    same = offers.c.product_id == product_id, offers.c.market_id == market_id
    found: UUID | None = tx.execute(select(offers.c.id).where(*same, _on_sale())).scalar()
    return found


def load_offer(tx: Connection, offer_id: UUID, person: UUID) -> Row[Any] | None:
    """An offer of a farm that `person` sells for, locked."""
    statement = _offers().where(offers.c.id == offer_id, sells_for(person), _on_sale())
    return tx.execute(statement.with_for_update(of=offers)).first()


def offer_seen(tx: Connection, offer_id: UUID, person: UUID | None) -> Row[Any] | None:
    """An offer at a market that `person` may know of, with the facts of its product."""
    statement = _offers().add_columns(*facts(), producers.c.legal_name)
    seen = offers.c.id == offer_id, _on_sale(), or_(knows_market(person), sells_for(person))
    return tx.execute(statement.where(*seen)).first()


def change_offer(tx: Connection, offer_id: UUID, row: dict[str, Any]) -> None:
    """Write the terms of a locked offer anew."""
    later = offers.c.version + 1
    tx.execute(update(offers).where(offers.c.id == offer_id).values(version=later, **row))


def withdraw_offer(tx: Connection, offer_id: UUID) -> None:
    """Take one offer off sale."""
    _withdraw(tx, offers.c.id == offer_id)


def withdraw_all(tx: Connection, market_id: UUID, producer_id: UUID) -> None:
    """Take everything of a farm off sale at one market."""
    _withdraw(tx, (offers.c.market_id == market_id) & (offers.c.producer_id == producer_id))


def offers_seen(
    tx: Connection,
    person: UUID | None,
    *,
    market_id: UUID | None,
    producer_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Row[Any]]:
    """What is on sale at a market, or from a farm, where `person` may know of the market."""
    statement = _offers().where(_on_sale(), or_(knows_market(person), sells_for(person)))
    if market_id:
        statement = statement.where(offers.c.market_id == market_id)
    if producer_id:
        statement = statement.where(offers.c.producer_id == producer_id)
    if after:
        statement = statement.where(offers.c.id > after)
    return list(tx.execute(statement.order_by(offers.c.id).limit(limit)))


def reindex(tx: Connection, which: ColumnElement[bool]) -> None:
    """Write the words of some offers anew."""
    same = products.c.id == offers.c.product_id, markets.c.id == offers.c.market_id
    tx.execute(update(offers).where(which, _on_sale(), *same).values(words=_offer_words()))


def facts() -> list[ColumnElement[Any]]:
    """What is shown of a product besides what its offers say."""
    return [
        *(products.c[name] for name in FACTS),
        *(func.coalesce(products.c[name], "").label(name) for name in CHOSEN),
    ]


def stock() -> ColumnElement[int | None]:
    """An offer's stock: the product's one figure where it is shared."""
    shared = offers.c.stock_mode == StockMode.SHARED
    return case((shared, products.c.shared_stock), else_=offers.c.stock)


def _mine(person: UUID) -> Select[Any]:
    statement = select(
        products,
        products.c.id.label("product_id"),
        products.c.archived_at.is_not(None).label("archived"),
        producers.c.farm_name,
    )
    return statement.join(producers, producers.c.id == products.c.producer_id).where(sells_for(person))


def _offers() -> Select[Any]:
    terms = ("market_id", "product_id", "producer_id", "version", "price_cents", "minimum")
    statement = select(
        offers.c.id.label("offer_id"),
        *(offers.c[name] for name in (*terms, "maximum", "step", "stock_mode")),
        stock().label("stock"),
        *(products.c[name] for name in _SHOWN),
        products.c.shared_stock,
        producers.c.farm_name.label("producer_name"),
        markets.c.name.label("market_name"),
        markets.c.time_zone,
    )
    return (
        statement.select_from(offers)
        .join(products, products.c.id == offers.c.product_id)
        .join(producers, producers.c.id == offers.c.producer_id)
        .join(markets, markets.c.id == offers.c.market_id)
    )


def _offer_words() -> ColumnElement[Any]:
    served = select(served_towns.c.cell).where(served_towns.c.market_id == markets.c.id).correlate(markets)
    cells = func.array_append(func.array(served.scalar_subquery()), markets.c.cell)
    return products.c.words.op("||")(func.array_to_tsvector(cells))


def _withdraw(tx: Connection, which: ColumnElement[bool]) -> None:
    gone = {"withdrawn_at": func.halle_now(), "version": offers.c.version + 1}
    tx.execute(update(offers).where(and_(which, _on_sale())).values(gone))


def _on_sale() -> ColumnElement[bool]:
    return offers.c.withdrawn_at.is_(None)


def _indexed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"words": func.array_to_tsvector(literal(row["words"]))}
