"""What is owed, said to payments: every numbered order after its close, and from then on each version of an order.

Weights and hand-overs have no news of their own for anybody else; here they are one version more.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from bus import timers
from bus.outbox import say
from bus.timers import Timer
from contracts.books import OrderOwed
from contracts.orders import Order
from services.orders.store import books, day

BATCH = 100
PAUSE = timedelta(seconds=1)
"""Between two batches: at the close everybody wants lists, and nobody pays yet."""


def begin(tx: Connection, distribution_id: UUID, due_at: datetime) -> None:
    """Want all orders of a closed sale to be said."""
    _want_batch(tx, distribution_id, due_at, 1)


def tell(tx: Connection, order: Order) -> None:
    """Say an order's new version, if it has a number: before its close nothing is owed."""
    if order.number is not None:
        say(tx, OrderOwed(order_id=order.order_id, order=order), seq=order.version)


def tell_next(tx: Connection, timer: Timer) -> None:
    """Say the next orders by number; the timer's version counts the batches. Said twice they are known once."""
    distribution_id = UUID(timer.subject)
    last = timer.version * BATCH
    numbered = books.numbered(tx, distribution_id, last - BATCH + 1, last)
    for order in day.lock_orders(tx, distribution_id, numbered).values():
        tell(tx, order)
    if len(numbered) == BATCH:
        _want_batch(tx, distribution_id, timer.due_at + PAUSE, timer.version + 1)


def _want_batch(tx: Connection, distribution_id: UUID, due_at: datetime, version: int) -> None:
    subject = str(distribution_id)
    timers.schedule(tx, "tell_what_is_owed", key=f"owed:{subject}", subject=subject, due_at=due_at, version=version)
