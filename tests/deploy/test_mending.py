"""A broker that runs on with a dead queue is restarted, or else emptied, and left alone while everybody hears."""

from pathlib import Path

from amqp.exceptions import AMQPError
from kombu import Connection

from deploy.broker import Broker
from deploy.mending import DEAF, UNHEARD, Mending

QUEUE = "ears"
LOST = 'ra:force_delete_server(quorum_queues, {list_to_atom("%2F_ears"), node()}).'


def health(broker: Broker) -> list[str]:
    """What a process says that declares and reads a queue, and gives up after a while."""
    try:
        with Connection(broker.url, transport_options={"read_timeout": 1}) as connection:
            channel = connection.channel()
            channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            channel.basic_get(QUEUE)
    except (AMQPError, OSError):
        return [UNHEARD]
    return ["ok"]


def test_a_dead_queue_has_its_broker_restarted_and_where_that_is_not_enough_emptied(state: Path) -> None:
    broker, hour = Broker.start(state / "deaf-broker"), 1.0
    mending = Mending(None, broker, lambda: health(broker), lambda: hour)

    def starts_at_a_look() -> bool:
        before = broker.pid
        mending.look()
        return broker.pid != before

    try:
        assert not starts_at_a_look(), "all is well"
        broker.control("eval", LOST)
        for _ in ("restarted", "emptied"):
            assert not starts_at_a_look(), "it was given no time to find its way back"
            hour += DEAF
            assert starts_at_a_look()
        hour += DEAF
        assert not starts_at_a_look(), "all is well again"
        assert health(broker) == ["ok"]
    finally:
        broker.stop()
