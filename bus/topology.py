"""Every exchange, queue and binding, made from the contracts alone, so that an empty broker can be filled by anybody.

A handler's queue survives anything but the loss of the broker's disk; that is noticed by the missing sentinel of a
database, and mended by the relay, which then says the whole outbox again.
"""

from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

from contracts.messages import COMMANDS, EVENTS

EVENTS_EXCHANGE = "halle.events"
TROUBLE = (AMQPError, OSError)
"""What pika raises when the broker is away; not a failure of any message."""
LADDER = (1, 5, 30, 300, 1800)
"""Seconds that a message waits after its first, second ... failure; after the last it is parked."""

_KEPT = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-dead-letter-strategy": "at-least-once"}


def delay_name(seconds: int) -> str:
    return f"halle.delay.{seconds}s"


def dead_queue(service: str) -> str:
    """Where the broker itself puts what a service failed to take twenty times; the service parks it."""
    return f"{service}.dead"


def doors_queue(service: str) -> str:
    return f"{service}.doors"


def sentinel(service: str) -> str:
    """A queue that nobody reads: it is there as long as the broker remembers this service's events."""
    return f"halle.memory.{service}"


def services() -> list[str]:
    heard = {queue.split(".", 1)[0] for event in EVENTS.values() for queue in event.queues()}
    return sorted(heard | {event.speaker() for event in EVENTS.values()} | {c.service() for c in COMMANDS.values()})


def listener_arguments(service: str) -> dict[str, Any]:
    return _KEPT | {
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(service),
    }


def connection_parameters(broker_url: str) -> pika.URLParameters:
    parameters = pika.URLParameters(broker_url)
    parameters.heartbeat = 20
    parameters.blocked_connection_timeout = 5
    parameters.socket_timeout = 5
    parameters.stack_timeout = 8
    return parameters


def declare(broker_url: str) -> None:
    """Make sure of everything the contracts name; harmless when it is there already."""
    connection = pika.BlockingConnection(connection_parameters(broker_url))
    try:
        channel = connection.channel()
        channel.exchange_declare(EVENTS_EXCHANGE, "topic", durable=True)
        _declare_ladder(channel)
        for service in services():
            channel.queue_declare(dead_queue(service), durable=True, arguments={"x-queue-type": "quorum"})
            channel.queue_declare(doors_queue(service), durable=True)
        _declare_listeners(channel)
    finally:
        connection.close()


def _declare_ladder(channel: BlockingChannel) -> None:
    for seconds in LADDER:
        name = delay_name(seconds)
        channel.exchange_declare(name, "fanout", durable=True)
        arguments = _KEPT | {"x-message-ttl": seconds * 1000, "x-dead-letter-exchange": ""}
        channel.queue_declare(name, durable=True, arguments=arguments)
        channel.queue_bind(name, name)


def _declare_listeners(channel: BlockingChannel) -> None:
    for event in EVENTS.values():
        for queue in event.queues():
            service = queue.split(".", 1)[0]
            channel.queue_declare(queue, durable=True, arguments=listener_arguments(service))
            channel.queue_bind(queue, EVENTS_EXCHANGE, routing_key=event.type)


def remembers(broker_url: str, service: str) -> bool:
    """Whether this broker has kept what it was told of a service's events."""
    connection = pika.BlockingConnection(connection_parameters(broker_url))
    try:
        connection.channel().queue_declare(sentinel(service), passive=True)
    except ChannelClosedByBroker:
        return False
    finally:
        connection.close()
    return True


def remember(broker_url: str, service: str) -> None:
    """Plant the sentinel, once the whole outbox of `service` is due to be said again."""
    connection = pika.BlockingConnection(connection_parameters(broker_url))
    try:
        arguments = {"x-queue-type": "quorum"}
        connection.channel().queue_declare(sentinel(service), durable=True, arguments=arguments)
    finally:
        connection.close()
