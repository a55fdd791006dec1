"""Blows that aim at one weakness each; sound programs bear them."""

from collections.abc import Callable
from contextlib import suppress

import pika
import psycopg

from bus import topology
from contracts.orders import OrderPlaced
from tests.bench.town import Town


def acts(town: Town) -> dict[str, Callable[[], None]]:
    """By name: a table that handlers need is gone for a moment; a queue hears nothing until somebody mends it."""
    return {
        "hide people": lambda: _rename(town, "people", "hidden_people"),
        "show people": lambda: _rename(town, "hidden_people", "people"),
        "unbind confirmations": lambda: _unbind(town),
    }


def _rename(town: Town, name: str, to: str) -> None:
    with suppress(psycopg.errors.UndefinedTable):
        town.rows("orders", f"alter table {name} rename to {to}")


def _unbind(town: Town) -> None:
    """A binding is lost, as by an operator's slip: the queue stays, with all that is in it."""
    (queue,) = OrderPlaced.queues()
    with pika.BlockingConnection(pika.URLParameters(town.instance.broker.url)) as connection:
        connection.channel().queue_unbind(queue, topology.EVENTS_EXCHANGE, OrderPlaced.type)
