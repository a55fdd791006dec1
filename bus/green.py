"""psycopg under eventlet: a connection that waits on the hub itself.

`PSYCOPG_WAIT_FUNC=wait_selector` yields too, but builds a selector per round trip: a third of a door's CPU.
"""

from typing import Any

import psycopg
from eventlet.hubs import trampoline
from eventlet.timeout import Timeout
from psycopg.waiting import Ready, Wait

GLANCE = 0.1
"""Seconds of waiting to write before looking whether the server wants to be read first."""


class GreenConnection(psycopg.Connection[Any]):
    """A psycopg connection for a monkey-patched process."""

    def wait(self, gen: Any, interval: float = GLANCE, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            wanted = next(gen)
            while True:
                wanted = gen.send(self._ready(wanted))
        except StopIteration as end:
            return end.value

    def _ready(self, wanted: Wait) -> Ready:
        if wanted == Wait.R:
            trampoline(self.pgconn.socket, read=True)
            return Ready.R
        while not self._is(write=True):
            if wanted & Wait.R and self._is(read=True):
                return Ready.R
        return Ready.W

    def _is(self, **direction: bool) -> bool:
        try:
            trampoline(self.pgconn.socket, timeout=GLANCE, timeout_exc=Timeout, **direction)
        except Timeout:
            return False
        return True
