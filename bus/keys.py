"""Idempotency: the same key gives the same answer once; the same key with another body is refused.

Only effects are kept (a refusal is judged again), for thirty days, per asker and door.
"""

import hashlib

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from bus import tables
from contracts.errors import Conflict

STRANGER = "stranger"


def fingerprint(question: bytes) -> bytes:
    return hashlib.sha256(question).digest()


def claim(tx: Connection, asker: str, door: str, key: str, question: bytes) -> str | None:
    """Take a key for this transaction; the kept answer when it was used before, nothing when it is new.

    Waits for a twin that is under way. Raises Conflict `key-reused` when the question differs.
    """
    row = {"asker": asker, "door": door, "key": key, "question": fingerprint(question)}
    if tx.execute(insert(tables.idempotency).values(row).on_conflict_do_nothing()).rowcount:
        return None
    return recall(tx, asker, door, key, question)


def recall(tx: Connection, asker: str, door: str, key: str, question: bytes) -> str | None:
    """The answer kept under a key, nothing where there is none; Conflict when the question differs."""
    kept = tx.execute(
        select(tables.idempotency.c.question, tables.idempotency.c.answer).where(*_is(asker, door, key))
    ).first()
    if kept is None:
        return None
    if kept.question != fingerprint(question):
        raise Conflict("key-reused", "This Idempotency-Key was used for another request; use a new one.")
    answer: str | None = kept.answer
    return answer


def keep(tx: Connection, asker: str, door: str, key: str, answer: str) -> None:
    """Keep what a claimed key led to, in the same transaction."""
    tx.execute(update(tables.idempotency).where(*_is(asker, door, key)).values(answer=answer))


def _is(asker: str, door: str, key: str) -> tuple[ColumnElement[bool], ...]:
    table = tables.idempotency.c
    return table.asker == asker, table.door == door, table.key == key
