"""An event takes effect once, however often it comes; what fails is tried later, and then parked."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pika
import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bus import clock, database, hearing, ladder, timers, topology
from bus.envelope import Heard, read
from bus.rights import know_grant
from contracts.accounts import ChangeAccount
from contracts.members import GrantChanged, PersonChanged, Right
from contracts.messages import Event
from deploy.broker import Broker
from deploy.places import CHECKOUT
from tests.cast import ALICE, FARM

QUEUE = "orders.grant_changed.know_grant"


def message(seq: int = 1, holds: bool = True, grant_id: UUID = FARM) -> bytes:
    """The envelope of Alice's right to sell for her farm."""
    event = GrantChanged(grant_id=grant_id, person_id=ALICE, right=Right.SELL, object_id=FARM, holds=holds)
    envelope = {
        "id": uuid4(),
        "type": event.type,
        "source": "/towns/test/members",
        "subject": event.subject,
        "time": datetime.now(UTC),
        "seq": seq,
        "factid": uuid4(),
        "data": event.model_dump(mode="json"),
    }
    return orjson.dumps(envelope)


def rows(statement: str) -> list[Any]:
    with database.transaction() as tx:
        return list(tx.execute(text(statement)))


class Counting:
    """A handler that counts its calls and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.calls = 0
        self.failures = failures

    def __call__(self, tx: Connection, event: Event, heard: Heard) -> None:
        self.calls += 1
        if self.calls <= self.failures:
            raise RuntimeError("not today")


def test_an_event_that_comes_twice_takes_effect_once(kernel: None) -> None:
    handler, body = Counting(), message()
    hearing.take(QUEUE, body, handler)
    hearing.take(QUEUE, body, handler)
    assert handler.calls == 1
    assert len(rows("select 1 from inbox where handler = 'know_grant'")) == 1


def test_a_failed_handler_leaves_no_trace_and_may_be_tried_again(kernel: None) -> None:
    handler, body = Counting(failures=1), message()
    with pytest.raises(RuntimeError):
        hearing.take(QUEUE, body, handler)
    assert rows("select 1 from inbox") == []
    hearing.take(QUEUE, body, handler)
    assert handler.calls == 2


def test_while_a_disk_is_full_a_handler_is_tried_again_in_a_while_not_at_once(kernel: None) -> None:
    tried: list[float] = []

    def write(tx: Connection, _event: Event, _heard: Heard) -> None:
        tried.append(time.monotonic())
        if len(tried) < 3:
            tx.execute(text("do $$ begin raise exception 'no space left' using errcode = 'disk_full'; end $$"))

    hearing.take(QUEUE, message(), write)
    assert len(tried) == 3 and tried[-1] - tried[0] >= 0.5


def test_what_cannot_be_read_is_parked_whole(kernel: None) -> None:
    for body in (b"\xff not json", b'{"type": "nobody.said.v1"}', message().replace(b'"sell"', b'"fly"')):
        hearing.take(QUEUE, body, Counting())
    kept = [bytes(row.message) for row in rows("select message from parked order by id")]
    assert len(kept) == 3 and kept[0] == b"\xff not json"


def test_an_older_state_that_comes_late_changes_nothing(kernel: None) -> None:
    hearing.take(QUEUE, message(seq=2, holds=False), know_grant)
    hearing.take(QUEUE, message(seq=1, holds=True), know_grant)
    assert [row.holds for row in rows("select holds from grants")] == [False]


class Gathering:
    """A handler of many, which fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.taken: list[int] = []
        self.failures = failures

    def __call__(self, tx: Connection, events: list[Event]) -> None:
        self.failures -= 1
        if self.failures >= 0:
            raise RuntimeError("not today")
        self.taken.append(len(events))


def test_of_many_taken_together_each_takes_effect_once(kernel: None) -> None:
    handler, bodies = Gathering(), [message(seq) for seq in range(5)]
    hearing.take(QUEUE, bodies[0], Counting())
    hearing.take_all(QUEUE, [*bodies, bodies[1], b"not json"], handler)
    assert handler.taken == [4]
    assert rows("select count(*) from inbox where handler = 'know_grant'")[0][0] == 5
    assert [bytes(row.message) for row in rows("select message from parked")] == [b"not json"]
    hearing.take_all(QUEUE, bodies, handler)
    assert handler.taken == [4]


def test_what_cannot_be_read_among_many_of_which_one_fails_is_parked_once(kernel: None) -> None:
    handler, bodies = Gathering(failures=1), [message(), b"not json"]
    with pytest.raises(RuntimeError):
        hearing.take_all(QUEUE, bodies, handler)
    for body in bodies:
        hearing.take(QUEUE, body, Counting())
    assert len(rows("select 1 from parked")) == 1


def test_when_one_of_many_fails_none_of_them_took_effect(kernel: None) -> None:
    handler, bodies = Gathering(failures=1), [message(seq) for seq in range(5)]
    with pytest.raises(RuntimeError):
        hearing.take_all(QUEUE, bodies, handler)
    assert rows("select 1 from inbox") == []
    hearing.take_all(QUEUE, bodies, handler)
    assert handler.taken == [5]


def probe(name: str, *words: str) -> subprocess.Popen[str]:
    """A patched process with this test's environment."""
    program = [sys.executable, "-W", "ignore", str(Path(__file__).with_name(name)), *words]
    surroundings = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.Popen(program, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_waits_is_handed_over_together(kernel: None, broker: Broker) -> None:
    topology.declare(broker.url)
    with pika.BlockingConnection(topology.connection_parameters(broker.url)) as connection:
        channel = connection.channel()
        channel.queue_purge(QUEUE)
        channel.confirm_delivery()  # what is not confirmed may be lost when the channel closes
        for seq in range(60):
            channel.basic_publish("", QUEUE, message(seq))
    with probe("gathering_probe.py", "60") as running:
        told, trouble = running.communicate(timeout=60)
    assert running.returncode == 0, trouble
    sizes = [int(number) for number in told.splitlines()[-1].split()]
    assert sum(sizes) == 60, trouble
    assert max(sizes) > 30, sizes


def test_what_the_ladder_did_not_take_is_put_on_it_once_it_does(kernel: None, broker: Broker) -> None:
    topology.declare(broker.url)
    with pika.BlockingConnection(topology.connection_parameters(broker.url)) as connection:
        channel = connection.channel()
        channel.queue_purge(QUEUE)
        channel.confirm_delivery()
        channel.basic_publish("", QUEUE, message(seq=7))
    with probe("failing_probe.py") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "broker-away" in line:
                topology.declare(broker.url)
        assert line == "heard 7 7\n"


def test_a_message_on_the_ladder_comes_back_to_its_queue_and_counts(kernel: None, broker: Broker) -> None:
    topology.declare(broker.url)
    connection = pika.BlockingConnection(topology.connection_parameters(broker.url))
    channel = connection.channel()
    channel.queue_purge(QUEUE)
    started = time.monotonic()
    ladder.climb(QUEUE, b"body", 0, RuntimeError("first failure"))
    for _method, properties, body in channel.consume(QUEUE, inactivity_timeout=30, auto_ack=True):
        assert body == b"body" and properties.headers[ladder.ATTEMPTS] == 1
        break
    assert time.monotonic() - started >= 1.0
    connection.close()


def test_above_the_last_rung_a_message_is_parked(kernel: None) -> None:
    ladder.climb(QUEUE, message(), len(topology.LADDER), RuntimeError("for good"))
    (row,) = rows("select queue, error from parked")
    assert row.queue == QUEUE and "for good" in row.error


def test_what_is_told_of_an_error_of_the_database_names_nobody(kernel: None) -> None:
    row = "insert into grants (grant_id, person_id, \"right\", seq) values (uuidv7(), uuidv7(), 'Bob Martin', 1)"
    with pytest.raises(DBAPIError) as failed, database.transaction() as tx:
        tx.execute(text(row.replace("'Bob Martin'", ":name")), {"name": "Bob Martin"})
    ladder.park(QUEUE, message(), failed.value)
    with database.transaction() as tx:
        timers.schedule(tx, "ring", key="t", subject="s", due_at=clock.now(tx), version=1)
    timers.do_next({"ring": lambda tx, _timer: tx.execute(text(row))})
    assert len(rows("select error from timers where error is not null")) == 1
    for (told,) in rows("select error from parked union all select error from timers"):
        assert "NotNullViolation" in told and "Bob" not in told


def test_an_envelope_keeps_what_a_newer_town_adds(kernel: None) -> None:
    envelope = orjson.loads(message())
    envelope["data"]["colour"] = "green"
    assert read(orjson.dumps(envelope)).event().model_dump()["holds"] is True


def test_the_words_of_a_contract_that_is_not_kept_name_nobody() -> None:
    for kind in (PersonChanged, ChangeAccount):
        with pytest.raises(ValidationError) as failed:
            kind.model_validate({"person_id": "Bob Martin", "name": ["Bob Martin"]})
        assert "name" in str(failed.value) and "Bob" not in str(failed.value)
