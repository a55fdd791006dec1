"""Statements on sessions, on revocations and on the keys that sign tokens."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bus import rights
from bus import tables as kernel
from bus.tables import INSTANT
from services.members.store.tables import accounts, sessions, signing_keys

_KEYS = 7_403_101
"""The advisory lock of whoever makes or changes signing keys."""


def start(tx: Connection, row: dict[str, Any]) -> bool:
    """Open a session; asked again under its key it is the same one with a new secret.

    False when that session has ended since.
    """
    statement = insert(sessions).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["person_id", "key"],
        set_={"secret_hash": statement.excluded.secret_hash},
        where=sessions.c.ended_at.is_(None),
    )
    return tx.execute(statement).rowcount == 1


def see(tx: Connection, digest: bytes, now: datetime, moment: datetime, lasts: timedelta) -> Row[Any] | None:
    """Note that a living session is used; `token_at` is when its new token is issued.

    Never before the person's last revocation, whatever this machine's clock says.
    """
    revoked = select(kernel.not_before.c.not_before)
    revoked = revoked.where(kernel.not_before.c.person_id == sessions.c.person_id)
    issued = func.greatest(literal(moment, INSTANT), revoked.scalar_subquery())
    living = sessions.c.ended_at.is_(None), sessions.c.expires_at > now
    statement = update(sessions).where(sessions.c.secret_hash == digest, *living)
    statement = statement.values(seen_at=now, expires_at=now + lasts, token_at=issued)
    return tx.execute(statement.returning(sessions)).first()


def of(tx: Connection, person_id: UUID, now: datetime) -> list[Row[Any]]:
    """A person's living sessions, the last seen first."""
    living = sessions.c.ended_at.is_(None), sessions.c.expires_at > now
    statement = select(sessions).where(sessions.c.person_id == person_id, *living)
    return list(tx.execute(statement.order_by(sessions.c.seen_at.desc()).limit(100)))


def end(tx: Connection, person_id: UUID, session_id: UUID, now: datetime) -> bool:
    """End one of a person's sessions; false when it is not there, not theirs, or over."""
    return _end(tx, now, sessions.c.person_id == person_id, sessions.c.session_id == session_id) > 0


def end_all(tx: Connection, person_id: UUID, now: datetime, but: UUID | None = None) -> int:
    """End a person's sessions, all or all but one; how many."""
    others = [sessions.c.session_id != but] if but else []
    return _end(tx, now, sessions.c.person_id == person_id, *others)


def end_by_secret(tx: Connection, digest: bytes, now: datetime) -> UUID | None:
    """End the session of a secret; its person, or nothing when it had ended."""
    mine = sessions.c.secret_hash == digest, sessions.c.ended_at.is_(None)
    statement = update(sessions).where(*mine).values(ended_at=now).returning(sessions.c.person_id)
    return tx.execute(statement).scalar()


def drop_all(tx: Connection, person_id: UUID) -> None:
    """Forget a person's sessions, devices and addresses."""
    tx.execute(delete(sessions).where(sessions.c.person_id == person_id))


def prune(tx: Connection, now: datetime, ended_kept: timedelta) -> None:
    """Forget sessions that are over: expired, or ended some time ago."""
    over = (sessions.c.expires_at < now) | (sessions.c.ended_at < now - ended_kept)
    tx.execute(delete(sessions).where(over))


def revoke(tx: Connection, person_id: UUID, moment: datetime) -> Row[Any]:
    """Void all tokens issued so far, also by a machine whose clock is ahead of `moment`."""
    last = select(func.max(sessions.c.token_at) + timedelta(microseconds=1))
    last = last.where(sessions.c.person_id == person_id)
    since = func.greatest(literal(moment, INSTANT), last.scalar_subquery())
    table = kernel.not_before
    statement = insert(table).values(person_id=person_id, not_before=since, seq=1)
    later = func.greatest(table.c.not_before, statement.excluded.not_before)
    statement = statement.on_conflict_do_update(
        index_elements=["person_id"], set_={"not_before": later, "seq": table.c.seq + 1}
    )
    return tx.execute(statement.returning(table)).one()


def hold_keys(tx: Connection) -> None:
    """Let one at a time make or change signing keys."""
    tx.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _KEYS})


def keys(tx: Connection) -> list[Row[Any]]:
    """All keys with their use, private halves included."""
    return list(tx.execute(select(signing_keys).order_by(signing_keys.c.kid)))


def signing_key(tx: Connection) -> dict[str, Any]:
    """The private key that signs now."""
    statement = select(signing_keys.c.private_jwk).where(signing_keys.c.use == "signing")
    key: dict[str, Any] = tx.execute(statement).scalar_one()
    return key


def add_key(tx: Connection, private: dict[str, Any], use: str) -> None:
    """Keep a private key for one use; two of a use are refused by the database."""
    tx.execute(signing_keys.insert().values(kid=private["kid"], private_jwk=private, use=use))


def drop_key(tx: Connection, use: str) -> None:
    """Destroy the key of a use, if there is one."""
    tx.execute(delete(signing_keys).where(signing_keys.c.use == use))


def turn_key(tx: Connection, before: str, after: str) -> bool:
    """Put the one key of some use to another; false when there is none."""
    statement = update(signing_keys).where(signing_keys.c.use == before).values(use=after)
    return tx.execute(statement).rowcount == 1


def publish_keys(tx: Connection, issuer: str, keys: list[dict[str, Any]]) -> int:
    """Keep the set by which tokens are verified; the number of this set."""
    known = select(kernel.verification_keys.c.seq).where(kernel.verification_keys.c.issuer == issuer)
    number: int = (tx.execute(known).scalar() or 0) + 1
    row = {"issuer": issuer, "keys": keys, "seq": number}
    rights.keep_newest(tx, kernel.verification_keys, "issuer", row)
    return number


def person_of(tx: Connection, person_id: UUID) -> Row[Any]:
    """The account behind a session that was just seen."""
    return tx.execute(select(accounts).where(accounts.c.person_id == person_id)).one()


def _end(tx: Connection, now: datetime, *which: Any) -> int:
    living = sessions.c.ended_at.is_(None)
    return tx.execute(update(sessions).where(living, *which).values(ended_at=now)).rowcount
