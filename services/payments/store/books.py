"""Books that are to be closed: what orders said that is to be known first."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update

from bus.rights import keep_newest
from contracts.books import BooksClosing
from services.payments.store import closings


def want(tx: Connection, event: BooksClosing, seq: int) -> bool:
    """Enter an attempt to close; false when it is known, or a newer one."""
    return keep_newest(tx, closings, "distribution_id", event.model_dump() | {"answered": False, "seq": seq})


def wanted(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    """The attempt that waits for an answer."""
    where = closings.c.distribution_id == distribution_id, closings.c.answered.is_(False)
    return tx.execute(select(closings).where(*where)).first()


def answer(tx: Connection, distribution_id: UUID, attempt: int) -> None:
    """Write that an attempt was answered."""
    where = closings.c.distribution_id == distribution_id, closings.c.attempt == attempt
    tx.execute(update(closings).where(*where).values(answered=True))
