"""A connection to the broker that reads queues for a container, reconnects, and stops without dropping work.

Raw bytes only: kombu would acknowledge what it cannot decode. Workers write on the same socket, one at a time.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import amqp
import eventlet
from amqp.exceptions import AMQPError
from eventlet.semaphore import Semaphore
from kombu import Connection, Consumer, Message, Queue
from nameko.extensions import ProviderCollector, SharedExtension

from bus import env, log, topology

PATIENCE = 10
"""Seconds that a stopping container waits for the work in hand."""
BEAT = 7
"""Seconds between two heartbeats; the broker hangs up after 40 without."""


class Reader(SharedExtension, ProviderCollector, ABC):
    """Base of the two things that read queues: the doors and the ears of a service."""

    prefetch = 10
    no_ack = False

    def __init__(self) -> None:
        super().__init__()
        self.connected = False
        self.stopping = False
        self.in_hand = 0
        self.writing = Semaphore()
        self._channel: Any = None
        self._thread: Any = None

    @abstractmethod
    def queues(self) -> dict[str, Callable[[Message], None]]:
        """Queue name to what is to be done with each of its messages."""

    def prefetched(self, queue: str) -> int:
        """How many messages of a queue may be here unacknowledged; 0 for any number."""
        return self.prefetch

    def start(self) -> None:
        if self._thread is None:
            READERS.append(self)
            self._thread = self.container.spawn_managed_thread(self._run, identifier="reader")

    def stop(self) -> None:
        self.stopping = True
        if self._thread is not None:
            self._thread.wait()
        super().stop()

    def _run(self) -> None:
        while not self.stopping:
            try:
                with Connection(env.broker_url(), heartbeat=20, connect_timeout=5) as connection:
                    connection.connect()
                    _leave_reading_to_the_reader(connection)
                    beating = eventlet.spawn(self._beat, connection.connection)
                    try:
                        self._read(connection)
                    finally:
                        beating.kill()
            except (OSError, AMQPError, *topology.TROUBLE) as error:
                log.line("broker-away", reader=type(self).__name__, error=repr(error))
                eventlet.sleep(0.2)
            finally:
                self.connected, self._channel = False, None

    def _read(self, connection: Connection) -> None:
        topology.declare(env.broker_url())
        self._channel = connection.channel()
        consumers = [self._consume(name, callback) for name, callback in self.queues().items()]
        self.connected = True
        while not self.stopping:
            self._drain(connection)
        for consumer in consumers:
            consumer.cancel()
        with eventlet.Timeout(PATIENCE, False):
            while self.in_hand:
                eventlet.sleep(0.01)

    def _beat(self, connection: Any) -> None:
        """Keep the broker from hanging up while all workers are busy and nobody reads: it would count a delivery."""
        try:
            while connection.connected:
                with self.writing:
                    connection.send_heartbeat()
                eventlet.sleep(BEAT)
        except (OSError, AMQPError) as error:
            log.line("broker-away", reader=type(self).__name__, error=repr(error))

    def _consume(self, name: str, callback: Callable[[Message], None]) -> Consumer:
        """Begin to read a queue: the prefetch holds for the consumers begun after it, so one at a time."""
        consumer = Consumer(
            self._channel,
            [Queue(name, no_declare=True)],
            on_message=callback,
            no_ack=self.no_ack,
            auto_declare=False,
            prefetch_count=self.prefetched(name),
        )
        consumer.consume()
        return consumer

    def _drain(self, connection: Connection) -> None:
        try:
            connection.drain_events(timeout=1)
        except TimeoutError:
            with self.writing:
                connection.heartbeat_check()

    def spawn(self, entrypoint: Any, *args: Any) -> None:
        """Give a message to the container's workers; waits while they are all busy."""
        self.in_hand += 1
        self.container.spawn_worker(entrypoint, args, {}, handle_result=self._done)

    def _done(self, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        self.in_hand -= 1
        return result, exc_info

    def holds(self, message: Message) -> bool:
        """Whether the connection that brought a message is still there, so that it does not come again by itself."""
        return message.channel is self._channel

    def acknowledge(self, message: Message) -> None:
        """Ack, unless the connection that brought the message is gone: then it comes again, and is known."""
        try:
            with self.writing:
                message.ack()
        except (OSError, AMQPError, AttributeError) as error:
            log.line("ack-lost", error=repr(error))

    def publish(self, queue: str, body: bytes, **properties: Any) -> None:
        """Send a transient message to a queue without waiting for the broker's word; for replies."""
        message = amqp.Message(body, delivery_mode=1, **properties)
        with self.writing:
            self._channel.basic_publish(message, exchange="", routing_key=queue)


def _leave_reading_to_the_reader(connection: Connection) -> None:
    """Keep py-amqp from reading before each publish, as it does to learn whether the broker is blocked.

    A worker that replied would take new questions off the socket, wait for a free worker to give them to while it
    held `writing`, and so stop them all for ever.
    """
    connection.connection.client_properties["capabilities"]["connection.blocked"] = False


READERS: list[Reader] = []
"""Those of this process, for its /health."""
