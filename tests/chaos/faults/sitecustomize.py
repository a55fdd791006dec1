"""Breaks a running program of Halle in one way, named by HALLE_FAULT. Nothing of the product knows of it.

Python imports a `sitecustomize` at its start; this one is found only by programs that were given this folder in their
PYTHONPATH. It waits for the module that it is to break, and changes it as soon as it was imported.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

BREAKS: dict[str, dict[str, Callable[[Any], None]]] = {}
"""By fault, what is done to which module."""


class Breaker(MetaPathFinder):
    """Finds modules as always, and breaks those that a fault names."""

    def __init__(self, breaks: dict[str, Callable[[Any], None]]) -> None:
        self.breaks = breaks

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module to break; nothing for all others."""
        if fullname not in self.breaks:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_break(module: ModuleType) -> None:
            execute(module)
            self.breaks[fullname](module)

        spec.loader.exec_module = execute_and_break  # type: ignore[method-assign]
        return spec


def fault(name: str, module: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Declare what a fault does to a module."""

    def declare(breaking: Callable[[Any], None]) -> Callable[[Any], None]:
        BREAKS.setdefault(name, {})[module] = breaking
        return breaking

    return declare


@fault("no-inbox", "bus.hearing")
def forget_what_was_heard(hearing: Any) -> None:
    """Every delivery is taken for the first."""
    hearing.first_times = lambda tx, facts, queue: set(facts)


@fault("ack-before-commit", "bus.hearing")
def acknowledge_first(hearing: Any) -> None:
    """The broker forgets the message before the handler has written anything."""

    def conduct(ears: Any, queue: str, message: Any, handle: Any) -> None:
        ears.acknowledge(message)
        hearing.eventlet.sleep(0.3)
        hearing.take(queue, bytes(message.body), handle)

    hearing.Ears._conduct = conduct
    hearing.Ears._conduct_all = lambda ears, queue, messages, handle_all: False


@fault("requeue", "bus.hearing")
def requeue_at_once(hearing: Any) -> None:
    """A failed message goes back to the head of its queue, without a pause."""

    def climbed(_ears: Any, _queue: str, _body: bytes, message: Any, _error: Exception) -> bool:
        message.requeue()
        return False

    hearing.Ears._climbed = climbed


@fault("seq-ignored", "bus.rights")
def take_any_state(rights: Any) -> None:
    """Whatever state comes last is kept, however old it is."""

    def keep(tx: Any, table: Any, key: str, row: dict[str, Any]) -> bool:
        statement = rights.insert(table).values(row)
        changed = {name: statement.excluded[name] for name in row if name != key}
        tx.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed))
        return True

    rights.keep_newest = keep


@fault("not-mandatory", "bus.lane")
def never_mandatory(lane: Any) -> None:
    """What no queue takes is confirmed all the same."""
    lane.Lane.mandatory = lambda self, row: False


@fault("marked-early", "bus.lane")
def mark_when_read(lane: Any) -> None:
    """Rows are marked as sent when they are read, and then published."""
    read = lane.Lane.read

    def read_and_mark(self: Any) -> list[Any]:
        rows: list[Any] = read(self)
        if rows:
            ids = [row.id for row in rows]
            self._execute("update outbox set sent_at = halle_now() where id = any(%s) returning 1", (ids,))
            lane.time.sleep(0.3)
        return rows

    lane.Lane.read = read_and_mark


@fault("unwoken", "bus.nudge")
def say_nothing(nudge: Any) -> None:
    """No NOTIFY after a commit."""
    nudge.relay = lambda database_url: None


@fault("unwoken", "bus.lane")
def never_look(lane: Any) -> None:
    """No look at the outbox of orders but after a NOTIFY."""
    read, swallow = lane.Lane.read, lane.Lane.swallow_notifies

    def note(self: Any) -> None:
        self.nudged = True
        swallow(self)

    def read_if_nudged(self: Any) -> list[Any]:
        nudged, self.nudged = getattr(self, "nudged", self.service != "orders"), self.service != "orders"
        return read(self) if nudged else []

    lane.Lane.read, lane.Lane.swallow_notifies = read_if_nudged, note


QUICK = "from sale cross join moment join sheet_lines l"
SLOW = "from sale cross join moment cross join (select pg_sleep(1.2)) as slowly join sheet_lines l"


@fault("slow-orders", "services.orders.store.placing")
def place_slowly(placing: Any) -> None:
    """No fault: an order takes a second, so that some are under way when a sale closes."""
    placing.PLACE = placing.PLACE.replace(QUICK, SLOW)
    assert SLOW in placing.PLACE, "placing has another statement now"


@fault("no-lock", "services.orders.store.placing")
def place_without_lock(placing: Any) -> None:
    """The same, and the close does not wait for them."""
    place_slowly(placing)
    placing.PLACE = placing.PLACE.replace("for share", "")


if os.environ.get("HALLE_FAULT"):
    sys.meta_path.insert(0, Breaker(BREAKS[os.environ["HALLE_FAULT"]]))
