"""`python -m bus.runner SERVICE [--doors] [--hears]`: a service's process.

Doors and handlers live in separate containers, each with its own workers and connection: in one pool, a ping behind
ten busy handlers went from 7 ms to 2.5 s. Patched before anything else is imported.
"""

import eventlet

eventlet.monkey_patch()

import argparse  # noqa: E402  (after the patch, like all that follows)
import importlib  # noqa: E402
import signal  # noqa: E402
from typing import Any  # noqa: E402

from eventlet.event import Event as Done  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402

from bus import database, garbage, health, housekeeping, log, metrics, migrations  # noqa: E402
from bus.consuming import READERS  # noqa: E402
from bus.hearing import when_database_is_up  # noqa: E402

DOOR_WORKERS = 24
HANDLER_WORKERS = 8


def containers(service: str, doors: bool, hears: bool) -> list[ServiceContainer]:
    """The containers of a service: its `Doors` and its `Listeners`, each with workers of its own."""
    module = importlib.import_module(f"services.{service}.service")
    wanted: list[tuple[Any, int]] = []
    if doors and hasattr(module, "Doors"):
        wanted.append((module.Doors, DOOR_WORKERS))
    if hears and hasattr(module, "Listeners"):
        wanted.append((module.Listeners, HANDLER_WORKERS))
    return [ServiceContainer(cls, {"max_workers": workers}) for cls, workers in wanted]


def run(service: str, doors: bool, hears: bool) -> None:
    """Run until SIGTERM or SIGINT, then finish the work in hand."""
    database.serve(service)
    metrics.watch_database()
    when_database_is_up(lambda: database.atomically(lambda tx: migrations.refuse_other_schema(tx, service)))
    if hears:
        when_database_is_up(lambda: database.atomically(housekeeping.begin))
    running = containers(service, doors, hears)
    stop = Done()
    died: list[str] = []
    for container in running:
        container.start()
        eventlet.spawn(_watch, container, died, stop)
    health.serve({"database": database.is_up, "broker": lambda: all(reader.connected for reader in READERS)})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn(_end, stop))
    garbage.collect_seldom()
    log.line("started", service=service, doors=doors, hears=hears)
    stop.wait()
    for container in running:
        container.stop()
    log.line("stopped", service=service)
    if died:
        raise SystemExit(1)


def _end(stop: Done) -> None:
    if not stop.ready():
        stop.send()


def _watch(container: ServiceContainer, died: list[str], stop: Done) -> None:
    """A container whose inner thread dies takes the process along: its supervisor starts a whole one."""
    try:
        container.wait()
    except Exception as error:  # the boundary: nameko hands over whatever killed the container
        log.trouble("container-died", service=container.service_name, exc_info=error)
        died.append(container.service_name)
        _end(stop)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bus.runner", description="Run a service's process.")
    parser.add_argument("service")
    parser.add_argument("--doors", action="store_true", help="answer questions")
    parser.add_argument("--hears", action="store_true", help="hear events and do what is due")
    wanted = parser.parse_args()
    log.configure(f"{wanted.service}{'-doors' * wanted.doors}{'-hears' * wanted.hears}")
    run(wanted.service, wanted.doors, wanted.hears)


if __name__ == "__main__":
    main()
