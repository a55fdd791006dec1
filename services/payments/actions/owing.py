"""What orders say is owed becomes movements: the first version's amount, then by how much it changed."""

from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from contracts.books import OrderOwed
from contracts.orders import Order
from contracts.payments import MovementKind
from services.payments import rules
from services.payments.actions import books
from services.payments.store import evening, ledger, owing


def know(tx: Connection, event: OrderOwed, seq: int) -> None:
    """Keep the newest version of an order and book what changed; what comes late or twice changes nothing."""
    order = event.order
    owing.hold_sale(tx, order)
    if not owing.keep_order(tx, order, seq):
        return
    names = {line.producer_id: line.producer_name for line in order.lines}
    owed, before = rules.owed(order), owing.amounts(tx, order.order_id)
    for producer_id in sorted(owed):  # a sale's first orders all want the same tills made: in one order, or they lock
        evening.make(tx, _own_till(order.distribution_id, producer_id, names[producer_id]))
    for position, (producer_id, cents) in enumerate(owed.items()):
        about = {"order_id": order.order_id, "producer_id": producer_id}
        seller = about | {"producer_name": names[producer_id], "position": position, "owed_cents": cents}
        owing.write_seller(tx, seller)
        _book(tx, order, producer_id, cents - before.get(producer_id, 0), seq)
    books.look_again(tx, order.distribution_id, event)


def _book(tx: Connection, order: Order, producer_id: UUID, change: int, seq: int) -> None:
    if not change:
        return
    row = {
        "movement_id": uuid.uuid7(),
        "key": f"owed:{order.order_id}:{seq}:{producer_id}",
        "kind": MovementKind.OWED,
        "distribution_id": order.distribution_id,
        "order_id": order.order_id,
        "producer_id": producer_id,
        "consumer_id": order.consumer_id,
        "amount_cents": change,
    }
    ledger.write(tx, row, rules.accounts(MovementKind.OWED, in_till=False))


def _own_till(distribution_id: UUID, producer_id: UUID, name: str) -> dict[str, object]:
    till_id = evening.till_id(distribution_id, producer_id)
    return {"till_id": till_id, "distribution_id": distribution_id, "producer_id": producer_id, "holder": name}
