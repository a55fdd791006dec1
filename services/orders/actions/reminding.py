"""The day before: whoever has something to fetch is reminded of it, by number, in batches.

It is wanted at the close, when orders have their numbers, and its key has the number of the last shift: a sale that is
shifted wants another, be it back to its first hour, and finds the one before void.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.outbox import say
from bus.timers import Timer
from contracts.orders import DistributionState, OrderState
from contracts.reminding import HandoverNear
from services.orders.store import books, purchases, sales

BATCH = 100
BEFORE = timedelta(hours=24)
PAUSE = timedelta(seconds=1)
"""Between two batches: where it is due at the close, everybody wants lists first."""
_ABOUT = ("venue_name", "venue_address", "time_zone", "starts_at", "ends_at")


def want(tx: Connection, sale: Row[Any]) -> None:
    """Want the orders of a closed sale to be reminded of."""
    _schedule(tx, sale, max(clock.now(tx), sale.starts_at - BEFORE), 1)


def tell_next(tx: Connection, timer: Timer) -> None:
    """Remind of the next orders by number; the timer's version counts the batches."""
    sale = sales.known(tx, UUID(timer.subject))
    is_near = sale.state == DistributionState.CLOSED and clock.now(tx) < sale.starts_at
    if timer.key != _key(sale) or not is_near:
        return
    last = timer.version * BATCH
    numbered = books.numbered(tx, sale.id, last - BATCH + 1, last)
    about = {name: getattr(sale, name) for name in _ABOUT}
    for order in purchases.of_ids(tx, numbered):
        if order.state is OrderState.PLACED:
            say(tx, HandoverNear(order_id=order.order_id, order=order, **about), seq=order.version)
    if len(numbered) == BATCH:
        _schedule(tx, sale, timer.due_at + PAUSE, timer.version + 1)


def _schedule(tx: Connection, sale: Row[Any], due_at: datetime, version: int) -> None:
    key, subject = _key(sale), str(sale.id)
    timers.schedule(tx, "remind_of_handover", key=key, subject=subject, due_at=due_at, version=version)


def _key(sale: Row[Any]) -> str:
    return f"{sale.id}:remind:{sale.shift_number}"
