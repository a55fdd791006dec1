"""Identity tokens by session, in memory for at most nine tenths of their life.

A secret is known here by its digest only. Members' `tokens_revoked` and a service's refusal drop
what is kept; whatever is fetched while something is dropped is used once and not kept.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from contracts.accounts import Identity
from gateway.flights import Flights

KEPT = 20_000
"""Identities in memory; about a kilobyte each."""
SHARE_OF_LIFE = 0.9


class _Kept(NamedTuple):
    identity: Identity
    until: float


class Identities:
    """Who the sessions are; `fetch` turns a session's secret into its identity."""

    def __init__(self, fetch: Callable[[str], Identity], *, now: Callable[[], float] = time.time) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._flights: Flights[Identity] = Flights()
        self._kept: dict[bytes, _Kept] = {}
        self._of_person: dict[UUID, set[bytes]] = {}
        self._drops = 0

    def of(self, secret: str) -> Identity:
        """The identity of a session; NotAllowed `sign-in` when it has ended."""
        session = _digest(secret)
        kept = self._kept.get(session)
        if kept is not None and kept.until > self._now():
            return kept.identity
        return self._flights.join(session, lambda: self._find(session, secret))

    def forget(self, secret: str) -> None:
        """Drop one session: it signed out, or a service refused its token."""
        with self._lock:
            self._drops += 1
            self._drop(_digest(secret))

    def forget_person(self, person_id: UUID) -> None:
        """Drop a person's sessions: their tokens were revoked."""
        with self._lock:
            self._drops += 1
            for session in list(self._of_person.get(person_id, ())):
                self._drop(session)

    def clear(self) -> None:
        """Drop everything: news may have been missed."""
        with self._lock:
            self._drops += 1
            self._kept.clear()
            self._of_person.clear()

    def _find(self, session: bytes, secret: str) -> Identity:
        drops = self._drops
        identity = self._fetch(secret)
        with self._lock:
            if drops == self._drops:
                self._keep(session, identity)
        return identity

    def _keep(self, session: bytes, identity: Identity) -> None:
        self._drop(session)
        now = self._now()
        life = identity.expires_at.timestamp() - now
        self._kept[session] = _Kept(identity, now + life * SHARE_OF_LIFE)
        self._of_person.setdefault(identity.person_id, set()).add(session)
        while len(self._kept) > KEPT:
            self._drop(next(iter(self._kept)))

    def _drop(self, session: bytes) -> None:
        kept = self._kept.pop(session, None)
        if kept is None:
            return
        sessions = self._of_person[kept.identity.person_id]
        sessions.discard(session)
        if not sessions:
            del self._of_person[kept.identity.person_id]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
