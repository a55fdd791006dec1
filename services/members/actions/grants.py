"""A right is given with its object, shared by those who hold it, limited, and taken back."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.audit import NameActors, PersonName
from contracts.consents import AppointMediator
from contracts.errors import NotAllowed, NotFound, malformed_field
from contracts.loans import AppointLender
from contracts.members import (
    Grant,
    GrantChanged,
    GrantRight,
    Grants,
    ListGrants,
    MyGrants,
    OwnGrant,
    OwnGrants,
    Right,
    RightGiven,
)
from contracts.messages import Refused
from contracts.producers import ProducerChanged
from contracts.towns import town_id
from services.members import rules
from services.members.store import accounts as account_store
from services.members.store import grants as store


class Power(NamedTuple):
    """Why somebody may share a right: until when, and whether as an operator."""

    until: datetime | None
    operates: bool


NO_POWER = Power(None, operates=False)
"""Of whoever gives up what he holds: nobody else's right is meant."""


def found(tx: Connection, person_id: UUID, right: Right, object_id: UUID | None) -> None:
    """Give the founder of an object the right on it, once: what was taken back stays so. Who was erased gets none."""
    if account_store.lock(tx, person_id) is None:
        return
    row = _row(person_id, right, object_id)
    if store.found(tx, row | {"valid_until": None}):
        say(tx, GrantChanged(**row, holds=True), seq=1)


def know_plan(tx: Connection, distribution_id: UUID, market_id: UUID) -> None:
    """Keep whose a distribution is: its organisers name deputies for it."""
    store.know_plan(tx, distribution_id, market_id)


def know_farm(tx: Connection, event: ProducerChanged, seq: int) -> None:
    """Keep what a farm is called; its founder sells for it from the start."""
    store.know_farm(tx, {"producer_id": event.producer_id, "name": event.name, "seq": seq})
    found(tx, event.founder_id, Right.SELL, event.producer_id)


def grant(tx: Connection, asker: UUID, asked: GrantRight, now: datetime) -> Grant | Refused:
    """Share a right, or say until when somebody holds it; never beyond one's own term."""
    power = _power(tx, asker, asked.right, asked.object_id)
    if asked.valid_until is not None and asked.valid_until <= now:
        raise malformed_field("valid_until", "This moment is past.", "past")
    if asked.valid_until is None and asked.right in rules.NEED_END:
        raise malformed_field("valid_until", "Say until when: this right is given for a time.", "missing")
    person = account_store.confirmed_by_email(tx, asked.email)
    if person is None:
        return Refused(code="unknown-email", message="Nobody has an account with this address.")
    row = _row(person.person_id, asked.right, asked.object_id)
    held = store.hold(tx, asked.right, asked.object_id)
    before = next((g for g in held if g.grant_id == row["grant_id"]), None)
    _stay_within(power, asked.valid_until, *([before.valid_until] if before else []))
    if before and asked.valid_until and _is_last(before, held, power):
        return _last_holder()
    kept = _keep(tx, row | {"holds": True, "valid_until": asked.valid_until})
    if before is None and person.person_id != asker:
        _tell(tx, kept, asker)
    return Grant.model_validate(dict(kept._mapping) | {"name": person.name, "email": person.email})


def appoint_mediator(tx: Connection, asker: UUID, asked: AppointMediator, now: datetime) -> Grant | Refused:
    """Let somebody mediate in a town."""
    given = asked.model_dump(include={"email", "valid_until"})
    return grant(tx, asker, GrantRight(right=Right.MEDIATE, object_id=town_id(asked.insee), **given), now)


def appoint_lender(tx: Connection, asker: UUID, asked: AppointLender, now: datetime) -> Grant | Refused:
    """Let somebody lend a town's places in its name."""
    given = asked.model_dump(include={"email", "valid_until"})
    return grant(tx, asker, GrantRight(right=Right.LEND, object_id=town_id(asked.insee), **given), now)


def revoke(tx: Connection, asker: UUID, grant_id: UUID) -> Refused | None:
    """Take a right back, or give one up; an object keeps somebody who holds it without end."""
    grant = store.for_holder_or_sharer(tx, asker, grant_id)
    if grant is None:
        raise NotFound("no-grant", "There is no such right in your hands.")
    is_own = grant.person_id == asker
    power = NO_POWER if is_own else _power(tx, asker, Right(grant.right), grant.object_id)
    held = store.hold(tx, Right(grant.right), grant.object_id)
    before = next((g for g in held if g.grant_id == grant_id), None)
    if before is None:
        return None
    if not is_own:
        _stay_within(power, before.valid_until)
    if _is_last(before, held, power):
        return _last_holder()
    _end(tx, before)
    return None


def end_all(tx: Connection, person_id: UUID) -> None:
    """An account ends, and all that it was allowed."""
    for grant in store.of(tx, person_id):
        _end(tx, grant)


def list_on(tx: Connection, asker: UUID, asked: ListGrants) -> Grants:
    """A page of those who hold a right on an object."""
    _power(tx, asker, asked.right, asked.object_id)
    rows = store.on(tx, asked.right, asked.object_id, asked.limit, asked.after)
    shown = [Grant.model_validate(dict(row._mapping)) for row in rows]
    following = shown[-1].grant_id if len(shown) == asked.limit else None
    return Grants(grants=shown, following=following)


def list_own(tx: Connection, asker: UUID, asked: MyGrants) -> OwnGrants:
    """A page of what the asker may do, or might."""
    rows = store.ever_of(tx, asker, asked.limit, asked.after)
    shown = [OwnGrant.model_validate(dict(row._mapping)) for row in rows]
    return OwnGrants(grants=shown, following=shown[-1].grant_id if len(shown) == asked.limit else None)


def name_actors(tx: Connection, asker: UUID, asked: NameActors) -> list[PersonName]:
    """What people are called to whom a right was ever given, for somebody who reads an audit trail."""
    return [PersonName.model_validate(dict(row._mapping)) for row in store.actors(tx, asker, asked.person_ids)]


def _power(tx: Connection, asker: UUID, right: Right, object_id: UUID | None) -> Power:
    powers = store.powers(tx, asker, right, object_id)
    if not powers:
        raise NotAllowed("right-missing", "Only somebody who may give this right may do that.")
    operates = any(held is Right.OPERATE for held, _ in powers)
    return Power(rules.longest([until for _, until in powers]), operates)


def _stay_within(power: Power, *untils: datetime | None) -> None:
    """A deputy for one evening neither prolongs nor ousts."""
    if any(rules.outlasts(until, power.until) for until in untils):
        raise NotAllowed("outlasts-yours", "This right lasts longer than your own.")


def _is_last(grant: Row[Any], held: list[Row[Any]], power: Power) -> bool:
    """Whether nobody else holds this without end, where somebody must. An operator may leave an object to nobody."""
    if grant.right not in rules.STAY_HELD or (power.operates and grant.right != Right.OPERATE):
        return False
    return [g.grant_id for g in held if g.valid_until is None] == [grant.grant_id]


def _end(tx: Connection, grant: Row[Any]) -> None:
    names = ("grant_id", "person_id", "right", "object_id", "valid_until")
    _keep(tx, {n: grant._mapping[n] for n in names} | {"holds": False})


def _keep(tx: Connection, row: dict[str, Any]) -> Row[Any]:
    kept = store.keep(tx, row)
    say(tx, GrantChanged(**row), seq=kept.seq)
    return kept


def _tell(tx: Connection, kept: Row[Any], giver_id: UUID) -> None:
    told = {n: kept._mapping[n] for n in ("grant_id", "person_id", "right", "valid_until")}
    name = store.name_of(tx, kept.object_id)
    say(tx, RightGiven(**told, version=kept.seq, giver_id=giver_id, name=name), seq=kept.seq)


def _row(person_id: UUID, right: Right, object_id: UUID | None) -> dict[str, Any]:
    identity = rules.grant_id(person_id, right, object_id)
    return {"grant_id": identity, "person_id": person_id, "right": right, "object_id": object_id}


def _last_holder() -> Refused:
    return Refused(
        code="last-holder",
        message="Nobody else would hold this right; share it first.",
    )
