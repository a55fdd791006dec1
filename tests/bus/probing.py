"""What the probes share; imported once their process is patched."""

import eventlet
from eventlet.event import Event as Done
from nameko.containers import ServiceContainer

from bus import database


def listen(listeners: type, done: Done) -> None:
    """Run `listeners`, as the service of their name, until `done`; half a minute at most."""
    database.serve("orders")
    container = ServiceContainer(listeners, {})
    container.start()
    with eventlet.Timeout(30, False):
        done.wait()
    container.stop()
