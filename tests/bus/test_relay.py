"""The relay, as a process of its own, over a real broker: nothing said is lost, whatever dies."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import uuid4

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from sqlalchemy import text

from bus import database, outbox, topology
from bus.envelope import read
from contracts.members import GrantChanged, Right
from deploy.broker import Broker
from deploy.ports import free_port
from tests.cast import ALICE, FARM

QUEUE = "orders.grant_changed.know_grant"


@pytest.fixture
def channel(kernel: None, broker: Broker) -> Iterator[BlockingChannel]:
    topology.declare(broker.url)
    connection = pika.BlockingConnection(topology.connection_parameters(broker.url))
    opened = connection.channel()
    opened.queue_purge(QUEUE)
    yield opened
    with suppress(pika.exceptions.AMQPError):  # a test may have taken the broker away
        connection.close()


class RunningRelay:
    """`python -m bus.relay` with this test's environment."""

    def __init__(self) -> None:
        environment = os.environ | {"HALLE_METRICS_PORT": str(free_port())}
        self.process = subprocess.Popen([sys.executable, "-m", "bus.relay"], env=environment)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0


@pytest.fixture
def relay() -> Iterator[RunningRelay]:
    running = RunningRelay()
    yield running
    if running.process.poll() is None:
        running.kill()


def say(count: int, first: int = 1) -> list[int]:
    """Say that many changes of one grant: one subject, rising seq."""
    with database.transaction() as tx:
        for seq in range(first, first + count):
            event = GrantChanged(grant_id=FARM, person_id=ALICE, right=Right.SELL, object_id=uuid4(), holds=True)
            outbox.say(tx, event, seq=seq)
    return list(range(first, first + count))


def heard(channel: BlockingChannel, wanted: list[int]) -> list[int]:
    """The `seq` of each message of the queue until all of `wanted` came."""
    found: list[int] = []
    for _method, _properties, body in channel.consume(QUEUE, inactivity_timeout=30, auto_ack=True):
        assert body is not None, f"only {found} came"
        found.append(read(body).seq)
        if set(found) >= set(wanted):
            break
    channel.cancel()
    return found


def wait_until_marked() -> None:
    """Return when no outbox row is unsent; PostgreSQL does the waiting."""
    statement = text("""
        do $$ begin
          for i in 1..300 loop
            perform 1 from outbox where sent_at is null; if not found then return; end if;
            commit; perform pg_sleep(0.1);
          end loop;
          raise 'outbox rows stay unsent';
        end $$
    """)
    with database.statement() as connection:
        connection.execute(statement)


def test_what_is_said_arrives_in_order_per_subject(channel: BlockingChannel, relay: RunningRelay) -> None:
    assert heard(channel, say(40)) == list(range(1, 41))
    wait_until_marked()
    relay.stop()


def test_a_killed_relay_loses_nothing(channel: BlockingChannel, relay: RunningRelay) -> None:
    say(5)
    relay.kill()
    say(5, first=6)
    again = RunningRelay()
    try:
        assert set(heard(channel, list(range(1, 11)))) == set(range(1, 11))
        wait_until_marked()
    finally:
        again.stop()


def test_an_emptied_broker_is_told_everything_again(
    channel: BlockingChannel, relay: RunningRelay, broker: Broker
) -> None:
    said = say(7)
    wait_until_marked()
    broker.empty()
    connection = pika.BlockingConnection(topology.connection_parameters(broker.url))
    topology.declare(broker.url)
    assert heard(connection.channel(), said) == said
    connection.close()
    relay.stop()


def test_what_the_next_release_says_waits_for_its_relay_and_holds_up_nobody(
    channel: BlockingChannel, relay: RunningRelay
) -> None:
    newer = text("""
        insert into outbox (factid, type, subject, seq, body, traceparent)
        values (uuidv7(), 'orders.not_yet_known.v1', 'x', 1, '{}', '')
    """)
    with database.transaction() as tx:
        tx.execute(newer)
    assert heard(channel, say(3)) == [1, 2, 3]
    relay.stop()
    with database.transaction() as tx:
        assert tx.execute(text("select type from outbox where sent_at is null")).scalars().all() == [
            "orders.not_yet_known.v1"
        ]


def carry(one: socket.socket, other: socket.socket) -> None:
    """What one end says to the other, until it ends."""
    with suppress(OSError):
        while some := one.recv(65536):
            other.sendall(some)
        other.shutdown(socket.SHUT_WR)


def lead_on(gate: socket.socket, visitor: socket.socket, broker: Broker, pool: ThreadPoolExecutor) -> None:
    """Bring whoever waits at a gate to the broker, and all who come later, until it is shut."""
    with suppress(OSError):
        while True:
            inner = socket.create_connection(("127.0.0.1", broker.identity.port))
            pool.submit(carry, visitor, inner)
            pool.submit(carry, inner, visitor)
            visitor, _ = gate.accept()


def test_a_relay_that_is_told_to_end_while_it_begins_ends(
    kernel: None, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(40) as pool, socket.create_server(("127.0.0.1", 0)) as gate:
        there, here = str(broker.identity.port), str(gate.getsockname()[1])
        monkeypatch.setenv("HALLE_BROKER_URL", broker.url.replace(there, here))
        relay = RunningRelay()
        visitor, _ = gate.accept()
        relay.process.send_signal(signal.SIGTERM)
        pool.submit(lead_on, gate, visitor, broker, pool)
        try:
            assert relay.process.wait(20) == 0
        finally:
            relay.kill()
            gate.shutdown(socket.SHUT_RDWR)
