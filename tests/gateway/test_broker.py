"""Over a real broker: questions find their answers in spite of lost connections; hints arrive."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import orjson
import pika
import pytest

from bus import topology
from bus.asking import Bug, Line
from bus.wire import Answer, Kind, refusal_body
from contracts.accounts import ConfirmEmail, Identify
from contracts.errors import Conflict, Malformed, Unavailable
from contracts.members import GrantChanged, TokensRevoked
from contracts.messages import Refused
from contracts.orders import Availability, DistributionChanged
from contracts.search import FindCommunes
from deploy.broker import Broker
from deploy.ports import free_port
from gateway.listening import Listener
from gateway.reception import open_reception
from gateway.settings import Settings
from tests.cast import BOB
from tests.gateway.conftest import FakeLine

Reply = Callable[[bytes], Answer | None]
CONFIRM = ConfirmEmail(secret="s")


class Members:
    """A door of our own: notes what it is asked and answers as it is told."""

    def __init__(self, broker: Broker) -> None:
        self.reply: Reply = lambda body: Answer(Kind.ANSWER, b"null")
        self.keys: queue.Queue[str | None] = queue.Queue()
        self._parameters = topology.connection_parameters(broker.url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._serve()
            except topology.TROUBLE:
                self._stop.wait(0.1)

    def _serve(self) -> None:
        with pika.BlockingConnection(self._parameters) as connection:
            channel = connection.channel()
            channel.queue_declare("members.doors", durable=True)
            channel.basic_consume("members.doors", self._asked, auto_ack=True)
            while not self._stop.is_set():
                connection.process_data_events(0.1)

    def _asked(self, channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        self.keys.put((properties.headers or {}).get("key"))
        answer = self.reply(body)
        if answer is not None:
            told = pika.BasicProperties(type=answer.kind, correlation_id=properties.correlation_id)
            channel.basic_publish("", properties.reply_to, answer.body, told)


@pytest.fixture
def members(broker: Broker) -> Iterator[Members]:
    made = Members(broker)
    yield made
    made.close()


@pytest.fixture
def line(broker: Broker) -> Iterator[Line]:
    made = Line(broker.url)
    yield made
    made.close()


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "this did not come about"
        time.sleep(0.01)


def lose_connections(broker: Broker) -> None:
    broker.control("close_all_connections", "a test")


def test_answers_refusals_errors_and_bugs_come_across(members: Members, line: Line) -> None:
    assert line.ask(CONFIRM, key="12345678") is None
    members.reply = lambda body: Answer(Kind.REFUSED, b'{"code":"no","message":"No."}')
    assert line.ask(CONFIRM, key="12345678") == Refused(code="no", message="No.")
    error = refusal_body(Conflict("moved", "It moved.", {"version": 2}))
    members.reply = lambda body: Answer(Kind.ERROR, error)
    with pytest.raises(Conflict) as caught:
        line.ask(CONFIRM, key="12345678")
    assert caught.value.details == {"version": 2}
    members.reply = lambda body: Answer(Kind.BUG, b"0af7651916cd43dd8448eb211c80319c")
    with pytest.raises(Bug):
        line.ask(Identify(secret="s"))


def test_whatever_acts_is_not_asked_without_a_key(line: Line) -> None:
    with pytest.raises(Malformed):
        line.ask(CONFIRM)


def test_many_threads_get_each_its_own_answer(members: Members, line: Line) -> None:
    members.reply = lambda body: Answer(Kind.ANSWER, body)
    found: list[bool] = []

    def ask() -> None:
        for _ in range(20):
            question = orjson.dumps({"secret": str(uuid4())})
            found.append(line.put("members.identify", question).body == question)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [True] * 160


def test_a_question_whose_outcome_was_lost_is_asked_again_with_its_key(
    broker: Broker, members: Members, line: Line
) -> None:
    asked: list[bytes] = []

    def lose_the_first(body: bytes) -> Answer | None:
        asked.append(body)
        return None if len(asked) == 1 else Answer(Kind.ANSWER, b"null")

    members.reply = lose_the_first
    answered: queue.Queue[Any] = queue.Queue()
    asking = threading.Thread(target=lambda: answered.put(line.ask(CONFIRM, key="the-same-key")))
    asking.start()
    assert members.keys.get(timeout=5) == "the-same-key"
    lose_connections(broker)
    assert answered.get(timeout=10) is None
    assert members.keys.get(timeout=1) == "the-same-key"
    assert len(asked) == 2


def test_a_service_that_is_nowhere_is_unavailable_and_says_so_in_time(line: Line) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable):
        line.ask(FindCommunes(text="Caromb"), within=0.5)
    assert time.monotonic() - started < FindCommunes.patience + 2


def test_without_a_broker_nobody_is_kept_waiting_for_long() -> None:
    line = Line(f"amqp://halle:wrong@127.0.0.1:{free_port()}/")
    with pytest.raises(Unavailable, match="ask again"):
        line.ask(FindCommunes(text="Caromb"), within=3600)
    line.close()


def test_a_broker_whose_disk_is_full_keeps_nobody_waiting_and_takes_questions_once_there_is_room(
    broker: Broker, members: Members, line: Line
) -> None:
    assert line.ask(CONFIRM, key="12345678") is None
    broker.control("set_disk_free_limit", "1000000GB")
    try:
        with pytest.raises(Unavailable, match="ask again"):
            line.ask(CONFIRM, key="12345678", within=3600)
        eventually(lambda: not line.is_connected)
    finally:
        broker.control("set_disk_free_limit", "200MB")
    eventually(lambda: line.is_connected)
    assert line.ask(CONFIRM, key="12345678") is None


def test_the_line_is_healthy_again_after_its_connection_was_lost(broker: Broker, members: Members, line: Line) -> None:
    for _ in range(2):
        eventually(lambda: line.is_connected)
        lose_connections(broker)
        assert line.ask(CONFIRM, key="12345678") is None


def say(broker: Broker, kind: str, subject: str, data: dict[str, Any], seq: int = 1) -> None:
    body = orjson.dumps({"type": kind, "subject": subject, "seq": seq, "data": data})
    with pika.BlockingConnection(topology.connection_parameters(broker.url)) as connection:
        connection.channel().basic_publish(topology.EVENTS_EXCHANGE, kind, body)


@pytest.fixture
def services() -> FakeLine:
    made = FakeLine()
    made.outcomes[Identify.door] = made.identify
    made.outcomes["orders.read_sale_sheet"] = {"version": 1, "lines": []}
    made.outcomes["orders.read_availability"] = {"left": [{"offer_id": "carrots", "left": 10}]}
    return made


def test_what_is_heard_makes_what_is_kept_fresher_and_a_lost_ear_drops_all(broker: Broker, services: FakeLine) -> None:
    reception = open_reception(Settings("127.0.0.1", 80, "http://127.0.0.1"), services)
    listener = Listener(broker.url, reception)
    listener.start()
    eventually(lambda: listener.is_connected)
    sale = str(uuid4())
    kept = reception.sheets.kept

    reception.sheets.of(sale)
    with pika.BlockingConnection(topology.connection_parameters(broker.url)) as connection:
        channel = connection.channel()
        channel.basic_publish(topology.EVENTS_EXCHANGE, Availability.type, b"no JSON")
        channel.basic_publish(topology.EVENTS_EXCHANGE, Availability.type, b'{"type":"x"}')
    left = {"distribution_id": sale, "left": [{"offer_id": "carrots", "left": 4}]}
    say(broker, Availability.type, sale, left)
    eventually(lambda: b'"left":4' in kept(sale).body)  # type: ignore[union-attr]

    say(broker, DistributionChanged.type, sale, {"distribution_id": sale, "state": "closing"})
    eventually(lambda: kept(sale) is None)

    reception.identities.of("secret")
    revoked = {"person_id": str(BOB), "not_before": "2026-01-01T00:00:00Z"}
    say(broker, TokensRevoked.type, str(BOB), revoked)
    eventually(lambda: reception.identities.of("secret").token == "secret/2")
    say(broker, GrantChanged.type, str(uuid4()), {"person_id": str(BOB), "right": "sell"})
    eventually(lambda: reception.identities.of("secret").token == "secret/3")

    reception.sheets.of(sale)
    lose_connections(broker)
    eventually(lambda: kept(sale) is None)
    eventually(lambda: listener.is_connected)
    listener.close()
