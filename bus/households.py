"""Households: whose orders somebody shares.

A service that keeps orders, money or mails of consumers keeps what members says of it, in `tables.adults`.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, select

from bus.envelope import Heard
from bus.rights import keep_newest
from bus.tables import adults
from contracts.households import AdultChanged


def know_adult(tx: Connection, event: AdultChanged, heard: Heard) -> None:
    """Keep the newest state of an adult."""
    keep_newest(tx, adults, "adult_id", event.model_dump() | {"seq": heard.seq})


def shares(person_id: UUID, consumer_id: Any) -> ColumnElement[bool]:
    """SQL: `person_id` is now an adult of the household of `consumer_id`, a UUID or a column."""
    return exists().where(adults.c.person_id == person_id, adults.c.consumer_id == consumer_id, adults.c.holds)


def consumers(tx: Connection, person_id: UUID) -> list[UUID]:
    """Whose orders somebody shares: the own ones first."""
    statement = select(adults.c.consumer_id).where(adults.c.person_id == person_id, adults.c.holds)
    return [person_id, *tx.execute(statement).scalars()]


def adults_of(tx: Connection, consumer_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Who else is of these households and has an account, by household."""
    statement = select(adults.c.consumer_id, adults.c.person_id).where(adults.c.consumer_id.in_(consumer_ids))
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in tx.execute(statement.where(adults.c.holds).order_by(adults.c.adult_id)):
        found[row.consumer_id].append(row.person_id)
    return found
