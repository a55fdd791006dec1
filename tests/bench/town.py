"""A town to try things on: people with open sessions, and sales, in a running instance.

Accounts and sessions are written by SQL, for argon2 would take minutes; everything else is said in an outbox, as its
owner would, and comes by relay, broker and listeners.
"""

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg

from bus import connecting
from contracts.catalog import MarketChanged, SaleSheetPublished
from contracts.members import GrantChanged, PersonChanged, Right, Standing
from contracts.messages import EVENTS, Event
from deploy import processes
from deploy.instance import Instance
from tests.cast import ODILE

SPACE = UUID("5b5d6c0a-2a34-4c9b-9d5c-6a7f0d0f5a11")


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    name: str
    person_id: UUID = field(default_factory=uuid4)
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def email(self) -> str:
        return f"{self.person_id.hex}@example.org"


class Town:
    """Sees every database of an instance and speaks for the services whose pages nobody opens here."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.passed = timedelta()
        """How far the clock of the instance was moved ahead."""

    def connect(self, service: str) -> psycopg.Connection[Any]:
        """A connection on which every statement commits by itself."""
        return connecting.connect(self.instance.database_url(service), autocommit=True)

    def rows(self, service: str, statement: str, *parameters: object) -> list[Any]:
        with self.connect(service) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def now(self) -> datetime:
        instant: datetime = self.rows("orders", "select halle_now()")[0][0]
        return instant

    def wall(self) -> datetime:
        """The instant as people here know it, without asking a database."""
        return datetime.now(UTC) + self.passed

    def let_pass(self, ahead: timedelta) -> None:
        """Move every service's clock ahead, in an instance that lets its clock be moved."""
        self.passed += ahead
        for service in processes.services():
            self.rows(service, 'update clock set "offset" = %s', self.passed)

    def say(self, service: str, events: Iterable[tuple[Event, int]]) -> None:
        """Say events, each with its seq, as `service` would."""
        rows = [(uuid4(), e.type, e.subject, seq, e.model_dump_json()) for e, seq in events]
        columns = "factid, type, subject, seq, body, traceparent, said_at"
        with self.connect(service) as connection, connection.transaction(), connection.cursor() as cursor:
            now = connection.execute("select halle_now()").fetchone()
            with cursor.copy(f"copy outbox ({columns}) from stdin") as copy:
                for row in rows:
                    copy.write_row((*row, "", *(now or ())))
            connection.execute("notify halle_outbox")

    def sign_in(self, people: Sequence[Person]) -> None:
        """Give people an account and an open session; their names travel as they always do."""
        now = datetime.now(UTC)
        accounts = [(p.person_id, p.email, p.name, "fr", now, now, 1) for p in people]
        sessions = [
            (uuid4(), p.person_id, hashlib.sha256(p.secret.encode()).digest(), "seed", "bench", "127.0.0.1", now)
            for p in people
        ]
        with self.connect("members") as connection, connection.transaction(), connection.cursor() as cursor:
            columns = "person_id, email, name, language, made_at, confirmed_at, version"
            _copy(cursor, f"accounts ({columns})", accounts)
            columns = "session_id, person_id, secret_hash, key, device, address, started_at, seen_at, expires_at"
            expires = now.replace(year=now.year + 1)
            _copy(cursor, f"sessions ({columns})", [(*session, now, expires) for session in sessions])
        self.say("members", ((self.person(p), 1) for p in people))

    def person(self, person: Person, name: str | None = None) -> PersonChanged:
        return PersonChanged(
            person_id=person.person_id, name=name or person.name, email=person.email, phone=None, language="fr"
        )

    def let_sell(self, person: Person, producers: Iterable[UUID]) -> None:
        """Let somebody sell for producers: the preparation lists go to this person."""
        granted = [
            GrantChanged(
                grant_id=uuid5(SPACE, f"{person.person_id}:{producer}"),
                person_id=person.person_id,
                right=Right.SELL,
                object_id=producer,
                holds=True,
            )
            for producer in producers
        ]
        self.say("members", ((event, 1) for event in granted))

    def enrol(self, people: Sequence[Person], markets: Iterable[UUID]) -> None:
        """Make people members of markets, as orders keeps it: joining is once in a life, ordering every week."""
        rows = ((uuid4(), market, person.person_id, Standing.MEMBER, 1) for market in markets for person in people)
        with self.connect("orders") as connection, connection.cursor() as cursor:
            _copy(cursor, "memberships (membership_id, market_id, person_id, standing, seq)", rows)
            connection.execute("analyze memberships")

    def open(self, sheets: Sequence[SaleSheetPublished], seconds: float = 60) -> None:
        """Have sales opened by orders, and wait until it has."""
        markets = {s.market_id: s for s in sheets}.values()
        known = [
            MarketChanged(market_id=s.market_id, name=s.market_name, joining=s.joining, founder_id=ODILE)
            for s in markets
        ]
        self.say("catalog", ((event, 1) for event in known))
        self.say("catalog", ((sheet, 1) for sheet in sheets))
        ids = [sheet.distribution_id for sheet in sheets]
        opened = "select count(*) from distributions where id = any(%s)"
        self.wait(lambda: self.rows("orders", opened, ids)[0][0] == len(ids), "the sales to open", seconds)

    def wait(self, is_true: Any, what: str, seconds: float, pause: float = 0.1) -> float:
        """Look for something every `pause` seconds; the seconds that it took. TimeoutError names it."""
        began = time.monotonic()
        while not is_true():
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"waited {seconds:.0f} s for {what}")
            time.sleep(pause)
        return time.monotonic() - began

    def backlog(self) -> int:
        """What was said and is still on its way, unheard or unmailed."""
        return sum(wanted - found for wanted, found in self.heard().values()) + self.unmailed()

    def heard(self) -> dict[str, tuple[int, int]]:
        """By queue, how many events were ever said and how many were heard."""
        said: Counter[str] = Counter()
        found: Counter[tuple[str, str]] = Counter()
        for service in processes.services():
            said.update(dict(self.rows(service, _SAID)))
            found.update({(service, handler): n for handler, n in self.rows(service, _HEARD)})
        counted = {}
        for kind, number in said.items():
            for queue in EVENTS[kind].queues():
                service, _, handler = queue.split(".")
                if service in processes.services():
                    counted[queue] = (number, found[(service, handler)])
        return counted

    def unsent(self) -> int:
        statement = "select count(*) from outbox where sent_at is null"
        return sum(self.rows(service, statement)[0][0] for service in processes.services())

    def unmailed(self) -> int:
        if "notifications" not in processes.services():
            return 0
        return int(self.rows("notifications", "select count(*) from messages where state = 'due'")[0][0])

    def settle(self, seconds: float) -> float:
        """Wait until nothing is on its way; the seconds that it took.

        To count everything takes a good part of a core, so it is done seldom, and only once the mails are out.
        """
        return self.wait(lambda: self.unmailed() == 0 and self.backlog() == 0, "the backlog to go", seconds, 0.25)


_SAID = "select type, count(*) from outbox group by type"
_HEARD = "select handler, count(*) from inbox group by handler"


def _copy(cursor: psycopg.Cursor[Any], into: str, rows: Iterable[Sequence[object]]) -> None:
    with cursor.copy(f"copy {into} from stdin") as copy:
        for row in rows:
            copy.write_row(row)
