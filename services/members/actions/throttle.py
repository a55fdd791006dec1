"""Tries are counted before they are judged, and committed: a hundred at once are a hundred."""

import math
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from contracts.messages import Refused
from services.members import rules
from services.members.store import accounts as store


def account(email: str) -> str:
    """The subject of tries at one account; also of one that does not exist."""
    return f"account:{email}"


def person(person_id: UUID) -> str:
    """The subject of tries by somebody signed in: strangers at the door do not lock the owner out."""
    return f"person:{person_id}"


def address(at: str) -> str:
    """The subject of tries from one address or network."""
    return f"address:{rules.address_tried(at)}"


def count(tx: Connection, allowed: dict[str, int], now: datetime) -> int:
    """Count a try for each subject; the seconds to wait where there were too many, and no try."""
    held = store.lock_tries(tx, list(allowed), now)
    paused = [row for row in held if rules.pause(row.failures, allowed[row.subject])]
    wait: float = max([(row.waits_until - now).total_seconds() for row in paused], default=0)
    if wait > 0:
        return math.ceil(wait)
    for row in held:
        failures = rules.failures_counted(row.failures, row.last_at, now) + 1
        until = now + rules.pause(failures, allowed[row.subject])
        store.count_try(tx, row.subject, failures, now, until)
    return 0


def forgive(tx: Connection, email: str, at: str | None, now: datetime) -> None:
    """The right password: its account begins anew; an address only gets this one try back."""
    store.forget_tries(tx, account(email))
    if at is not None:
        store.take_back_try(tx, address(at), now)


def letters(email: str) -> str:
    """The subject of letters to one address."""
    return f"letters:{email}"


def may_write(tx: Connection, email: str, now: datetime) -> bool:
    """Nobody is buried in letters that somebody else asks for."""
    return count(tx, {letters(email): rules.LETTERS_PER_ADDRESS}, now) == 0


def refused(seconds: int) -> Refused | None:
    """What is said to whoever has to wait."""
    if seconds == 0:
        return None
    return Refused(
        code="too-many-tries",
        message=f"Too many tries; please wait {seconds} seconds.",
        details={"seconds": seconds},
    )
