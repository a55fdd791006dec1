"""Sessions begin with a password, turn into tokens every ten minutes, and end at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus.outbox import say
from contracts.accounts import HeldRight, Identity, ListedSession, Session, SignIn
from contracts.errors import Conflict, NotAllowed, NotFound
from contracts.members import TokensRevoked
from contracts.messages import Refused
from services.members import rules, tokens
from services.members.actions import households, throttle
from services.members.store import accounts as account_store
from services.members.store import grants as grant_store
from services.members.store import sessions as store


def try_sign_in(tx: Connection, email: str, address: str, now: datetime) -> Row[Any] | Refused | None:
    """Count a try, then show whose password is to be proved; nothing for an unknown address."""
    allowed = {
        throttle.account(email): rules.TRIES_PER_ACCOUNT,
        throttle.address(address): rules.TRIES_PER_ADDRESS,
    }
    return throttle.refused(throttle.count(tx, allowed, now)) or account_store.by_email(tx, email)


def try_password(tx: Connection, person_id: UUID, now: datetime) -> Row[Any] | Refused:
    """Count a try of somebody signed in, whose password is to be proved again."""
    account = account_store.of(tx, person_id)
    if account is None:
        raise signed_out()
    allowed = {throttle.person(person_id): rules.TRIES_PER_ACCOUNT}
    return throttle.refused(throttle.count(tx, allowed, now)) or account


def begin(
    tx: Connection,
    seen: Row[Any],
    asked: SignIn,
    *,
    secret: str,
    session_id: UUID,
    key: str,
    now: datetime,
) -> Session:
    """Open the session of a proved password; the same key opens the same one."""
    account = account_store.lock(tx, seen.person_id)
    if account is None or account.password_hash != seen.password_hash:
        raise wrong_sign_in()
    throttle.forgive(tx, asked.email, str(asked.address), now)
    row = {"session_id": session_id, "person_id": account.person_id, "key": key}
    row |= {"secret_hash": rules.digest(secret), "device": asked.device}
    row |= {"address": str(asked.address), "started_at": now, "seen_at": now}
    if not store.start(tx, row | {"expires_at": now + rules.SESSION_LASTS}):
        raise Conflict("key-reused", "This Idempotency-Key has been used; use a new one.")
    return Session.model_validate({"secret": secret, "person": dict(account._mapping)})


def forgive(tx: Connection, asked: SignIn, now: datetime) -> None:
    """A right password is no failure, even where it opens nothing yet."""
    throttle.forgive(tx, asked.email, str(asked.address), now)


def identify(tx: Connection, secret: str, now: datetime, moment: datetime) -> Identity:
    """A new token for a living session, and what its person may do. `moment` is the real time."""
    session = store.see(tx, rules.digest(secret), now, moment, rules.SESSION_LASTS)
    if session is None:
        raise signed_out()
    person = store.person_of(tx, session.person_id)
    expires_at = session.token_at + rules.TOKEN_LASTS
    key = store.signing_key(tx)
    ids = session.person_id, session.session_id
    return Identity(
        token=tokens.sign(key, *ids, session.token_at, expires_at),
        person_id=session.person_id,
        session_id=session.session_id,
        name=person.name,
        email=person.email,
        language=person.language,
        expires_at=expires_at,
        home=households.home(tx, session.person_id),
        rights=[
            HeldRight(right=grant.right, object_id=grant.object_id) for grant in grant_store.of(tx, session.person_id)
        ],
    )


def list_own(tx: Connection, person_id: UUID, current: UUID, now: datetime) -> list[ListedSession]:
    """Where a person is signed in."""
    return [
        ListedSession.model_validate(dict(row._mapping) | {"is_current": row.session_id == current})
        for row in store.of(tx, person_id, now)
    ]


def end(tx: Connection, person_id: UUID, session_id: UUID, now: datetime, moment: datetime) -> None:
    """End one of a person's sessions."""
    if not store.end(tx, person_id, session_id, now):
        raise NotFound("no-session", "This session has ended already.")
    _revoke(tx, person_id, moment)


def end_all(tx: Connection, person_id: UUID, now: datetime, moment: datetime, but: UUID | None = None) -> None:
    """End all of a person's sessions, or all but one; tokens of all are void."""
    store.end_all(tx, person_id, now, but)
    _revoke(tx, person_id, moment)


def sign_out(tx: Connection, secret: str, now: datetime, moment: datetime) -> None:
    """End the session of a secret, if it still lives."""
    person_id = store.end_by_secret(tx, rules.digest(secret), now)
    if person_id is not None:
        _revoke(tx, person_id, moment)


def wrong_sign_in() -> NotAllowed:
    """One answer for a wrong password and for an address that nobody has."""
    return NotAllowed("wrong-email-or-password", "The e-mail address or the password is wrong.")


def unconfirmed() -> NotAllowed:
    """Said only after the right password."""
    return NotAllowed("confirm-email", "Please follow the link in the letter that we sent first.")


def wrong_password() -> NotAllowed:
    """To somebody signed in who must prove the password again."""
    return NotAllowed("wrong-password", "This is not your password.")


def signed_out() -> NotAllowed:
    """The session has ended, or never was."""
    return NotAllowed("sign-in", "Please sign in again.")


def _revoke(tx: Connection, person_id: UUID, moment: datetime) -> None:
    revoked = store.revoke(tx, person_id, moment)
    event = TokensRevoked(person_id=person_id, not_before=revoked.not_before)
    say(tx, event, seq=revoked.seq)
