"""`python -m gateway`: one process, one server with 32 threads for requests, an ear, a line."""

import contextlib

from granian.constants import Interfaces
from granian.server.mt import MTServer

from bus import env, garbage, health, log
from bus.asking import Line
from gateway import settings
from gateway.app import create_wsgi
from gateway.listening import Listener
from gateway.reception import open_reception

THREADS = 32


class Server(MTServer):
    """granian with its worker in a thread: as a second process it would outlive a killed first.

    It offers that only to Pythons without a GIL, for the sake of many workers; ours is one.
    """

    def _check_gil(self) -> None:
        pass


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in hand."""
    log.configure("gateway")
    ours = settings.read()
    line = Line(env.broker_url())
    reception = open_reception(ours, line)
    listener = Listener(env.broker_url(), reception)
    application = create_wsgi(reception)
    listener.start()
    health.serve({"broker": lambda: line.is_connected, "listening": lambda: listener.is_connected})
    server = Server(
        "gateway",
        address=ours.host,
        port=ours.port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
    )
    garbage.collect_seldom()
    log.line("started", url=ours.public_url, port=ours.port)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve(target_loader=lambda _target: application)
    listener.close()
    line.close()
    log.line("stopped")


if __name__ == "__main__":
    main()
