"""Run by test_hearing in a patched process: a listener that fails while the first rung of the ladder is gone.

It ends once it was given its event again.
"""

import eventlet

eventlet.monkey_patch()

import pika  # noqa: E402
from eventlet.event import Event as Done  # noqa: E402
from sqlalchemy import Connection  # noqa: E402

from bus import env, topology  # noqa: E402
from bus.envelope import Heard  # noqa: E402
from bus.hearing import hear  # noqa: E402
from contracts.members import GrantChanged  # noqa: E402
from tests.bus import probing  # noqa: E402

calls: list[int] = []
again = Done()


class Listeners:
    """Orders, as far as grants go."""

    name = "orders"

    @hear(GrantChanged)
    def know_grant(self, tx: Connection, event: GrantChanged, heard: Heard) -> None:
        calls.append(heard.seq)
        if len(calls) == 1:
            saw_off_the_first_rung()
            raise RuntimeError("not today")
        again.send()


def saw_off_the_first_rung() -> None:
    with pika.BlockingConnection(topology.connection_parameters(env.broker_url())) as connection:
        connection.channel().exchange_delete(topology.delay_name(topology.LADDER[0]))


def main() -> None:
    probing.listen(Listeners, again)
    print("heard", *calls, flush=True)


main()
