"""An account is asked for, confirmed, changed, given a new password or address, erased.

What a stranger asks about a known address and about an unknown one is answered alike.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import forgetting
from bus.outbox import say
from contracts.accounts import Account, ChangeAccount, SignUp
from contracts.consents import AddPerson, Consent
from contracts.errors import Conflict, NotFound
from contracts.members import LetterAsked, PersonErased, Right
from services.members import rules
from services.members.actions import consents, grants, households, memberships, sessions, throttle
from services.members.store import accounts as store
from services.members.store import sessions as session_store

CONFIRM = "confirm_email"
RESET = "reset_password"
REGISTERED = "already_registered"
NEW_ADDRESS = "new_address"
ADDRESS_CHANGED = "address_changed"


class Fresh(NamedTuple):
    """New ids and a new secret, for whatever an action may need of them."""

    person_id: UUID
    letter_id: UUID
    secret: str


def sign_up(tx: Connection, wanted: SignUp, password_hash: str, fresh: Fresh, now: datetime) -> None:
    """Make an unconfirmed account, or tell the owner of a confirmed one that somebody tried.

    Each letter's link carries what its own sign-up said: whoever signs up with another's address
    cannot choose the password of the account that its owner then confirms.
    """
    written = wanted.model_dump(include={"name", "language", "phone"})
    written["password_hash"] = password_hash
    store.make(tx, fresh.person_id, wanted.email, written, now)
    account = store.lock_by_email(tx, wanted.email)
    if account is None or not throttle.may_write(tx, wanted.email, now):
        return
    if account.confirmed_at is not None:
        _write_letter(tx, account, REGISTERED, fresh.letter_id)
    else:
        account = store.write(tx, account.person_id, **written)
        _send_confirmation(tx, account, fresh, now)


def ask_confirmation(tx: Connection, email: str, fresh: Fresh, now: datetime) -> None:
    """Write the letter of an unconfirmed account again."""
    account = store.lock_by_email(tx, email)
    if account and account.confirmed_at is None and throttle.may_write(tx, email, now):
        _send_confirmation(tx, account, fresh, now)


def confirm(tx: Connection, secret: str, letter_id: UUID, now: datetime, operator_email: str | None) -> None:
    """Follow a letter's link: the account is what this sign-up said, or has this new address, and it is known."""
    link = _use(tx, secret, (CONFIRM, NEW_ADDRESS), now)
    seen = store.lock(tx, link.person_id)
    if seen is None:
        raise _link_over()
    if link.purpose == NEW_ADDRESS:
        _leave_address(tx, seen, link.carries["email"], letter_id)
    account = store.write(tx, link.person_id, **{"confirmed_at": now} | link.carries)
    store.drop_links(tx, account.person_id)
    _confirmed(tx, account, operator_email)


def ask_new_address(tx: Connection, seen: Row[Any], email: str, fresh: Fresh, now: datetime) -> None:
    """Write to the address that somebody wants who proved the password; or to its owner, if it has one."""
    _lock_as_seen(tx, seen)
    if not throttle.may_write(tx, email, now):
        return
    owner = store.confirmed_by_email(tx, email)
    if owner is not None:
        _write_letter(tx, owner, REGISTERED, fresh.letter_id)
        return
    until, carries = now + rules.CONFIRM_WITHIN, {"email": email}
    store.add_link(tx, rules.digest(fresh.secret), seen.person_id, NEW_ADDRESS, expires_at=until, carries=carries)
    to = {"email": email, "name": seen.name, "language": seen.language}
    say(tx, LetterAsked(letter_id=fresh.letter_id, kind=NEW_ADDRESS, secret=fresh.secret, **to), seq=1)


def add_person(tx: Connection, asker: UUID, wanted: AddPerson, person_id: UUID, now: datetime) -> Consent:
    """Make an account that nobody can sign in to, with the consent that was signed."""
    account = store.add(tx, person_id, wanted.model_dump(include={"name", "language", "phone"}), now)
    households.say_changed(tx, account)
    return consents.write_first(tx, asker, person_id, wanted.insee, wanted.signed_on, now)


def ask_reset(tx: Connection, email: str, fresh: Fresh, now: datetime) -> None:
    """Send a link to a new password, if there is such an account."""
    account = store.lock_by_email(tx, email)
    if account is None or not throttle.may_write(tx, email, now):
        return
    digest = rules.digest(fresh.secret)
    store.add_link(tx, digest, account.person_id, RESET, expires_at=now + rules.RESET_WITHIN)
    _write_letter(tx, account, RESET, fresh.letter_id, fresh.secret)


def check_reset(tx: Connection, secret: str, now: datetime) -> None:
    """Refuse a link that is over before its password is hashed."""
    if not store.is_open_link(tx, rules.digest(secret), RESET, now):
        raise _link_over()


def reset(
    tx: Connection,
    secret: str,
    password_hash: str,
    *,
    now: datetime,
    moment: datetime,
    operator_email: str | None,
) -> None:
    """Set the password that a reset's link asks for. Who read the letter owns the address."""
    link = _use(tx, secret, (RESET,), now)
    seen = store.lock(tx, link.person_id)
    if seen is None:
        raise _link_over()
    confirmed_at = seen.confirmed_at or now
    account = store.write(tx, seen.person_id, password_hash=password_hash, confirmed_at=confirmed_at)
    store.drop_links(tx, account.person_id)
    sessions.end_all(tx, account.person_id, now, moment)
    throttle.forgive(tx, account.email, None, now)
    if seen.confirmed_at is None:
        _confirmed(tx, account, operator_email)


def change_password(
    tx: Connection,
    seen: Row[Any],
    session_id: UUID,
    password_hash: str,
    *,
    now: datetime,
    moment: datetime,
) -> None:
    """Replace the password that was proved; the asker's other sessions and letters end."""
    _lock_as_seen(tx, seen)
    store.write(tx, seen.person_id, password_hash=password_hash)
    store.drop_links(tx, seen.person_id)
    sessions.end_all(tx, seen.person_id, now, moment, but=session_id)
    throttle.forgive(tx, seen.email, None, now)
    store.forget_tries(tx, throttle.person(seen.person_id))


def read(tx: Connection, person_id: UUID) -> Account:
    """The asker's account."""
    account = store.of(tx, person_id)
    if account is None:
        raise _no_account()
    return shown(account)


def change(tx: Connection, person_id: UUID, wanted: ChangeAccount) -> Account:
    """Change name, telephone and language."""
    if store.lock(tx, person_id) is None:
        raise _no_account()
    account = store.write(tx, person_id, **wanted.model_dump())
    households.say_changed(tx, account)
    return shown(account)


def erase(tx: Connection, seen: Row[Any], now: datetime, moment: datetime) -> None:
    """End the account of somebody who proved its password."""
    _lock_as_seen(tx, seen)
    _end(tx, seen, now, moment)


def erase_person(tx: Connection, asker: UUID, consent_id: UUID, now: datetime, moment: datetime) -> UUID:
    """End the account of somebody without e-mail, at their word to the mediator whom they trust; their id."""
    person_id: UUID = consents.on_paper(tx, asker, consent_id).consumer_id
    account = store.lock(tx, person_id)
    if account is None:
        raise _no_account()
    _end(tx, account, now, moment)
    return person_id


def _end(tx: Connection, seen: Row[Any], now: datetime, moment: datetime) -> None:
    """Rights, places and sessions of a locked account go, then everything that says who it was.

    Also in what was said: it is kept to be said again.
    """
    person_id = seen.person_id
    grants.end_all(tx, person_id)
    consents.end_all(tx, person_id, now)
    written = memberships.leave_all(tx, person_id, now)
    sessions.end_all(tx, person_id, now, moment)
    session_store.drop_all(tx, person_id)
    store.drop_links(tx, person_id)
    emails = store.emails_said(tx, person_id) | {seen.email}
    others = households.end_all(tx, person_id, [email for email in emails if email])
    store.forget_news(tx, person_id, emails)
    forgetting.forget(tx, person_id, [seen.name, seen.phone, *emails, *written])
    store.forget_tries(tx, throttle.person(person_id))
    for email in filter(None, emails):
        _forget_tries(tx, email)
    nothing = {"email": None, "password_hash": None, "phone": None, "name": ""}
    account = store.write(tx, person_id, erased_at=now, **nothing)
    say(tx, PersonErased(person_id=person_id), seq=account.version)
    for other in sorted(others):
        households.say_household(tx, other)


def shown(account: Row[Any]) -> Account:
    """An account as its owner sees it."""
    return Account.model_validate(dict(account._mapping))


def _send_confirmation(tx: Connection, account: Row[Any], fresh: Fresh, now: datetime) -> None:
    carries = {n: account._mapping[n] for n in ("name", "language", "phone", "password_hash")}
    expires_at = now + rules.CONFIRM_WITHIN
    digest = rules.digest(fresh.secret)
    store.add_link(tx, digest, account.person_id, CONFIRM, expires_at=expires_at, carries=carries)
    _write_letter(tx, account, CONFIRM, fresh.letter_id, fresh.secret)


def _write_letter(tx: Connection, account: Row[Any], kind: str, letter_id: UUID, secret: str | None = None) -> None:
    to = {n: account._mapping[n] for n in ("email", "name", "language")}
    say(tx, LetterAsked(letter_id=letter_id, kind=kind, secret=secret, **to), seq=1)


def _forget_tries(tx: Connection, email: str) -> None:
    """Keep nothing of an address that was left."""
    for subject in (throttle.account(email), throttle.letters(email)):
        store.forget_tries(tx, subject)


def _confirmed(tx: Connection, account: Row[Any], operator_email: str | None) -> None:
    households.say_changed(tx, account)
    if account.email == operator_email:
        grants.found(tx, account.person_id, Right.OPERATE, None)


def _leave_address(tx: Connection, seen: Row[Any], email: str, letter_id: UUID) -> None:
    """Make room at the new address, where somebody may have signed up whom no letter reached; tell the old one."""
    there = store.lock_by_email(tx, email)
    if there is not None and there.confirmed_at is not None:
        raise _link_over()
    if there is not None:
        store.drop_unconfirmed(tx, there.person_id)
    _write_letter(tx, seen, ADDRESS_CHANGED, letter_id)
    _forget_tries(tx, seen.email)


def _use(tx: Connection, secret: str, purposes: Collection[str], now: datetime) -> Row[Any]:
    link = store.use_link(tx, rules.digest(secret), purposes, now)
    if link is None:
        raise _link_over()
    return link


def _lock_as_seen(tx: Connection, seen: Row[Any]) -> None:
    account = store.lock(tx, seen.person_id)
    if account is None or account.password_hash != seen.password_hash:
        raise Conflict("password-changed", "The password was changed meanwhile; please try again.")


def _link_over() -> NotFound:
    return NotFound("link-over", "This link was used or is too old; please ask for a new one.")


def _no_account() -> NotFound:
    return NotFound("no-account", "There is no such account.")
