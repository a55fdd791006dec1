"""`python -m bus.relay`: from every outbox to the broker; what was said arrives at least once, in order per subject.

One lane per database, in one thread. A row is marked after the broker's confirm; at most one message per subject is
unconfirmed. Two relays may run: an advisory lock per database leads. A message said twice is harmless.
"""

import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel

from bus import env, health, log, topology
from bus.lane import Lane

POLL = 0.25
GATHERED = 0.04
"""Seconds for which news are gathered once some were sent; what comes after a silence goes at once.

One look at the outbox for each order took a tenth of the processor, and let nobody after it take several together.
"""
HURRY = 0.004
"""The same while many rows are under way: the window must not stand still."""


class Relay:
    """Owns the connection to the broker and the order of things; lanes own their databases."""

    def __init__(self, lanes: list[Lane]) -> None:
        self.lanes = lanes
        self._stopping = False
        self._connection: SelectConnection | None = None
        self._channel: Channel | None = None
        self._tag = 0
        self._unconfirmed: dict[int, tuple[Lane, Any]] = {}
        self._watched: dict[int, Lane] = {}
        self._returned: set[str] = set()

    def run(self) -> None:
        """Relay until `stop`; a broker that is away is tried again every fifth of a second."""
        while not self._stopping:
            try:
                topology.declare(env.broker_url())
                self._connection = SelectConnection(
                    topology.connection_parameters(env.broker_url()),
                    on_open_callback=lambda connection: connection.channel(on_open_callback=self._opened),
                    on_open_error_callback=lambda connection, error: connection.ioloop.stop(),
                    on_close_callback=lambda connection, error: connection.ioloop.stop(),
                )
                self._connection.ioloop.start()
            except topology.TROUBLE as error:
                log.line("broker-away", error=repr(error))
            self._lost()
            if not self._stopping:
                time.sleep(0.2)

    def stop(self, *_: object) -> None:
        self._stopping = True
        if self._connection is not None:
            self._connection.ioloop.add_callback_threadsafe(self._hang_up)

    @property
    def is_connected(self) -> bool:
        return self._channel is not None

    def _opened(self, channel: Channel) -> None:
        channel.add_on_return_callback(self._came_back)
        channel.add_on_close_callback(self._channel_closed)
        channel.confirm_delivery(self._confirmed, callback=lambda _frame: self._begin(channel))

    def _channel_closed(self, _channel: Channel, error: Exception) -> None:
        log.line("channel-closed", error=repr(error))
        self._hang_up()

    def _begin(self, channel: Channel) -> None:
        self._channel, self._tag = channel, 0
        log.line("relaying", services=[lane.service for lane in self.lanes])
        self._tick()

    def _tick(self) -> None:
        if self._stopping:  # told so before there was a connection to hang up
            self._hang_up()
            return
        for lane in self.lanes:
            lane.repeat_if_forgotten(env.broker_url())
            self._pump(lane)
        self._later(POLL, self._tick)

    def _pump(self, lane: Lane) -> None:
        lane.is_due = False
        if self._channel is None:
            return
        lane.pumped = time.monotonic()
        lane.mark()
        for row in lane.read():
            self._publish(lane, row)
        if lane.broken:
            self._hang_up()
        else:
            self._watch(lane)

    def _publish(self, lane: Lane, row: Any) -> None:
        assert self._channel is not None
        self._tag += 1
        self._unconfirmed[self._tag] = (lane, row)
        self._channel.basic_publish(
            topology.EVENTS_EXCHANGE, row.type, lane.envelope(row), lane.properties(row), mandatory=lane.mandatory(row)
        )

    def _confirmed(self, frame: Any) -> None:
        method = frame.method
        refused = isinstance(method, pika.spec.Basic.Nack)
        tags = [t for t in self._unconfirmed if t <= method.delivery_tag] if method.multiple else [method.delivery_tag]
        for tag in tags:
            lane, row = self._unconfirmed.pop(tag)
            if refused or str(row.message_id) in self._returned:
                self._returned.discard(str(row.message_id))
                self._later(1.0, partial(self._again, lane, row))
            elif (following := lane.confirm(row)) is not None:
                self._publish(lane, following)
        for lane in self.lanes:
            if lane.confirmed:
                self._pump_soon(lane)

    def _pump_soon(self, lane: Lane) -> None:
        """Mark, read and publish, but not again at once."""
        if not lane.is_due:
            lane.is_due = True
            pause = HURRY if lane.is_busy else GATHERED
            self._later(max(0.0, lane.pumped + pause - time.monotonic()), partial(self._pump, lane))

    def _again(self, lane: Lane, row: Any) -> None:
        if self._channel is not None:
            self._publish(lane, row)

    def _came_back(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        """No queue takes it: its listener's queue is gone. Hold its subject, declare everything afresh."""
        log.trouble("unroutable", message_id=properties.message_id, type=properties.type)
        self._returned.add(str(properties.message_id))
        self._hang_up()

    def _watch(self, lane: Lane) -> None:
        """Wake at a lane's NOTIFY; a lane whose database came back has another socket."""
        assert self._connection is not None
        for descriptor in [d for d, watched in self._watched.items() if watched is lane and d != lane.descriptor]:
            self._connection.ioloop.remove_handler(descriptor)
            del self._watched[descriptor]
        if lane.descriptor is not None and lane.descriptor not in self._watched:
            self._watched[lane.descriptor] = lane
            self._connection.ioloop.add_handler(lane.descriptor, self._woken, self._connection.ioloop.READ)

    def _woken(self, descriptor: int, _events: int) -> None:
        lane = self._watched[descriptor]
        lane.swallow_notifies()
        self._pump_soon(lane)

    def _later(self, seconds: float, callback: Callable[[], None]) -> None:
        assert self._connection is not None
        self._connection.ioloop.call_later(seconds, callback)

    def _lost(self) -> None:
        self._channel = None
        self._unconfirmed.clear()
        self._returned.clear()
        self._watched.clear()
        for lane in self.lanes:
            lane.let_go()

    def _hang_up(self) -> None:
        if self._connection is not None and not (self._connection.is_closing or self._connection.is_closed):
            self._connection.close()


def main() -> None:
    log.configure("relay")
    lanes = [Lane(env.instance(), service) for service in env.database_services()]
    relay = Relay(lanes)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, relay.stop)
    health.serve({"broker": lambda: relay.is_connected, "databases": lambda: all(lane.leads for lane in lanes)})
    relay.run()


if __name__ == "__main__":
    main()
