"""A window opens, and closes soon: said for those who want to hear of it, whom orders does not know."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.outbox import say
from bus.timers import Timer
from contracts.orders import DistributionState
from contracts.windows import Window, WindowClosing, WindowOpened
from services.orders.store import sales

BEFORE = timedelta(hours=4)


def tell_opening(tx: Connection, sale: Row[Any]) -> None:
    """Say that a sale is open."""
    say(tx, WindowOpened(**_about(sale)), seq=1)


def want_closing(tx: Connection, sale: Row[Any]) -> None:
    """Want it said that a sale closes soon; a shift wants it anew."""
    key, subject, version = f"{sale.id}:closing-soon", str(sale.id), sale.shift_number + 1
    due_at = sale.closes_at - BEFORE
    timers.schedule(tx, "tell_closing", key=key, subject=subject, due_at=due_at, version=version)


def tell_closing(tx: Connection, timer: Timer) -> None:
    """Say that a sale closes soon, if it is open still and was not shifted since this was wanted."""
    sale = sales.known(tx, UUID(timer.subject))
    is_open = sale.state == DistributionState.OPEN and clock.now(tx) < sale.closes_at
    if is_open and timer.version == sale.shift_number + 1:
        say(tx, WindowClosing(**_about(sale)), seq=timer.version)


def _about(sale: Row[Any]) -> dict[str, Any]:
    return {"distribution_id": sale.id} | {
        name: getattr(sale, name) for name in Window.model_fields if name != "distribution_id"
    }
