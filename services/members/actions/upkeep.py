"""What happens by itself: the first start, and the daily sweep of what is over."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bus import timers
from contracts.members import Right
from services.members import rules
from services.members.actions import grants, keys
from services.members.store import accounts, sessions

PRUNE = "prune_accounts"
DAILY = timedelta(days=1)


def begin(tx: Connection, private: dict[str, Any], operator_email: str | None, now: datetime) -> None:
    """At every start: see that there are keys, the daily sweep, and the first operator."""
    keys.make_first(tx, private, now)
    _schedule(tx, 1, now)
    operator = accounts.confirmed_by_email(tx, operator_email) if operator_email else None
    if operator is not None:
        grants.found(tx, operator.person_id, Right.OPERATE, None)


def prune(tx: Connection, version: int, now: datetime) -> None:
    """Drop what is over, and come again tomorrow."""
    accounts.prune(tx, now, rules.UNCONFIRMED_KEPT, rules.TRIES_REMEMBERED)
    sessions.prune(tx, now, DAILY)
    _schedule(tx, version + 1, now + DAILY)


def _schedule(tx: Connection, version: int, due_at: datetime) -> None:
    timers.schedule(tx, PRUNE, key=PRUNE, subject=PRUNE, due_at=due_at, version=version)
