"""Mandates: who may hold a farm's money at a market. The farm gives them, and ends them by a word."""

from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection, Row

from bus import clock
from bus.doors import Call
from bus.rights import does_hold
from contracts.errors import NotFound, malformed_field
from contracts.members import Right
from contracts.tills import EndMandate, GiveMandate, ListMandates, Mandate
from contracts.wall import is_to_come
from services.payments.store import asking, mandating


def give(tx: Connection, command: GiveMandate, call: Call) -> Mandate:
    """Enter the mandate that a farm signed."""
    _check_sells(tx, command.producer_id, call)
    holder = command.holder.strip()
    if not holder:
        raise malformed_field("holder", "Say who holds the money.", "missing")
    if is_to_come(command.given_on, clock.now(tx)):
        raise malformed_field("given_on", "The mandate holds from its signature: this day is still to come.", "future")
    row = command.model_dump() | {"holder": holder, "mandate_id": uuid.uuid7(), "given_by": call.asker.person_id}
    return _mandate(mandating.give(tx, row))


def end(tx: Connection, command: EndMandate, call: Call) -> Mandate:
    """End a mandate now; one that has ended stays as it is."""
    if asking.mandate_for(tx, command.mandate_id, call.asker.person_id) is None:
        raise NotFound("no-such-mandate", "There is no such mandate of a farm of yours.")
    return _mandate(mandating.end(tx, command.mandate_id))


def of_farm(tx: Connection, command: ListMandates, call: Call) -> list[Mandate]:
    """A farm's mandates."""
    _check_sells(tx, command.producer_id, call)
    return [_mandate(row) for row in mandating.of_farm(tx, command.producer_id)]


def _check_sells(tx: Connection, producer_id: UUID, call: Call) -> None:
    if not does_hold(tx, call.asker.person_id, Right.SELL, producer_id):
        raise NotFound("no-such-producer", "You sell for no such farm.")


def _mandate(row: Row[Any]) -> Mandate:
    return Mandate.model_validate(dict(row._mapping))
