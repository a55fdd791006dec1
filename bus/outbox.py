"""`say`: an event becomes a row in the transaction of its fact; the relay does the rest."""

from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus import tables, trace
from contracts.messages import Event


def say(tx: Connection, event: Event, *, seq: int, factid: UUID | None = None) -> None:
    """Say `event`, true once `tx` commits.

    `seq` is the version of the row that this transaction locked: later facts about a subject have higher ones.
    A `v2` said beside its `v1` shares the `factid`, so that a handler that hears both acts once.
    """
    tx.execute(tables.outbox.insert(), row_of(event, seq, factid or uuid.uuid7()))
    tx.info["said"] = True


def row_of(event: Event, seq: int, factid: UUID) -> dict[str, object]:
    """The outbox row of an event, for the statements that write it together with something else."""
    return {
        "factid": factid,
        "type": event.type,
        "subject": event.subject,
        "seq": seq,
        "body": event.model_dump_json(),
        "traceparent": trace.current(),
    }
