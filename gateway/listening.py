"""The gateway's ear: hints from `halle.events`, in a thread with a queue that dies with it.

What was said while nobody listened is lost; so whenever the queue is new, all that is kept is
dropped. Nothing here may fail for good: it connects again, for ever.
"""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pika
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import ValidationError

from bus import log, topology
from contracts.catalog import SaleSheetPublished
from contracts.households import AdultChanged
from contracts.members import GrantChanged, TokensRevoked
from contracts.messages import Event, Model
from contracts.orders import Availability, DistributionChanged
from gateway.reception import Reception

PAUSE = 0.5
"""Seconds between two tries to connect."""


class News(Model):
    """What the gateway reads of an envelope; hints have less of one than facts."""

    type: str
    subject: str
    seq: int
    data: dict[str, Any]


class Listener:
    """Hears for one reception; `is_connected` is its health."""

    def __init__(self, broker_url: str, reception: Reception) -> None:
        self.is_connected = False
        self._parameters = topology.connection_parameters(broker_url)
        self._reception = reception
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="listening")

    def start(self) -> None:
        """Listen from now on; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._stopping.set()
        self._thread.join(5)

    def take(self, body: bytes) -> None:
        """Do what an event asks for; one that cannot be read is passed over."""
        try:
            news = News.model_validate_json(body)
        except ValidationError:
            log.line("unreadable-event", listening=True)
            return
        HEARD[news.type](self._reception, news)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except topology.TROUBLE as error:
                log.line("broker-away", listening=repr(error))
            self.is_connected = False
            self._stopping.wait(PAUSE)

    def _listen(self) -> None:
        with pika.BlockingConnection(self._parameters) as connection:
            channel = connection.channel()
            queue = _queue(channel)
            self._reception.sheets.clear()
            self._reception.identities.clear()
            channel.basic_consume(queue, self._heard, auto_ack=True)
            self.is_connected = True
            while not self._stopping.is_set():
                connection.process_data_events(time_limit=1)

    def _heard(self, _channel: Any, _method: Any, _properties: Any, body: bytes) -> None:
        try:
            self.take(body)
        except Exception as bug:  # noqa: BLE001  (one event that we cannot take must not deafen us)
            log.trouble("bug", listening=True, exc_info=bug)


def _queue(channel: BlockingChannel) -> str:
    channel.exchange_declare(topology.EVENTS_EXCHANGE, "topic", durable=True)
    queue: str = channel.queue_declare("", exclusive=True, auto_delete=True).method.queue
    for event_type in HEARD:
        channel.queue_bind(queue, topology.EVENTS_EXCHANGE, routing_key=event_type)
    return queue


def _availability(reception: Reception, news: News) -> None:
    left = orjson.dumps(news.data["left"])
    reception.sheets.hint(news.subject, left, news.seq)


def _sale_moved(reception: Reception, news: News) -> None:
    reception.sheets.drop(news.subject)


def _person_moved(reception: Reception, news: News) -> None:
    reception.identities.forget_person(UUID(news.data["person_id"]))


def _types(handlers: dict[type[Event], Callable[[Reception, News], None]]) -> Any:
    return {event.type: handler for event, handler in handlers.items()}


HEARD: dict[str, Callable[[Reception, News], None]] = _types(
    {
        Availability: _availability,
        DistributionChanged: _sale_moved,
        SaleSheetPublished: _sale_moved,
        GrantChanged: _person_moved,
        AdultChanged: _person_moved,
        TokensRevoked: _person_moved,
    }
)
