"""`ask(command)`: a question to a service, from any thread; one pika connection and one I/O thread per process.

Replies come by direct reply-to, without a queue. An outcome that stayed unknown (worker killed, broker gone) is asked
again with the same key until the deadline: services give the same answer once. A broker that stays away, or takes
nothing because its disk is full, is no reason to keep everybody waiting: after a moment each is told at once.
"""

import itertools
import threading
import time
from collections import deque
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel

from bus import log, topology, trace
from bus.wire import Answer, Kind, adapter, rebuild
from contracts.errors import Malformed, Unavailable
from contracts.messages import COMMANDS, Command, Refused

_REPLY_TO = "amq.rabbitmq.reply-to"
MOMENT = 3.0
"""Seconds for which a line that was lost is waited for. All who wait hold a thread of the gateway."""


class Bug(Exception):
    """A service failed in a way nobody foresaw; `args[0]` is the trace id under which it was logged."""


class _Waiting:
    """A thread that waits for one answer; a bare lock, several times cheaper than a Future."""

    __slots__ = ("_held", "_outcome")

    def __init__(self) -> None:
        self._held = threading.Lock()
        self._held.acquire()
        self._outcome: Answer | None = None

    def end(self, outcome: Answer | None) -> None:
        """Let the thread go on; nothing for an outcome that stays unknown. Called once."""
        self._outcome = outcome
        self._held.release()

    def wait(self, seconds: float) -> Answer:
        """The answer; Unavailable where it stays unknown or does not come in time."""
        self._held.acquire(timeout=seconds)
        if self._outcome is None:
            raise _unknown()
        return self._outcome


class Line:
    """A line to all services. `ask` may be called from many threads."""

    def __init__(self, broker_url: str) -> None:
        self._parameters = topology.connection_parameters(broker_url)
        self._parameters.blocked_connection_timeout = None  # hung up and dialled again, it would be blocked as before
        self._numbers = itertools.count(1)
        self._waiting: dict[str, _Waiting] = {}
        self._outgoing: deque[tuple[str, bytes, pika.BasicProperties]] = deque()
        self._connection: SelectConnection | None = None
        self._woken: SelectConnection | None = None
        """The connection whose loop was told to send, and has not begun to."""
        self._channel: Channel | None = None
        self._ready = threading.Event()
        self._lost_at = time.monotonic()
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="asking")
        self._thread.start()

    def ask(
        self,
        command: Command,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Any:
        """The answer, as the command declares it (`Refused` included); raises a HalleError or Bug."""
        answer = self.ask_raw(command, token=token, key=key, language=language, within=within)
        if answer.kind is Kind.REFUSED:
            return Refused.model_validate_json(answer.body)
        return adapter(type(command)).validate_json(answer.body)

    def ask_raw(
        self,
        command: Command,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        """The answer as JSON bytes, for pages that pass it on; its kind is ANSWER or REFUSED."""
        if command.acts and not key:
            raise Malformed("key-missing", "Send an Idempotency-Key with every request that changes something.")
        question = command.model_dump_json(exclude_unset=True).encode()  # what is new and not used, an old door forbids
        return self.put(command.door, question, token=token, key=key, language=language, within=within)

    def put(
        self,
        door: str,
        question: bytes,
        *,
        token: str | None = None,
        key: str | None = None,
        language: str = "fr",
        within: float = 10.0,
    ) -> Answer:
        """The answer to a command that is JSON already; its door looks at every field of it."""
        until = time.time() + max(within, COMMANDS[door].patience)
        headers = {"token": token, "key": key, "language": language, "traceparent": trace.current()}
        while True:
            try:
                return self._try(door, question, headers, min(until, time.time() + COMMANDS[door].patience))
            except Unavailable:
                if time.time() + 0.2 > until or self._stays_away():
                    raise
            time.sleep(0.1)

    def close(self) -> None:
        self._closing = True
        if self._connection is not None:
            self._connection.ioloop.add_callback_threadsafe(self._hang_up)
        self._thread.join(5)

    @property
    def is_connected(self) -> bool:
        return self._ready.is_set()

    def _stays_away(self) -> bool:
        return not self._ready.is_set() and time.monotonic() > self._lost_at + MOMENT

    def _try(self, door: str, body: bytes, headers: dict[str, Any], deadline: float) -> Answer:
        self._ready.wait(max(0.0, min(deadline - time.time(), self._lost_at + MOMENT - time.monotonic())))
        number = str(next(self._numbers))
        waiting = self._waiting[number] = _Waiting()
        try:
            self._send(door, body, headers | {"deadline": deadline}, number)
            return _judge(waiting.wait(max(0.0, deadline - time.time())))
        finally:
            self._waiting.pop(number, None)

    def _send(self, door: str, body: bytes, headers: dict[str, Any], number: str) -> None:
        connection = self._connection
        if not self._ready.is_set() or connection is None:
            raise _unknown()
        milliseconds = max(1, int((headers["deadline"] - time.time()) * 1000))
        properties = pika.BasicProperties(
            type=door,
            headers={name: _header(value) for name, value in headers.items() if value is not None},
            reply_to=_REPLY_TO,
            correlation_id=number,
            delivery_mode=1,
            expiration=str(milliseconds),
        )
        self._outgoing.append((topology.doors_queue(door.split(".", 1)[0]), body, properties))
        if self._woken is not connection:
            self._woken = connection
            connection.ioloop.add_callback_threadsafe(self._flush)

    def _flush(self) -> None:
        self._woken = None
        while self._outgoing:
            queue, body, properties = self._outgoing.popleft()
            if self._channel is None or not self._channel.is_open:
                self._fail(properties.correlation_id)
            else:
                self._channel.basic_publish("", queue, body, properties, mandatory=True)

    def _run(self) -> None:
        while not self._closing:
            try:
                self._connect()
            except topology.TROUBLE as error:
                log.line("broker-away", asking=repr(error))
            except Exception as bug:  # noqa: BLE001  (without this thread nobody could ask again)
                log.trouble("bug", asking=True, exc_info=bug)
            self._lost()
            time.sleep(0.2)

    def _connect(self) -> None:
        connection = self._connection = SelectConnection(
            self._parameters,
            on_open_callback=lambda opened: opened.channel(on_open_callback=self._opened),
            on_open_error_callback=lambda failed, error: failed.ioloop.stop(),
            on_close_callback=lambda closed, error: closed.ioloop.stop(),
        )
        try:
            connection.ioloop.start()
        finally:
            self._connection = None
            connection.ioloop.close()

    def _opened(self, channel: Channel) -> None:
        self._channel = channel
        channel.connection.add_on_connection_blocked_callback(lambda _connection, _frame: self._unready())
        channel.connection.add_on_connection_unblocked_callback(lambda _connection, _frame: self._ready.set())
        channel.add_on_return_callback(lambda _c, _m, properties, _b: self._fail(properties.correlation_id))
        channel.add_on_close_callback(lambda _channel, _error: self._hang_up())
        channel.basic_consume(_REPLY_TO, self._replied, auto_ack=True, callback=lambda _frame: self._ready.set())

    def _replied(self, _channel: Channel, _method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        waiting = self._waiting.pop(properties.correlation_id, None)
        if waiting is not None:
            waiting.end(Answer(Kind(properties.type), body))

    def _fail(self, number: str) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None:
            waiting.end(None)

    def _unready(self) -> None:
        """Lost, or blocked because the broker has no room; from the first moment on until it is ready again."""
        if self._ready.is_set():
            self._lost_at = time.monotonic()
            self._ready.clear()

    def _lost(self) -> None:
        self._unready()
        self._channel = None
        self._outgoing.clear()
        for number in list(self._waiting):
            self._fail(number)

    def _hang_up(self) -> None:
        if self._connection is not None and not (self._connection.is_closing or self._connection.is_closed):
            self._connection.close()


def _judge(answer: Answer) -> Answer:
    if answer.kind is Kind.BUG:
        raise Bug(answer.body.decode())
    if answer.kind is Kind.ERROR:
        raise rebuild(answer.body)
    return answer


def _header(value: Any) -> Any:
    return repr(value) if isinstance(value, float) else value


def _unknown() -> Unavailable:
    return Unavailable("no-answer", "Outcome unknown: ask again with the same key.")
