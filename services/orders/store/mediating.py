"""Consents as orders has heard of them, and what was done by them: written once and never changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from bus import households
from bus.rights import holds
from bus.tables import adults
from contracts.members import Right
from contracts.orders import ActOnBehalf
from services.orders.store import acts_on_behalf, consents, orders, people


def is_adult(tx: Connection, person_id: UUID, consumer_id: UUID) -> bool:
    """Whether somebody is of a household at this instant."""
    return bool(tx.execute(select(households.shares(person_id, consumer_id))).scalar())


def hold_household(tx: Connection, person_id: UUID, consumer_id: UUID | None, order_id: UUID | None) -> UUID | None:
    """The household of a consumer or an order, if somebody is of it; no end of that is heard in this transaction."""
    if consumer_id is None and order_id is None:
        return None
    whose = consumer_id or select(orders.c.consumer_id).where(orders.c.id == order_id).scalar_subquery()
    shared = adults.c.person_id == person_id, adults.c.consumer_id == whose, adults.c.holds
    statement = select(adults.c.consumer_id).where(*shared).with_for_update(read=True)
    found: UUID | None = tx.execute(statement).scalar()
    return found


def consented(tx: Connection, mediator_id: UUID, consumer_id: UUID) -> bool:
    """Whether somebody may act on behalf of somebody at this instant."""
    return tx.execute(_living(mediator_id, consumer_id)).first() is not None


def hold_consent(tx: Connection, mediator_id: UUID, consumer_id: UUID) -> bool:
    """The same, and no withdrawal is heard until this transaction ends."""
    return tx.execute(_living(mediator_id, consumer_id).with_for_update(read=True)).first() is not None


def name_of(tx: Connection, person_id: UUID) -> str:
    """A mediator's name, as far as it is known."""
    return tx.execute(select(people.c.name).where(people.c.person_id == person_id)).scalar() or ""


def note(tx: Connection, order_id: UUID, version: int, act: ActOnBehalf) -> None:
    """Write down who made a version of an order in its consumer's name."""
    done = act.model_dump(include={"mediator_id", "acted_at", "by_consent"})
    tx.execute(acts_on_behalf.insert().values(done | {"order_id": order_id, "version": version}))


def _living(mediator_id: UUID, consumer_id: UUID) -> Select[Any]:
    return select(consents.c.consent_id).where(
        consents.c.mediator_id == mediator_id,
        consents.c.consumer_id == consumer_id,
        consents.c.ended_at.is_(None),
        consents.c.valid_until > func.halle_now(),
        holds(mediator_id, Right.MEDIATE, consents.c.town_id),
    )
