"""What orders say is owed: sales, orders, sellers. A newer version of an order replaces an older one."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import keep_newest_of_all
from contracts.orders import Order
from services.payments.store import order_sellers, orders, sales


def hold_sales(tx: Connection, of: Iterable[Order]) -> None:
    """Enter the sales of orders where they are new, and let nobody close their books until this transaction ends."""
    names = ("distribution_id", "market_id", "market_name", "currency")
    rows = {order.distribution_id: {name: getattr(order, name) for name in names} for order in of}
    tx.execute(insert(sales).on_conflict_do_nothing(), [rows[sale] for sale in sorted(rows)])
    held = select(sales.c.distribution_id).where(sales.c.distribution_id.in_(rows))
    tx.execute(held.order_by(sales.c.distribution_id).with_for_update(read=True))


def keep_orders(tx: Connection, versions: Iterable[Order]) -> set[UUID]:
    """Keep versions of orders, their rows locked; those among them that are neither known already nor outdated."""
    names = ("order_id", "distribution_id", "consumer_id", "number")
    rows = [{name: getattr(order, name) for name in names} | {"seq": order.version} for order in versions]
    return keep_newest_of_all(tx, orders, "order_id", rows)


def amounts(tx: Connection, of: Iterable[UUID]) -> dict[tuple[UUID, UUID], int]:
    """What is owed for orders, by order and seller, as it is written."""
    columns = order_sellers.c.order_id, order_sellers.c.producer_id, order_sellers.c.owed_cents
    rows = tx.execute(select(*columns).where(order_sellers.c.order_id.in_(of)))
    return {(row.order_id, row.producer_id): row.owed_cents for row in rows}


def write_sellers(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Write what sellers are owed for orders, over what was written before."""
    statement = insert(order_sellers)
    changed = {name: statement.excluded[name] for name in ("producer_name", "position", "owed_cents")}
    tx.execute(statement.on_conflict_do_update(index_elements=["order_id", "producer_id"], set_=changed), rows)


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
