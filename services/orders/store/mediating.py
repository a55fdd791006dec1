"""Consents as orders has heard of them, and what was done by them: written once and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from bus.rights import holds
from contracts.members import Right
from services.orders.store import acts_on_behalf, consents, people


def consented(tx: Connection, mediator_id: UUID, consumer_id: UUID) -> bool:
    """Whether somebody may act on behalf of somebody at this instant."""
    return tx.execute(_living(mediator_id, consumer_id)).first() is not None


def hold_consent(tx: Connection, mediator_id: UUID, consumer_id: UUID) -> bool:
    """The same, and no withdrawal is heard until this transaction ends."""
    return tx.execute(_living(mediator_id, consumer_id).with_for_update(read=True)).first() is not None


def name_of(tx: Connection, person_id: UUID) -> str:
    """A mediator's name, as far as it is known."""
    return tx.execute(select(people.c.name).where(people.c.person_id == person_id)).scalar() or ""


def note(tx: Connection, order_id: UUID, version: int, mediator_id: UUID, acted_at: datetime) -> None:
    """Write down who made a version of an order in its consumer's name."""
    row = {"order_id": order_id, "version": version, "mediator_id": mediator_id, "acted_at": acted_at}
    tx.execute(acts_on_behalf.insert().values(row))


def _living(mediator_id: UUID, consumer_id: UUID) -> Select[Any]:
    return select(consents.c.consent_id).where(
        consents.c.mediator_id == mediator_id,
        consents.c.consumer_id == consumer_id,
        consents.c.ended_at.is_(None),
        consents.c.valid_until > func.halle_now(),
        holds(mediator_id, Right.MEDIATE, consents.c.town_id),
    )
