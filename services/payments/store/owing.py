"""What orders say is owed: sales, orders, sellers. A newer version of an order replaces an older one."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import keep_newest
from contracts.orders import Order
from services.payments.store import order_sellers, orders, sales


def hold_sale(tx: Connection, order: Order) -> None:
    """Enter the sale of an order if it is new, and let nobody close its books until this transaction ends."""
    row = {name: getattr(order, name) for name in ("distribution_id", "market_id", "market_name", "currency")}
    tx.execute(insert(sales).values(row).on_conflict_do_nothing())
    where = sales.c.distribution_id == order.distribution_id
    tx.execute(select(sales.c.distribution_id).where(where).with_for_update(read=True))


def keep_order(tx: Connection, order: Order, seq: int) -> bool:
    """Keep an order's version, its row locked; false when it is known already, or a newer one."""
    row = {name: getattr(order, name) for name in ("order_id", "distribution_id", "consumer_id", "number")}
    return keep_newest(tx, orders, "order_id", row | {"seq": seq})


def amounts(tx: Connection, order_id: UUID) -> dict[UUID, int]:
    """What is owed for an order, by seller, as it is written."""
    statement = select(order_sellers.c.producer_id, order_sellers.c.owed_cents).where(
        order_sellers.c.order_id == order_id
    )
    return {row.producer_id: row.owed_cents for row in tx.execute(statement)}


def write_seller(tx: Connection, row: dict[str, Any]) -> None:
    """Write what a seller is owed for an order, over what was written before."""
    statement = insert(order_sellers).values(row)
    changed = {name: statement.excluded[name] for name in ("producer_name", "position", "owed_cents")}
    tx.execute(statement.on_conflict_do_update(index_elements=["order_id", "producer_id"], set_=changed))


def known(tx: Connection, distribution_id: UUID) -> tuple[int, int]:
    """How many orders of a distribution are known, and the sum of their versions."""
    columns = func.count(), func.coalesce(func.sum(orders.c.seq), 0)
    count, versions = tx.execute(select(*columns).where(orders.c.distribution_id == distribution_id)).one()
    return int(count), int(versions)


def hold_sale_alone(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    """A sale in which nothing is written until this transaction ends."""
    return tx.execute(select(sales).where(sales.c.distribution_id == distribution_id).with_for_update()).first()


def hold_open(tx: Connection, distribution_id: UUID) -> bool:
    """Keep the books of a sale open until this transaction ends; false when they are closed."""
    where = sales.c.distribution_id == distribution_id, sales.c.final_at.is_(None)
    return tx.execute(select(sales.c.distribution_id).where(*where).with_for_update(read=True)).first() is not None


def lock_order(tx: Connection, order_id: UUID) -> None:
    """Let nobody else write money of an order until this transaction ends; its sale is held before."""
    tx.execute(select(orders.c.order_id).where(orders.c.order_id == order_id).with_for_update())


def end_sale(tx: Connection, distribution_id: UUID, figures: dict[str, Any]) -> None:
    """Keep the figures of a sale for good."""
    values = {"final_at": func.halle_now(), "figures": figures}
    tx.execute(
        update(sales).where(sales.c.distribution_id == distribution_id, sales.c.final_at.is_(None)).values(values)
    )
