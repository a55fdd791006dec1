"""`hear(Event)`: a handler with a durable queue of its own; it takes effect once, however often the event comes.

1. The envelope is read; what cannot be read is parked.
2. The fact's id enters the inbox in the handler's transaction; a known id ends it here.
3. The handler writes; commit; ack. A kill between the two brings the message again, to step 2.
4. A failure climbs the ladder. Trouble with the database is not a failure: wait, and go on.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from kombu import Message
from nameko.extensions import Entrypoint
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from bus import database, ladder, log, tables, topology, trace
from bus.consuming import Reader
from bus.envelope import Heard, read
from bus.metrics import FAILED, HEARD
from contracts.errors import Unavailable
from contracts.messages import Event


class Ears(Reader):
    """One connection for all the handlers of a container."""

    def queues(self) -> dict[str, Callable[[Message], None]]:
        service = self.container.service_name
        heard = {ear.queue(service): partial(self._received, ear) for ear in self._providers}
        return heard | {topology.dead_queue(service): self._buried}

    def _received(self, ear: "Ear", message: Message) -> None:
        self.spawn(ear, partial(self._conduct, ear.queue(self.container.service_name), message))

    def _conduct(self, queue: str, message: Message, handle: Callable[[Connection, Event, Heard], Any]) -> None:
        body = bytes(message.body)
        try:
            take(queue, body, handle)
        except Exception as error:  # the boundary: whatever a handler raises becomes a rung of the ladder
            FAILED.labels(queue).inc()
            if not _climbed(queue, body, message, error):
                return
        self.acknowledge(message)

    def _buried(self, message: Message) -> None:
        """What the broker gave up on, after twenty deliveries that nobody answered."""
        deaths = (message.headers or {}).get("x-death") or [{}]
        error = RuntimeError("delivered twenty times and never acknowledged")
        ladder.park(deaths[0].get("queue", "unknown"), bytes(message.body), error)
        self.acknowledge(message)


class Ear(Entrypoint):
    """Binds a method to its event; `hear` makes it."""

    ears = Ears()

    def __init__(self, event: type[Event], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.event = event

    def queue(self, service: str) -> str:
        return f"{service}.{self.event.type.split('.')[1]}.{self.method_name}"

    def setup(self) -> None:
        queue = self.queue(self.container.service_name)
        if queue not in self.event.queues():
            raise LookupError(f"{self.event.type} does not name {queue} in heard_by")
        self.ears.register_provider(self)

    def stop(self) -> None:
        self.ears.unregister_provider(self)


def hear(event: type[Event]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a listener's method `(self, tx, event, heard)`; `heard` has seq, factid, subject and time."""

    def declare(method: Callable[..., None]) -> Callable[..., None]:
        def conduct(service: object, message: Callable[[Callable[..., None]], None]) -> None:
            message(partial(method, service))

        conduct.__name__, conduct.__doc__ = method.__name__, method.__doc__
        conduct.handler = method  # type: ignore[attr-defined]
        return Ear.decorator(event)(conduct)  # type: ignore[no-any-return]

    return declare


def take(queue: str, body: bytes, handle: Callable[[Connection, Event, Heard], Any]) -> None:
    """Let `handle` take effect once for the event in `body`; waits while the database is away."""
    try:
        heard = read(body)
        event = heard.event()
    except ValueError as error:
        ladder.park(queue, body, error)
        return
    trace.begin(heard.traceparent)
    HEARD.labels(queue).observe(max(0.0, time.time() - heard.time.timestamp()))
    with log.unit_of_work("heard", queue=queue, subject=heard.subject, seq=heard.seq) as learned:
        when_database_is_up(lambda: database.atomically(lambda tx: _once(tx, queue, heard, event, handle, learned)))


def _once(
    tx: Connection,
    queue: str,
    heard: Heard,
    event: Event,
    handle: Callable[[Connection, Event, Heard], Any],
    learned: dict[str, Any],
) -> None:
    if first_time(tx, heard, queue):
        handle(tx, event, heard)
    else:
        learned["outcome"] = "known"


def first_time(tx: Connection, heard: Heard, queue: str) -> bool:
    """Enter a fact into the inbox; false when this handler has it already (also under another version)."""
    handler = queue.rsplit(".", 1)[1]
    statement = insert(tables.inbox).values(factid=heard.factid, handler=handler).on_conflict_do_nothing()
    return tx.execute(statement).rowcount == 1


def when_database_is_up(work: Callable[[], None]) -> None:
    """Do `work`; while the database is away, look for it every half second. That is not an attempt."""
    while True:
        try:
            return work()
        except Unavailable as error:
            log.line("database-away", error=error.message)
        while not database.is_up():
            eventlet.sleep(0.5)


def _climbed(queue: str, body: bytes, message: Message, error: Exception) -> bool:
    """Whether the broker took the message for later; if not, it keeps the one it has, unacknowledged."""
    try:
        ladder.climb(queue, body, (message.headers or {}).get(ladder.ATTEMPTS, 0), error)
    except topology.TROUBLE as trouble:
        log.line("broker-away", queue=queue, error=repr(trouble))
        return False
    return True
