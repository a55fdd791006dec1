"""Run by test_hearing in a patched process: a listener says how many events it was given together."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402

from eventlet.event import Event as Done  # noqa: E402
from sqlalchemy import Connection  # noqa: E402

from bus.hearing import hear  # noqa: E402
from contracts.members import GrantChanged  # noqa: E402
from tests.bus import probing  # noqa: E402

heard: list[int] = []
all_heard = Done()


class Listeners:
    """Orders, as far as grants go."""

    name = "orders"

    @hear(GrantChanged, at_once=100)
    def know_grant(self, tx: Connection, events: list[GrantChanged]) -> None:
        heard.append(len(events))
        if sum(heard) == int(sys.argv[1]):
            all_heard.send()


def main() -> None:
    probing.listen(Listeners, all_heard)
    print(*heard)


main()
