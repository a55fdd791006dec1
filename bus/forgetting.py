"""What the kernel keeps of messages forgets a person: answers kept under keys, parked messages.

Words go where they stand alone in a field that people fill in: whoever is called `piece` leaves every unit as it is.
Bodies of events are their speakers' to rewrite.
"""

import re
from collections.abc import Iterable
from uuid import UUID

import orjson
from sqlalchemy import Connection, delete, text

from bus import tables

FIELDS = "name|email|phone|message|recipient|handed_to|entered_by|agreed|carrier|consumer_name|mediator_name"

_ANSWERS = text("""
    update idempotency set answer = regexp_replace(answer, :pattern, '"\\1":""', 'g') where strpos(answer, :word) > 0
""")
_PARKED = text("select id, message from parked where position(cast(:word as bytea) in message) > 0")
_KEEP_PARKED = text("update parked set message = :message where id = :id")


def forget(tx: Connection, person_id: UUID, words: Iterable[str | None]) -> None:
    """Drop what was answered to a person, and `words` from what was answered to others or could not be heard."""
    tx.execute(delete(tables.idempotency).where(tables.idempotency.c.asker == str(person_id)))
    for word in {orjson.dumps(word) for word in words if word}:
        pattern = f'"({FIELDS})":{re.escape(word.decode())}'
        tx.execute(_ANSWERS, {"word": word.decode(), "pattern": pattern})
        for row in tx.execute(_PARKED, {"word": word}).all():
            without = re.sub(pattern.encode(), rb'"\1":""', bytes(row.message))
            tx.execute(_KEEP_PARKED, {"id": row.id, "message": without})
