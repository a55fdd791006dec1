"""What becomes of a message whose handler failed: later, later still, and then parked where a person finds it.

A parked message is a row in the service's own database, since a queue cannot be browsed without harm.
"""

from typing import Any

import pika
from pydantic import ValidationError
from sqlalchemy import Connection

from bus import database, env, log, tables, topology

ATTEMPTS = "halle-attempts"
"""Header that counts failures; the broker's own count also counts killed workers."""


def climb(queue: str, body: bytes, attempts: int, error: Exception) -> None:
    """Put a message on its next rung, confirmed by the broker, or park it above the last one."""
    if attempts >= len(topology.LADDER):
        park(queue, body, error)
        return
    rung = topology.delay_name(topology.LADDER[attempts])
    connection = pika.BlockingConnection(topology.connection_parameters(env.broker_url()))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish(rung, queue, body, _persistent({ATTEMPTS: attempts + 1}), mandatory=True)
    finally:
        connection.close()


def park(queue: str, body: bytes, error: Exception) -> None:
    database.atomically(lambda tx: _park(tx, queue, body, in_words(error)))
    log.trouble("parked", queue=queue, error=in_words(error))


def in_words(error: Exception) -> str:
    """An error for a log or a table: what was wrong where, without the value, which may be a name or a secret."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_input=False, include_url=False)
        return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
    return log.without_values(repr(error))


def _park(tx: Connection, queue: str, body: bytes, error: str) -> None:
    tx.execute(tables.parked.insert(), {"queue": queue, "message": body, "error": error})


def _persistent(headers: dict[str, Any]) -> pika.BasicProperties:
    return pika.BasicProperties(delivery_mode=2, content_type="application/cloudevents+json", headers=headers)
