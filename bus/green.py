"""psycopg under eventlet: a connection that waits on the hub itself.

`PSYCOPG_WAIT_FUNC=wait_selector` yields too, but builds a selector per round trip: a third of a door's CPU.
Of many rows in one statement psycopg asks before each whether it may write. It nearly always may, and to look
oneself costs a tenth of asking the hub.
"""

from typing import Any

import eventlet
import psycopg
from eventlet.hubs import trampoline
from eventlet.timeout import Timeout
from psycopg.waiting import Ready, Wait

LOOK_ASIDE = 0.1
"""Seconds of waiting to write before looking whether the server wants to be read first."""
TURN = 50
"""Looks of its own after which a connection lets other greenlets have theirs."""

_select = eventlet.patcher.original("select")
_BROKEN = _select.POLLERR | _select.POLLHUP
"""Reading and writing say what is wrong with such a socket."""
READABLE = _select.POLLIN | _BROKEN
WRITABLE = _select.POLLOUT | _BROKEN


class GreenConnection(psycopg.Connection[Any]):
    """A psycopg connection for a monkey-patched process."""

    _looks = 0

    def wait(self, gen: Any, interval: float = LOOK_ASIDE, timeout: float | None = None) -> Any:
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
        while not (ready := self._look(wanted)):
            self._wait_to_write()
        return ready

    def _look(self, wanted: Wait) -> Ready:
        """For what the socket is ready at this moment."""
        self._looks += 1
        if self._looks % TURN == 0:
            eventlet.sleep()
        poll = _select.poll()
        poll.register(self.pgconn.socket, _select.POLLIN | _select.POLLOUT)
        found = sum(events for _, events in poll.poll(0))
        return Ready(((found & READABLE and Ready.R) | (found & WRITABLE and Ready.W)) & wanted)

    def _wait_to_write(self) -> None:
        try:
            trampoline(self.pgconn.socket, write=True, timeout=LOOK_ASIDE, timeout_exc=Timeout)
        except Timeout:
            return
