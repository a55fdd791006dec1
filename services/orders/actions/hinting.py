"""What is left, told to whoever shows it: at most once per second and distribution, a hint."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bus import clock, database
from bus.hints import hint
from contracts.orders import Availability
from services.orders.actions import reading
from services.orders.store import sales

OVERLAP = timedelta(seconds=2)
"""Looked at again, since a transaction commits some time after its instant."""

_looked: dict[str, datetime] = {}


def tell_what_is_left() -> None:
    """Hint at every sale that shares a stock with an order placed or changed since the last look."""
    with database.transaction() as tx:
        news, now = _news(tx)
    for one in news:
        hint(one, "orders", int(now.timestamp() * 1000))


def _news(tx: Connection) -> tuple[list[Availability], datetime]:
    now = clock.now(tx)
    since = _looked.get("last", now) - OVERLAP
    _looked["last"] = now
    return [reading.availability(tx, one) for one in sales.changed_since(tx, since)], now
