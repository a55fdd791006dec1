"""Looks after the broker and the database of a private instance, as whoever is on call does elsewhere.

A broker may run on with queues that are dead: after a disk that was full to the last byte, or when it was killed while
it wrote a new queue down. Processes say that they hear nothing. A restart mends it, or else an empty broker: the relay
says the whole outbox again (decision record 0005).
"""

import time
from collections.abc import Callable, Iterable
from itertools import islice

from deploy.broker import Broker
from deploy.database import Postgres

DEAF = 30.0
"""Seconds after which a process that reads nothing from a broker that answers is not just finding its way back."""
UNHEARD = '"broker":false'
"""What /health says of a process that cannot read its queues."""
CURES = {"started again": Broker.restart, "emptied": Broker.empty}
"""What is tried until all hear again, each once."""


class Mending:
    """Looks again and again; `health` is what each process says of itself, asked only where there is a broker."""

    def __init__(
        self,
        postgres: Postgres | None,
        broker: Broker | None,
        health: Callable[[], Iterable[str]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._postgres, self._broker = postgres, broker
        self._health, self._now = health, now
        self._deaf_since: float | None = None
        self._cures = iter(CURES.items())

    def look(self) -> None:
        """Start again what ended by itself, and mend dead queues.

        Raises CannotStart or OSError where that fails, as it does while the disk is full: the next look tries again.
        """
        if self._postgres:
            self._postgres.mend()
        if self._broker:
            self._broker.mend()
            self._mend_queues(self._broker)

    def _mend_queues(self, broker: Broker) -> None:
        if not any(UNHEARD in said for said in self._health()):
            self._deaf_since, self._cures = None, iter(CURES.items())
            return
        self._deaf_since = self._deaf_since or self._now()
        if broker.has_room and self._now() - self._deaf_since >= DEAF:
            self._deaf_since = None
            for done, cure in islice(self._cures, 1):
                cure(broker)
                print(f"halle: a process could not read its queues: the broker was {done}.", flush=True)
