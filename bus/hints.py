"""`hint(event)`: news that only make a page fresher. Sent at once, without outbox; lost when the broker is away."""

from threading import Lock

import orjson
import pika
import uuid_utils.compat as uuid
from pika.adapters.blocking_connection import BlockingChannel

from bus import env, log, topology
from contracts.messages import Event

_channel: list[BlockingChannel] = []
_lock = Lock()


def hint(event: Event, service: str, seq: int) -> None:
    """Send a hint to whoever listens at this moment."""
    body = orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(uuid.uuid7()),
            "source": f"/towns/{env.instance()}/{service}",
            "type": event.type,
            "subject": event.subject,
            "seq": seq,
            "data": orjson.Fragment(event.model_dump_json()),
        }
    )
    with _lock:
        try:
            _open().basic_publish(topology.EVENTS_EXCHANGE, event.type, body)
        except topology.TROUBLE as error:
            _channel.clear()
            log.line("hint-lost", type=event.type, error=repr(error))


def _open() -> BlockingChannel:
    if not _channel:
        parameters = topology.connection_parameters(env.broker_url())
        parameters.heartbeat = 0  # nobody reads this connection between two hints; TCP tells when it is gone
        _channel.append(pika.BlockingConnection(parameters).channel())
    return _channel[0]
