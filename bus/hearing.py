"""`hear(Event)`: a handler with a durable queue of its own; it takes effect once, however often the event comes.

1. The envelope is read; what cannot be read is parked.
2. The fact's id enters the inbox in the handler's transaction; a known id ends it here.
3. The handler writes; commit; ack. A kill between the two brings the message again, to step 2.
4. A failure climbs the ladder. Trouble with the database is not a failure: wait, and go on.

With `at_once=N` a handler is given what waits in its queue, up to N events in one transaction: a commit for each would
take as long as the work. When one of them fails, each is taken alone, so that only that one climbs.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import eventlet
from kombu import Message
from nameko.extensions import Entrypoint
from sqlalchemy import Connection, text

from bus import database, ladder, log, topology, trace
from bus.consuming import Reader
from bus.envelope import Heard, read
from bus.metrics import FAILED, HEARD
from contracts.errors import Unavailable
from contracts.messages import Event

GATHERED = 0.01
"""Seconds for which events that are taken together are gathered: they come in bursts."""
FLOOD = 4
"""Events gathered in that time above which it is a flood, where small transactions take the processor from orders."""
FLOOD_GATHERED = 0.25
"""Seconds for which events are gathered in a flood."""

Handle = Callable[[Connection, Event, Heard], Any]
HandleAll = Callable[[Connection, list[Any]], Any]


class Ears(Reader):
    """One connection for all the handlers of a container."""

    def queues(self) -> dict[str, Callable[[Message], None]]:
        service = self.container.service_name
        for ear in self._providers:
            ear.waiting.clear()
        heard = {ear.queue(service): partial(self._received, ear) for ear in self._providers}
        return heard | {topology.dead_queue(service): self._buried}

    def prefetched(self, queue: str) -> int:
        service = self.container.service_name
        at_once = next((ear.at_once for ear in self._providers if ear.queue(service) == queue), 1)
        return max(self.prefetch, 2 * at_once)

    def _received(self, ear: "Ear", message: Message) -> None:
        ear.waiting.append(message)
        if ear.at_once == 1 or not ear.is_at_work:
            ear.is_at_work = True
            self.spawn(ear, partial(self._work, ear))

    def _work(self, ear: "Ear", handle: Handle, handle_all: HandleAll) -> None:
        """Take what waits, until nothing does; what a stop leaves unacknowledged comes again."""
        queue = ear.queue(self.container.service_name)
        try:
            while ear.waiting and not self.stopping:
                if ear.at_once > 1:
                    _gather(ear)
                messages = [ear.waiting.popleft() for _ in range(min(ear.at_once, len(ear.waiting)))]
                if len(messages) == 1 or not self._conduct_all(queue, messages, handle_all):
                    for message in messages:
                        self._conduct(queue, message, handle)
        finally:
            ear.is_at_work = False

    def _conduct_all(self, queue: str, messages: list[Message], handle_all: HandleAll) -> bool:
        """Whether all took effect together; if not, nothing of them did."""
        try:
            take_all(queue, [bytes(message.body) for message in messages], handle_all)
        except Exception as error:  # taken alone, the one that fails says why
            log.line("taken-one-by-one", queue=queue, messages=len(messages), error=ladder.in_words(error))
            return False
        for message in messages:
            self.acknowledge(message)
        return True

    def _conduct(self, queue: str, message: Message, handle: Handle) -> None:
        body = bytes(message.body)
        try:
            take(queue, body, handle)
        except Exception as error:  # the boundary: whatever a handler raises becomes a rung of the ladder
            FAILED.labels(queue).inc()
            if not self._climbed(queue, body, message, error):
                return
        self.acknowledge(message)

    def _climbed(self, queue: str, body: bytes, message: Message, error: Exception) -> bool:
        """Whether the message was put away for later.

        While nobody takes it (a broker without room, a database that is away) it is tried again: unacknowledged it
        would stay here for as long as its connection lives. Where that is gone, the broker brings it again.
        """
        attempts = (message.headers or {}).get(ladder.ATTEMPTS, 0)
        log.trouble("handler-failed", queue=queue, attempts=attempts + 1, error=ladder.in_words(error), exc_info=error)
        while self.holds(message) and not self.stopping:
            try:
                ladder.climb(queue, body, attempts, error)
                return True
            except (Unavailable, *topology.TROUBLE) as trouble:
                log.line("broker-away", queue=queue, error=repr(trouble))
            eventlet.sleep(0.5)
        return False

    def _buried(self, message: Message) -> None:
        """What the broker gave up on, after twenty deliveries that nobody answered."""
        deaths = (message.headers or {}).get("x-death") or [{}]
        error = RuntimeError("delivered twenty times and never acknowledged")
        ladder.park(deaths[0].get("queue", "unknown"), bytes(message.body), error)
        self.acknowledge(message)


def _gather(ear: "Ear") -> None:
    eventlet.sleep(GATHERED)
    if FLOOD < len(ear.waiting) < ear.at_once:
        eventlet.sleep(FLOOD_GATHERED)


class Ear(Entrypoint):
    """Binds a method to its event; `hear` makes it."""

    ears = Ears()

    def __init__(self, event: type[Event], at_once: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.event = event
        self.at_once = at_once
        self.waiting: deque[Message] = deque()
        self.is_at_work = False

    def queue(self, service: str) -> str:
        return f"{service}.{self.event.type.split('.')[1]}.{self.method_name}"

    def setup(self) -> None:
        queue = self.queue(self.container.service_name)
        if queue not in self.event.queues():
            raise LookupError(f"{self.event.type} does not name {queue} in heard_by")
        self.ears.register_provider(self)

    def stop(self) -> None:
        self.ears.unregister_provider(self)


def hear(event: type[Event], *, at_once: int = 1) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a listener's method `(self, tx, event, heard)`; `heard` has seq, factid, subject and time.

    With `at_once` above 1 the method is `(self, tx, events)`: up to so many, in the order in which they came.
    """

    def declare(method: Callable[..., None]) -> Callable[..., None]:
        def one(service: object, tx: Connection, event: Event, heard: Heard) -> None:
            method(service, tx, [event])

        handler = method if at_once == 1 else one

        def conduct(service: object, work: Callable[[Handle, HandleAll], None]) -> None:
            work(partial(handler, service), partial(method, service))

        conduct.__name__, conduct.__doc__ = method.__name__, method.__doc__
        conduct.handler = handler  # type: ignore[attr-defined]
        return Ear.decorator(event, at_once)(conduct)  # type: ignore[no-any-return]

    return declare


def take(queue: str, body: bytes, handle: Handle) -> None:
    """Let `handle` take effect once for the event in `body`; waits while the database is away."""
    try:
        heard, event = _read(queue, body)
    except ValueError as error:
        ladder.park(queue, body, error)
        return
    trace.begin(heard.traceparent)
    with log.unit_of_work("heard", queue=queue, subject=heard.subject, seq=heard.seq) as learned:
        when_database_is_up(lambda: database.atomically(lambda tx: _once(tx, queue, heard, event, handle, learned)))


def take_all(queue: str, bodies: Sequence[bytes], handle_all: HandleAll) -> None:
    """The same for many events in one transaction: all of them take effect, or none."""
    news: list[tuple[Heard, Event]] = []
    unreadable: list[tuple[bytes, ValueError]] = []
    for body in bodies:
        try:
            news.append(_read(queue, body))
        except ValueError as error:
            unreadable.append((body, error))
    trace.begin("")
    new: set[UUID] = set()
    started = time.perf_counter()
    when_database_is_up(lambda: database.atomically(lambda tx: _all_once(tx, queue, news, handle_all, new)))
    words = {"queue": queue, "together": len(news), "ms": round((time.perf_counter() - started) * 1000, 2)}
    for heard, _ in news:
        trace.begin(heard.traceparent)
        words |= {"subject": heard.subject, "seq": heard.seq, "outcome": "done" if heard.factid in new else "known"}
        log.line("heard", trace_id=trace.trace_id(), **words)
    for body, fault in unreadable:  # last: where the others fail, all are taken alone
        ladder.park(queue, body, fault)


def _read(queue: str, body: bytes) -> tuple[Heard, Event]:
    """The event in `body`; ValueError for what cannot be read."""
    heard = read(body)
    event = heard.event()
    HEARD.labels(queue).observe(max(0.0, time.time() - heard.time.timestamp()))
    return heard, event


def _once(tx: Connection, queue: str, heard: Heard, event: Event, handle: Handle, learned: dict[str, Any]) -> None:
    if first_times(tx, [heard.factid], queue):
        handle(tx, event, heard)
    else:
        learned["outcome"] = "known"


def _all_once(
    tx: Connection, queue: str, news: list[tuple[Heard, Event]], handle_all: HandleAll, new: set[UUID]
) -> None:
    by_fact = {heard.factid: event for heard, event in news}
    new.clear()
    new |= first_times(tx, list(by_fact), queue)
    if new:
        handle_all(tx, [event for factid, event in by_fact.items() if factid in new])


_ENTER = text("""
    insert into inbox (factid, handler)
    select fact, :handler from unnest(cast(:facts as uuid[])) fact order by fact
    on conflict do nothing returning factid
""")


def first_times(tx: Connection, facts: list[UUID], queue: str) -> set[UUID]:
    """Enter facts into the inbox; those among them that this handler did not have, under whatever version."""
    return set(tx.execute(_ENTER, {"facts": facts, "handler": queue.rsplit(".", 1)[1]}).scalars())


def when_database_is_up(work: Callable[[], None]) -> None:
    """Do `work`; while the database is away, look for it every half second. That is not an attempt."""
    while True:
        try:
            return work()
        except Unavailable as error:
            log.line("database-away", error=error.message)
        eventlet.sleep(0.5)  # one with a full disk answers all the while
        while not database.is_up():
            eventlet.sleep(0.5)
