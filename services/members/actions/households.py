"""Another adult is named, invited, accepts, and leaves; whoever orders for a household keeps the own account."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.accounts import Home
from contracts.errors import NotFound, malformed_field
from contracts.households import Adult, AdultChanged, Household, NameAdult
from contracts.members import LetterAsked, NamedAdult, PersonChanged
from contracts.messages import Refused
from services.members import rules
from services.members.actions import throttle
from services.members.store import accounts as account_store
from services.members.store import households as store

INVITATION = "household"


def read(tx: Connection, asker: UUID) -> Household:
    """With whom the asker shares orders."""
    adults = [Adult.model_validate(dict(row._mapping)) for row in store.adults_of(tx, asker)]
    return Household(adults=adults, homes=[_home(row) for row in store.homes_of(tx, asker)])


def home(tx: Connection, person_id: UUID) -> Home | None:
    """The household that somebody orders for, where it is not the own one."""
    row = store.home_of(tx, person_id)
    return _home(row) if row else None


def name(
    tx: Connection, asker: UUID, wanted: NameAdult, *, adult_id: UUID, letter_id: UUID, now: datetime
) -> Household | Refused:
    """Enter another adult of the asker's household, and write to the address, if there is one."""
    owner = account_store.lock(tx, asker)
    if owner is None or wanted.email == (owner.email or ""):
        raise malformed_field("email", "This is your own address.", "own")
    if refused := _too_many(tx, owner, wanted, now):
        return refused
    row = wanted.model_dump(include={"name", "phone", "email"})
    if not store.name(tx, row | {"adult_id": adult_id, "consumer_id": asker, "version": 1}):
        return Refused(code="named-already", message="This person is invited already.")
    if wanted.email and throttle.may_write(tx, wanted.email, now):
        to = {"email": wanted.email, "name": wanted.name, "language": owner.language, "inviter_id": asker}
        say(tx, LetterAsked(letter_id=letter_id, kind=INVITATION, **to), seq=1)
    say_household(tx, asker)
    return read(tx, asker)


def join(tx: Connection, asker: UUID, adult_id: UUID, now: datetime) -> Household | Refused:
    """Accept an invitation."""
    account_store.lock(tx, asker)  # who accepts two at once accepts one
    if store.home_of(tx, asker) is not None:
        return Refused(code="in-a-household", message="Leave the household that you are in first.")
    row = store.join(tx, adult_id, asker, now)
    if row is None:
        raise _no_adult()
    _say(tx, row, row.version, holds=True)
    say_household(tx, row.consumer_id)
    return read(tx, asker)


def end(tx: Connection, asker: UUID, adult_id: UUID) -> Household:
    """Take an adult off the asker's household, or the asker off somebody else's."""
    row = store.end(tx, adult_id, asker)
    if row is None:
        raise _no_adult()
    _say_over(tx, row)
    say_household(tx, row.consumer_id)
    return read(tx, asker)


def end_all(tx: Connection, person_id: UUID, emails: Collection[str]) -> set[UUID]:
    """An account ends, its household and its place in another; the other households that are concerned."""
    dropped = store.end_all(tx, person_id, emails)
    for row in dropped:
        _say_over(tx, row)
        if row.email:
            account_store.forget_tries(tx, throttle.letters(row.email))
    return {row.consumer_id for row in dropped} - {person_id}


def say_changed(tx: Connection, account: Row[Any]) -> None:
    """Say who somebody is, and who else may come for the orders and has no account."""
    adults = store.adults_of(tx, account.person_id)
    named = [NamedAdult(name=row.name, phone=row.phone) for row in adults if row.person_id is None]
    email = account.email if account.confirmed_at else None
    told = {n: account._mapping[n] for n in ("person_id", "name", "phone", "language")}
    say(tx, PersonChanged(email=email, adults=named, **told), seq=account.version)


def say_household(tx: Connection, person_id: UUID) -> None:
    """The household of a living account has other adults than before."""
    if account_store.lock(tx, person_id) is not None:
        say_changed(tx, account_store.write(tx, person_id))


def _say_over(tx: Connection, row: Row[Any]) -> None:
    if row.person_id is not None:
        _say(tx, row, row.version + 1, holds=False)


def _say(tx: Connection, row: Row[Any], seq: int, *, holds: bool) -> None:
    told = {field: row._mapping[field] for field in ("adult_id", "consumer_id", "person_id")}
    say(tx, AdultChanged(**told, holds=holds), seq=seq)


def _home(row: Row[Any]) -> Home:
    return Home.model_validate(dict(row._mapping))


def _too_many(tx: Connection, owner: Row[Any], wanted: NameAdult, now: datetime) -> Refused | None:
    """A household is no village, and nobody writes to a whole village in our name."""
    if len(store.adults_of(tx, owner.person_id)) >= rules.HOUSEHOLD_HOLDS:
        return Refused(code="household-full", message=f"A household has {rules.HOUSEHOLD_HOLDS} other adults at most.")
    if wanted.email is None:
        return None
    return throttle.refused(throttle.count(tx, {f"invitations:{owner.person_id}": rules.INVITATIONS}, now))


def _no_adult() -> NotFound:
    return NotFound("no-such-adult", "There is no such adult in your household, and no such invitation to you.")
