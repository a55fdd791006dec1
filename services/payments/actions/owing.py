"""What orders say is owed becomes movements: the first version's amount, then by how much it changed.

At a close the orders of a whole sale come at once; they are learnt by the handful, table by table.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from contracts.books import OrderOwed
from contracts.orders import Order
from contracts.payments import MovementKind
from services.payments import rules
from services.payments.actions import books
from services.payments.store import evening, ledger, owing


def know(tx: Connection, news: Iterable[OrderOwed]) -> None:
    """Keep the newest version of each order and book what changed; what comes late or twice changes nothing.

    Whoever learns of several sales, orders or tills takes them in the order of their ids: others do so meanwhile.
    """
    newest = _newest(news)
    owing.hold_sales(tx, newest)
    kept = owing.keep_orders(tx, newest)
    learnt = [order for order in newest if order.order_id in kept]
    books.look_again(tx, learnt)
    if sellers := [row for order in learnt for row in _sellers(order)]:
        before = owing.amounts(tx, kept)
        owing.write_sellers(tx, sellers)
        evening.make(tx, _own_tills(learnt))
        movements = [row for order in learnt for row in _movements(order, before)]
        ledger.write(tx, movements, rules.accounts(MovementKind.OWED, in_till=False))


def _newest(news: Iterable[OrderOwed]) -> list[Order]:
    """The orders that were said, by id; of each the newest version."""
    orders = sorted((event.order for event in news), key=lambda order: (order.order_id, order.version))
    return list({order.order_id: order for order in orders}.values())


def _sellers(order: Order) -> list[dict[str, Any]]:
    names = _names(order)
    return [
        {
            "order_id": order.order_id,
            "producer_id": producer_id,
            "producer_name": names[producer_id],
            "position": position,
            "owed_cents": cents,
        }
        for position, (producer_id, cents) in enumerate(rules.owed(order).items())
    ]


def _own_tills(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """A till for each farm that is owed anything, by id."""
    farms = {(order.distribution_id, farm): name for order in orders for farm, name in _names(order).items()}
    rows = [
        {"till_id": evening.till_id(sale, farm), "distribution_id": sale, "producer_id": farm, "holder": name}
        for (sale, farm), name in farms.items()
    ]
    return sorted(rows, key=lambda row: row["till_id"])


def _names(order: Order) -> dict[UUID, str]:
    market = {order.market_id: order.fee.payee} if order.fee else {}
    return {line.producer_id: line.producer_name for line in order.lines} | market


def _movements(order: Order, before: Mapping[tuple[UUID, UUID], int]) -> list[dict[str, Any]]:
    """By how much what each farm is owed has changed, where it has."""
    changes = {farm: cents - before.get((order.order_id, farm), 0) for farm, cents in rules.owed(order).items()}
    return [
        {
            "movement_id": uuid.uuid7(),
            "key": f"owed:{order.order_id}:{order.version}:{producer_id}",
            "kind": MovementKind.OWED,
            "distribution_id": order.distribution_id,
            "order_id": order.order_id,
            "producer_id": producer_id,
            "consumer_id": order.consumer_id,
            "amount_cents": change,
        }
        for producer_id, change in changes.items()
        if change
    ]
