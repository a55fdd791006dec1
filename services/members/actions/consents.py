"""A consent is given, renewed and ended, and read by whoever is about to act on it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import timers
from bus.outbox import say
from contracts.consents import (
    Consent,
    ConsentChanged,
    ConsentEnding,
    Consents,
    GiveConsent,
    MyConsents,
    MyPeople,
    RenewConsent,
)
from contracts.errors import NotAllowed, NotFound, malformed_field
from contracts.messages import Refused
from contracts.towns import insee_of, town_id
from services.members import rules
from services.members.store import accounts as account_store
from services.members.store import consents as store

WARN = "warn_of_consent"
LAPSE = "lapse_of_consent"
"""Timers of a consent, of the version that was signed: one that was renewed or withdrawn has moved on."""


def write_first(tx: Connection, asker: UUID, person_id: UUID, insee: str, signed_on: date, now: datetime) -> Consent:
    """Write down what somebody has signed whom a mediator has just added."""
    town = town_id(insee)
    _must_mediate(tx, asker, town)
    _check_day(signed_on, now, None)
    return _sign(tx, asker, _row(person_id, asker, town), signed_on, now)


def give(tx: Connection, asker: UUID, wanted: GiveConsent, now: datetime) -> Consent | Refused:
    """Let a mediator order for the asker, for a year from today."""
    town = town_id(wanted.insee)
    mediator = account_store.confirmed_by_email(tx, wanted.email)
    if mediator is None or mediator.person_id == asker or not store.mediates(tx, mediator.person_id, town):
        return Refused(code="no-such-mediator", message="Nobody with this address mediates in this town.")
    return _sign(tx, asker, _row(asker, mediator.person_id, town), now.date(), now)


def renew(tx: Connection, asker: UUID, wanted: RenewConsent, now: datetime) -> Consent:
    """Write down that somebody without e-mail has signed again."""
    seen = store.of_mediator(tx, asker, wanted.consent_id)
    if seen is None:
        raise _no_consent()
    _must_mediate(tx, asker, seen.town_id)
    _check_day(wanted.signed_on, now, seen)
    return _sign(tx, asker, _row(seen.consumer_id, asker, seen.town_id), wanted.signed_on, now)


def on_paper(tx: Connection, asker: UUID, consent_id: UUID) -> Row[Any]:
    """The consent of somebody without e-mail that holds now, held, for its mediator."""
    seen = store.of_mediator(tx, asker, consent_id)
    if seen is None or not seen.holds:
        raise _no_consent()
    return seen


def end(tx: Connection, asker: UUID, consent_id: UUID, now: datetime) -> Consent:
    """End a consent at the consumer's word; one that has ended stays as it is."""
    if store.of_party(tx, asker, consent_id) is None:
        raise _no_consent()
    _end(tx, consent_id, now)
    return _shown(store.read(tx, consent_id))


def end_all(tx: Connection, person_id: UUID, now: datetime) -> None:
    """An account ends, and what it consented to or others consented to with it."""
    for row in store.all_of(tx, person_id):
        _end(tx, row.consent_id, now)


def read(tx: Connection, asker: UUID, consumer_id: UUID) -> Consent:
    """The consent by which the asker may order for somebody at this instant."""
    found = store.living(tx, asker, consumer_id)
    if found is None:
        raise NotAllowed("no-consent", "This person does not, or no longer, let you order in their name.")
    return _shown(found)


def list_given(tx: Connection, asker: UUID, asked: MyConsents) -> Consents:
    """What the asker consented to."""
    return _page(store.given_by(tx, asker, asked.limit, asked.after), asked.limit)


def list_people(tx: Connection, asker: UUID, asked: MyPeople) -> Consents:
    """Who consented that the asker orders for them."""
    return _page(store.given_to(tx, asker, asked.limit, asked.after), asked.limit)


def _must_mediate(tx: Connection, asker: UUID, town: UUID) -> None:
    if not store.mediates(tx, asker, town):
        raise NotAllowed("right-missing", "Only a mediator of this town may do that.")


def _check_day(signed_on: date, now: datetime, before: Row[Any] | None) -> None:
    """A paper is not of tomorrow, not a year old, and not from before the last one or its withdrawal."""
    since = max(before.signed_on, before.ended_at.date() if before.ended_at else date.min) if before else None
    if fault := rules.fault_of_signing(signed_on, now, since):
        raise malformed_field("signed_on", "No consent follows from a paper of this day.", fault)


def _sign(tx: Connection, asker: UUID, row: dict[str, Any], signed_on: date, now: datetime) -> Consent:
    kept = store.sign(tx, row, signed_on, rules.consent_ends(signed_on))
    _say(tx, kept)
    _want_end(tx, kept, now)
    return _shown(store.read(tx, kept.consent_id))


def tell_end(tx: Connection, consent_id: UUID, version: int, *, over: bool) -> None:
    """Say that a consent that is still as it was signed ends soon, or has ended by itself."""
    row = store.at_version(tx, consent_id, version)
    if row is not None:
        told = {name: row._mapping[name] for name in ConsentEnding.model_fields if name != "over"}
        say(tx, ConsentEnding(**told, over=over), seq=row.version)


def _want_end(tx: Connection, row: Row[Any], now: datetime) -> None:
    """Both sides are told in time; whoever signs in the last days was told the end in signing."""
    subject = str(row.consent_id)
    for name, due_at in ((WARN, row.valid_until - rules.CONSENT_WARNED), (LAPSE, row.valid_until)):
        if due_at > now:
            timers.schedule(tx, name, key=f"{name}:{subject}", subject=subject, due_at=due_at, version=row.version)


def _end(tx: Connection, consent_id: UUID, now: datetime) -> None:
    if ended := store.end(tx, consent_id, now):
        _say(tx, ended)


def _say(tx: Connection, row: Row[Any]) -> None:
    told = {name: row._mapping[name] for name in ConsentChanged.model_fields}
    say(tx, ConsentChanged(**told), seq=row.version)


def _row(consumer_id: UUID, mediator_id: UUID, town: UUID) -> dict[str, Any]:
    identity = rules.consent_id(consumer_id, mediator_id, town)
    return {"consent_id": identity, "consumer_id": consumer_id, "mediator_id": mediator_id, "town_id": town}


def _page(rows: list[Row[Any]], limit: int) -> Consents:
    shown = [_shown(row) for row in rows]
    return Consents(consents=shown, following=shown[-1].consent_id if len(shown) == limit else None)


def _shown(row: Row[Any]) -> Consent:
    return Consent.model_validate(dict(row._mapping) | {"insee": insee_of(row.town_id) or ""})


def _no_consent() -> NotFound:
    return NotFound("no-such-consent", "There is no such consent in your hands.")
