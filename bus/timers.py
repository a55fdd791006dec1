"""`due(name)`: durable timers. What was missed during an outage is done when we are back, once, in order.

A timer is claimed only as the oldest undone of its subject (open before close), and done in the transaction of its
effect. One that fails is tried again, later and later, and never dropped: whoever is behind it waits.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import eventlet
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension
from sqlalchemy import Connection, func, text, update
from sqlalchemy.dialects.postgresql import insert

from bus import database, ladder, log, tables, topology, trace
from contracts.errors import Unavailable

LOOK = 0.2
"""Seconds between two looks at what is due."""
HANDS = 4
"""How many timers of different subjects may be done at once by one process."""


class Timer(NamedTuple):
    """What was wanted: compare `version` with the row's own, for a stale timer is void."""

    key: str
    name: str
    subject: str
    version: int
    due_at: datetime
    attempts: int


def schedule(tx: Connection, name: str, *, key: str, subject: str, due_at: datetime, version: int) -> None:
    """Want `name` done for `subject` at `due_at`; a later `version` under the same key replaces an earlier one."""
    row = {"key": key, "name": name, "subject": subject, "version": version, "due_at": due_at, "retry_at": due_at}
    statement = insert(tables.timers).values(row)
    changed = {c: statement.excluded[c] for c in ("due_at", "retry_at", "version")} | {"done_at": None, "attempts": 0}
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["key"], set_=changed, where=tables.timers.c.version < statement.excluded.version
        )
    )


def again(tx: Connection, timer: Timer) -> None:
    """Want the next batch of what a timer does, due as the first: a close between them waits for the last."""
    schedule(tx, timer.name, key=timer.key, subject=timer.subject, due_at=timer.due_at, version=timer.version + 1)


_CLAIM = text("""
    select key, name, subject, version, due_at, attempts from timers t
    where done_at is null and due_at <= halle_now() and retry_at <= halle_now() and name = any(:names)
      and not exists (
        select from timers elder
        where elder.subject = t.subject and elder.done_at is null and (elder.due_at, elder.key) < (t.due_at, t.key))
    order by due_at limit 1 for update skip locked
""")


class Wheel(SharedExtension, ProviderCollector):
    """Looks for what is due; where something is, a few greenlets of its container do all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = False
        self._thread: Any = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run, identifier="wheel")

    def stop(self) -> None:
        self.stopping = True
        if self._thread is not None:
            self._thread.wait()
        super().stop()

    def _run(self) -> None:
        while not self.stopping:
            if self._turn():
                for hand in [eventlet.spawn(self._do_all) for _ in range(HANDS)]:
                    hand.wait()
            else:
                eventlet.sleep(LOOK)

    def _do_all(self) -> None:
        while not self.stopping and self._turn():
            pass

    def _turn(self) -> bool:
        try:
            return do_next({provider.timer: provider.effect for provider in self._providers})
        except Unavailable as error:
            log.line("database-away", error=error.message)
            return False


class Due(Entrypoint):
    """Binds a method to a timer's name; `due` makes it."""

    wheel = Wheel()

    def __init__(self, timer: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timer = timer

    def setup(self) -> None:
        service = self.container.service_cls()
        self.effect = partial(getattr(service, self.method_name).handler, service)
        self.wheel.register_provider(self)

    def stop(self) -> None:
        self.wheel.unregister_provider(self)


def due(timer: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare the method `(self, tx, timer)` that is called when a timer of this name is due."""

    def declare(method: Callable[..., None]) -> Callable[..., None]:
        def ring(service: object, tx: Connection, timer: Timer) -> None:
            method(service, tx, timer)

        ring.__name__, ring.__doc__ = method.__name__, method.__doc__
        ring.handler = method  # type: ignore[attr-defined]
        return Due.decorator(timer)(ring)  # type: ignore[no-any-return]

    return declare


def do_next(effects: dict[str, Callable[[Connection, Timer], None]]) -> bool:
    """Do the oldest timer that is due; false when there is none. A failure is kept with the timer."""
    claimed: list[Timer] = []
    try:
        database.atomically(partial(_do_next, effects, claimed))
    except Unavailable:
        raise
    except Exception as error:  # the boundary: whatever an effect raises is a reason to try again later
        if not claimed:
            raise
        timer = claimed[-1]
        log.trouble("timer-failed", timer=timer.key, attempts=timer.attempts + 1, exc_info=error)
        database.atomically(partial(_put_off, timer, ladder.in_words(error)))
    return bool(claimed)


def _do_next(effects: dict[str, Callable[[Connection, Timer], None]], claimed: list[Timer], tx: Connection) -> None:
    claimed.clear()
    row = tx.execute(_CLAIM, {"names": list(effects)}).first()
    if row is None:
        return
    timer = Timer(*row)
    claimed.append(timer)
    trace.begin()
    with log.unit_of_work("due", timer=timer.key, due_at=timer.due_at):
        effects[timer.name](tx, timer)
        done = update(tables.timers).where(tables.timers.c.key == timer.key, tables.timers.c.version == timer.version)
        tx.execute(done.values(done_at=func.halle_now()))


def _put_off(timer: Timer, error: str, tx: Connection) -> None:
    rung = topology.LADDER[min(timer.attempts, len(topology.LADDER) - 1)]
    later = func.halle_now() + func.make_interval(0, 0, 0, 0, 0, 0, rung)
    where = tables.timers.c.key == timer.key, tables.timers.c.version == timer.version
    tx.execute(
        update(tables.timers).where(*where).values(attempts=tables.timers.c.attempts + 1, retry_at=later, error=error)
    )
