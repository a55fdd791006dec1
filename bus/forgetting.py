"""What the kernel keeps of messages forgets a person: answers kept under keys, parked messages.

A word is replaced where it stands alone as a JSON text. Bodies of events are their speakers' to rewrite.
"""

from collections.abc import Iterable
from uuid import UUID

import orjson
from sqlalchemy import Connection, delete, text

from bus import tables

_ANSWERS = text("update idempotency set answer = replace(answer, :word, '\"\"') where strpos(answer, :word) > 0")
_PARKED = text("select id, message from parked where position(cast(:word as bytea) in message) > 0")
_KEEP_PARKED = text("update parked set message = :message where id = :id")


def forget(tx: Connection, person_id: UUID, words: Iterable[str | None]) -> None:
    """Drop what was answered to a person, and `words` from what was answered to others or could not be heard."""
    tx.execute(delete(tables.idempotency).where(tables.idempotency.c.asker == str(person_id)))
    for word in {orjson.dumps(word) for word in words if word}:
        tx.execute(_ANSWERS, {"word": word.decode()})
        for row in tx.execute(_PARKED, {"word": word}).all():
            tx.execute(_KEEP_PARKED, {"id": row.id, "message": bytes(row.message).replace(word, b'""')})
