"""Statements on accounts, the links of their letters, and tries."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from contracts.members import LetterAsked, PersonChanged
from services.members.store.tables import accounts, links, tries


def make(tx: Connection, person_id: UUID, email: str, written: dict[str, Any], now: datetime) -> None:
    """Enter an unconfirmed account unless the address has one."""
    row = written | {"person_id": person_id, "email": email, "made_at": now, "version": 1}
    tx.execute(insert(accounts).values(row).on_conflict_do_nothing(index_elements=["email"]))


def add(tx: Connection, person_id: UUID, written: dict[str, Any], now: datetime) -> Row[Any]:
    """Enter somebody without e-mail: no letter is waited for, and nobody can sign in."""
    row = written | {"person_id": person_id, "made_at": now, "confirmed_at": now, "version": 1}
    return tx.execute(insert(accounts).values(row).returning(accounts)).one()


def by_email(tx: Connection, email: str) -> Row[Any] | None:
    """Whose address this is. Only for those who prove themselves by password or letter."""
    return tx.execute(select(accounts).where(accounts.c.email == email)).first()


def lock_by_email(tx: Connection, email: str) -> Row[Any] | None:
    """The same, held until the transaction ends."""
    return tx.execute(select(accounts).where(accounts.c.email == email).with_for_update()).first()


def confirmed_by_email(tx: Connection, email: str) -> Row[Any] | None:
    """A person whom a right may be given to."""
    mine = accounts.c.email == email, accounts.c.confirmed_at.is_not(None)
    return tx.execute(select(accounts).where(*mine)).first()


def of(tx: Connection, person_id: UUID) -> Row[Any] | None:
    """The living account of the asker."""
    return tx.execute(select(accounts).where(*_living(person_id))).first()


def lock(tx: Connection, person_id: UUID) -> Row[Any] | None:
    """The living account of the asker, held until the transaction ends."""
    return tx.execute(select(accounts).where(*_living(person_id)).with_for_update()).first()


def write(tx: Connection, person_id: UUID, **values: Any) -> Row[Any]:
    """Change a living account that this transaction locked; its version goes up."""
    statement = update(accounts).where(*_living(person_id))
    statement = statement.values(**values, version=accounts.c.version + 1).returning(accounts)
    return tx.execute(statement).one()


def add_link(
    tx: Connection,
    digest: bytes,
    person_id: UUID,
    purpose: str,
    *,
    expires_at: datetime,
    carries: dict[str, Any] | None = None,
) -> None:
    """Remember a letter's secret, by its digest."""
    row = {"secret_hash": digest, "person_id": person_id, "purpose": purpose}
    tx.execute(links.insert().values(**row, carries=carries, expires_at=expires_at))


def is_open_link(tx: Connection, digest: bytes, purpose: str, now: datetime) -> bool:
    """Whether a link could be followed now; only `use_link` settles it."""
    return tx.execute(select(links.c.purpose).where(*_open(digest, (purpose,), now))).first() is not None


def use_link(tx: Connection, digest: bytes, purposes: Collection[str], now: datetime) -> Row[Any] | None:
    """Follow a link, once; nothing when it is unknown, used or too old."""
    statement = update(links).where(*_open(digest, purposes, now)).values(used_at=now)
    return tx.execute(statement.returning(links)).first()


def drop_links(tx: Connection, person_id: UUID) -> None:
    """Void every letter that was sent to a person."""
    tx.execute(delete(links).where(links.c.person_id == person_id))


def drop_unconfirmed(tx: Connection, person_id: UUID) -> None:
    """Drop a locked account that nobody confirmed, and its letters."""
    drop_links(tx, person_id)
    tx.execute(delete(accounts).where(accounts.c.person_id == person_id, accounts.c.confirmed_at.is_(None)))


_BLANK = text("""
    update outbox set body = cast(
      cast(body as jsonb) || '{"name": "", "email": null, "phone": null, "adults": []}' as text)
    where subject = :person and type = :changed
""")
_DROP_LETTERS = text("""
    delete from outbox where type = :letter
      and (cast(body as jsonb) ->> 'email' = any(:emails) or cast(body as jsonb) ->> 'inviter_id' = :person)
""")
_EMAILS = text("""
    select distinct cast(body as jsonb) ->> 'email' from outbox where subject = :person and type = :changed
""")


def emails_said(tx: Connection, person_id: UUID) -> set[str]:
    """The addresses that were said to be a person's, as far as that is kept."""
    said = tx.execute(_EMAILS, {"person": str(person_id), "changed": PersonChanged.type}).scalars()
    return set(filter(None, said))


def forget_news(tx: Connection, person_id: UUID, emails: Collection[str]) -> None:
    """Leave nobody's name in what was said of an account, and none of the letters to its addresses or by it."""
    tx.execute(_BLANK, {"person": str(person_id), "changed": PersonChanged.type})
    tx.execute(_DROP_LETTERS, {"letter": LetterAsked.type, "emails": list(emails), "person": str(person_id)})


def lock_tries(tx: Connection, subjects: list[str], now: datetime) -> list[Row[Any]]:
    """The tries of each subject, held in one order, so that two at once are counted as two."""
    rows = [{"subject": s, "failures": 0, "last_at": now, "waits_until": now} for s in sorted(subjects)]
    tx.execute(insert(tries).values(rows).on_conflict_do_nothing())
    held = select(tries).where(tries.c.subject.in_(subjects)).order_by(tries.c.subject)
    return list(tx.execute(held.with_for_update()))


def count_try(tx: Connection, subject: str, failures: int, now: datetime, waits_until: datetime) -> None:
    """Write what a try led to; its row is held."""
    values = {"failures": failures, "last_at": now, "waits_until": waits_until}
    tx.execute(update(tries).where(tries.c.subject == subject).values(values))


def forget_tries(tx: Connection, subject: str) -> None:
    """Begin to count a subject anew."""
    tx.execute(delete(tries).where(tries.c.subject == subject))


def take_back_try(tx: Connection, subject: str, now: datetime) -> None:
    """Uncount one try of a subject, which turned out right."""
    fewer = func.greatest(tries.c.failures - 1, 0)
    statement = update(tries).where(tries.c.subject == subject)
    tx.execute(statement.values(failures=fewer, waits_until=now))


def prune(tx: Connection, now: datetime, unconfirmed_kept: timedelta, tries_kept: timedelta) -> None:
    """Drop links that are over, tries that no longer count, and accounts that nobody confirmed."""
    tx.execute(delete(links).where(links.c.expires_at < now))
    tx.execute(delete(tries).where(tries.c.last_at < now - tries_kept, tries.c.waits_until < now))
    forgotten = accounts.c.confirmed_at.is_(None), accounts.c.erased_at.is_(None)
    old = accounts.c.made_at < now - unconfirmed_kept
    waited_for = select(links.c.person_id).where(links.c.person_id == accounts.c.person_id)
    tx.execute(delete(accounts).where(*forgotten, old, ~waited_for.exists()))


def _living(person_id: UUID) -> tuple[Any, ...]:
    return accounts.c.person_id == person_id, accounts.c.erased_at.is_(None)


def _open(digest: bytes, purposes: Collection[str], now: datetime) -> tuple[Any, ...]:
    mine = links.c.secret_hash == digest, links.c.purpose.in_(purposes)
    return *mine, links.c.used_at.is_(None), links.c.expires_at > now
