"""The service as it runs: its own process, a real broker, and a kill in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from uuid import UUID, uuid4

import pika
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bus import database, envelope, topology
from contracts.members import PersonChanged
from contracts.messages import Event
from deploy.broker import Broker
from deploy.places import CHECKOUT
from deploy.ports import free_port
from services.notifications import store
from tests.cast import BOB
from tests.notifications.conftest import Instance, placed

ORDERS = 200


class Service:
    """`python -m bus.runner notifications --hears`, for as long as it lives."""

    def __init__(self, broker: Broker, smtp_url: str) -> None:
        self._environment = os.environ | {
            "HALLE_BROKER_URL": broker.url,
            "HALLE_METRICS_PORT": str(free_port()),
            "HALLE_SMTP_URL": smtp_url,
            "HALLE_MAIL_FROM": "Halle <halle@example.org>",
            "HALLE_PUBLIC_URL": "https://halle.example",
            # As deploy.processes has it: a handler that waits for its turn must let the others go on.
            "PSYCOPG_WAIT_FUNC": "wait_selector",
        }
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-m", "bus.runner", "notifications", "--hears"]
        self.process = subprocess.Popen(words, cwd=CHECKOUT, env=self._environment, stderr=subprocess.DEVNULL)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def service(halle: Instance, broker: Broker) -> Iterator[Service]:
    topology.declare(broker.url)
    running = Service(broker, halle.smtp_url)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGKILL)


def test_a_killed_service_sends_every_mail_and_at_most_one_twice(
    halle: Instance, broker: Broker, service: Service
) -> None:
    person = PersonChanged(person_id=BOB, name="Bob", email="bob@example.org", phone=None, language="fr")
    orders = [placed(order_id=UUID(int=n)) for n in range(1, ORDERS + 1)]
    tell(broker, [person, *orders])
    until(lambda: len(halle.letterbox.ids) > ORDERS // 4)
    service.end(signal.SIGKILL)
    halle.end_leases()  # which the next fifteen seconds would do
    service.start()
    until(lambda: len(set(halle.letterbox.ids)) == ORDERS)
    assert service.end(signal.SIGTERM) == 0
    twice = [number for number in Counter(halle.letterbox.ids).values() if number > 1]
    assert twice in ([], [2])


def test_migrations_and_tables_agree(notifications_url: str, halle: Instance) -> None:
    with database.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, store.metadata) == []


def tell(broker: Broker, events: list[Event]) -> None:
    """Publish events as the relay does: without confirms the last of a burst may be lost."""
    connection = pika.BlockingConnection(topology.connection_parameters(broker.url))
    channel = connection.channel()
    channel.confirm_delivery()
    for event in events:
        row = SimpleNamespace(
            message_id=uuid4(),
            factid=uuid4(),
            type=event.type,
            subject=event.subject,
            seq=1,
            body=event.model_dump_json(),
            traceparent="",
            said_at="2026-11-20T10:00:00Z",
        )
        body = envelope.write("test", event.speaker(), row)
        channel.basic_publish(topology.EVENTS_EXCHANGE, event.type, body)
    connection.close()


def until(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
