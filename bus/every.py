"""`every(seconds)`: something a service's process does again and again, whose missing does no harm.

What must happen at an instant is a timer (`bus.timers`), not this.
"""

from collections.abc import Callable
from typing import Any

import eventlet
from nameko.extensions import Entrypoint

from bus import log
from contracts.errors import Unavailable


class Every(Entrypoint):
    """Calls its method for ever, with a pause between two calls; a failure is logged and tried again."""

    def __init__(self, seconds: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seconds = seconds
        self.stopping = False
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier=self.method_name)

    def stop(self) -> None:
        self.stopping = True
        if self._thread is not None:
            self._thread.wait()

    def _run(self) -> None:
        method = getattr(self.container.service_cls(), self.method_name)
        while not self.stopping:
            try:
                method()
            except Unavailable as error:
                log.line("database-away", doing=self.method_name, error=error.message)
            except Exception as error:  # the boundary: the next turn may go better
                log.trouble("turn-failed", doing=self.method_name, exc_info=error)
            eventlet.sleep(self.seconds)


def every(seconds: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a method `(self)` of a service's Listeners."""
    return Every.decorator(seconds)  # type: ignore[no-any-return]
