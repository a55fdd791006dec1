"""One outbox on its way to the broker: what to read next, what is under way, what to mark."""

import time
from collections import defaultdict, deque
from typing import Any

import pika
import psycopg
from psycopg.rows import namedtuple_row

from bus import env, envelope, log, nudge, topology
from bus.connecting import connect
from contracts.messages import EVENTS

WINDOW = 512
"""Most rows under way per database; the relay's memory is bounded by it."""
LEADER = 7_403_001
"""Key of the advisory lock that the leading relay holds on each database."""

OPTIONS = "-c synchronous_commit=off -c plan_cache_mode=force_custom_plan"
"""Marks wait for no disk: one that a crash of the database loses only makes the relay say something again.
A plan kept from when the outbox was small would read all of it for every mark, until the next analyze."""

_ALL_AGAIN = """
    with durable as materialized (select set_config('synchronous_commit', 'on', true)),
    again as (update outbox set sent_at = null from durable where sent_at is not null returning 1)
    select count(*) from again
"""
"""Durable once it returns, for the sentinel that says so is planted next."""

_UNSENT = """
    select id, message_id, factid, type, subject, seq, body, traceparent, said_at from outbox
    where sent_at is null and not (id = any(%s)) and type = any(%s) order by id limit %s
"""
"""What a newer release says, whose services are replaced before its relay, waits for that."""


class Lane:
    """A database's outbox. Every method returns at once when the database is away; the relay's poll tries again."""

    def __init__(self, instance: str, service: str) -> None:
        self.instance = instance
        self.service = service
        self._url = env.database_url(service)
        self.leads = False
        self.broken = False
        self.remembered = False
        self.is_due = False
        self.pumped = 0.0
        self.confirmed: list[int] = []
        self._held: dict[str, deque[Any]] = defaultdict(deque)
        self._under_way: set[int] = set()
        self._connection: psycopg.Connection[Any] | None = None
        self._tried = 0.0

    @property
    def descriptor(self) -> int | None:
        return self._connection.fileno() if self._connection is not None else None

    @property
    def is_busy(self) -> bool:
        """Whether so many rows are under way that the next ones soon have no room."""
        return len(self._under_way) > WINDOW // 4

    def read(self) -> list[Any]:
        """The next rows to publish, one per subject; rows behind them wait for the confirm."""
        room = WINDOW - len(self._under_way)
        if room < WINDOW // 4 or not self._lead() or not self.remembered:
            return []
        rows = self._execute(_UNSENT, (list(self._under_way), list(EVENTS), room))
        return [row for row in rows if self._takes_its_turn(row)]

    def _takes_its_turn(self, row: Any) -> bool:
        self._under_way.add(row.id)
        self._held[row.subject].append(row)
        return len(self._held[row.subject]) == 1

    def confirm(self, row: Any) -> Any | None:
        """Note the broker's word for `row`; the next row of its subject, if one waits."""
        self.confirmed.append(row.id)
        waiting = self._held[row.subject]
        waiting.popleft()
        if waiting:
            return waiting[0]
        del self._held[row.subject]
        return None

    def mark(self) -> None:
        """Mark as sent what was confirmed; what cannot be marked now is said again later."""
        if not self.confirmed:
            return
        ids, self.confirmed = self.confirmed, []
        self._execute("update outbox set sent_at = halle_now() where id = any(%s) returning 1", (ids,))
        self._under_way.difference_update(ids)

    def let_go(self) -> None:
        """Forget what was under way: broker or database is gone, and unmarked rows will be read again."""
        self.mark()
        self.confirmed.clear()
        self._held.clear()
        self._under_way.clear()
        self.is_due = self.broken = self.remembered = False

    def envelope(self, row: Any) -> bytes:
        return envelope.write(self.instance, self.service, row)

    def properties(self, row: Any) -> pika.BasicProperties:
        return pika.BasicProperties(
            type=row.type,
            message_id=str(row.message_id),
            delivery_mode=2,
            content_type="application/cloudevents+json",
        )

    def mandatory(self, row: Any) -> bool:
        """Events with listeners must reach a queue."""
        return bool(EVENTS[row.type].heard_by)

    def swallow_notifies(self) -> None:
        if self._connection is None:
            return
        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except psycopg.OperationalError as error:
            self._away(error)

    def repeat_if_forgotten(self, broker_url: str) -> None:
        """Where the broker lost its memory, have the whole outbox said again, then plant the sentinel."""
        if self.remembered or not self._lead():
            return
        if not topology.remembers(broker_url, self.service):
            rows = self._execute(_ALL_AGAIN, ())
            if self._connection is None:
                return
            log.line("broker-forgot", service=self.service, repeated=rows[0].count)
            topology.remember(broker_url, self.service)
        self.remembered = True

    def _lead(self) -> bool:
        """Whether this relay leads the database; connects and asks for the lock at most every half second."""
        if self.leads and self._connection is not None:
            return True
        if time.monotonic() - self._tried < 0.5:
            return False
        self._tried = time.monotonic()
        if self._connection is None:
            self._connect()
        rows = self._execute("select pg_try_advisory_lock(%s) as leads", (LEADER,))
        self.leads = bool(rows and rows[0].leads)
        return self.leads

    def _connect(self) -> None:
        try:
            self._connection = connect(
                self._url,
                autocommit=True,
                row_factory=namedtuple_row,
                application_name="halle-relay",
                options=OPTIONS,
            )
            self._connection.execute(f"listen {nudge.CHANNEL}")
        except psycopg.OperationalError as error:
            self._away(error)

    def _execute(self, statement: str, parameters: tuple[Any, ...]) -> list[Any]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except psycopg.OperationalError as error:
            self._away(error)
            return []

    def _away(self, error: psycopg.OperationalError) -> None:
        """The database is gone, and the leadership with it: a leader must let go of what was under way."""
        log.line("database-away", service=self.service, error=str(error).strip())
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self.broken = self.broken or self.leads
        self.leads = False
