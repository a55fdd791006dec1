"""The private broker and the private database: they keep, lose and recover as told."""

import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pika
import psycopg
import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError

from deploy.broker import Broker
from deploy.database import Postgres

# RabbitMQ (3.10 and 4.0) writes down a new quorum queue's registration half a second late: killed
# before, it comes back with a queue that has no leader, which only deleting it or an empty() mends.
REGISTERED = 1.5


@pytest.fixture(scope="module")
def own_broker(state: Path) -> Iterator[Broker]:
    running = Broker.start(state / "own-broker")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def own_postgres(state: Path) -> Iterator[Postgres]:
    running = Postgres.start(state / "own-postgres")
    yield running
    running.stop()


def put(broker: Broker, queue: str) -> None:
    """One durable message in a quorum queue, confirmed."""
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        durable = pika.BasicProperties(delivery_mode=2)
        channel.basic_publish("", queue, b"kept", durable, mandatory=True)


def get(broker: Broker, queue: str) -> bytes | None:
    """The next message of a queue that exists."""
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        body: bytes | None = connection.channel().basic_get(queue, auto_ack=True)[2]
        return body


def test_a_restarted_broker_keeps_its_queue_and_its_address(own_broker: Broker) -> None:
    put(own_broker, "kept-over-restart")
    address = own_broker.url
    own_broker.restart()
    assert own_broker.url == address
    assert get(own_broker, "kept-over-restart") == b"kept"


def test_a_killed_broker_recovers_what_it_confirmed(own_broker: Broker) -> None:
    put(own_broker, "kept-over-kill")
    time.sleep(REGISTERED)
    own_broker.kill()
    own_broker.restart()
    assert get(own_broker, "kept-over-kill") == b"kept"


def test_an_emptied_broker_has_forgotten_everything_but_its_address(own_broker: Broker) -> None:
    put(own_broker, "lost")
    own_broker.empty()
    with pytest.raises(ChannelClosedByBroker):
        get(own_broker, "lost")


def test_a_new_start_in_the_same_folder_ends_the_old_node_first(own_broker: Broker) -> None:
    put(own_broker, "kept-over-a-new-start")
    again = Broker.start(own_broker.folder)
    assert again.url == own_broker.url
    assert get(again, "kept-over-a-new-start") == b"kept"
    own_broker.stop()
    own_broker.__dict__.update(again.__dict__)


def test_the_broker_knows_no_guest(broker: Broker) -> None:
    guest = broker.url.replace(f"halle:{broker.identity.password}", "guest:guest")
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(guest))


LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def listening(port: int) -> list[str]:
    """The IPv4 and IPv6 addresses, as the kernel writes them, that listen on `port`."""
    lines = [line for kind in ("tcp", "tcp6") for line in _table(kind) if line.split()[3] == "0A"]
    addresses = [line.split()[1].split(":") for line in lines]
    return [address for address, hexadecimal in addresses if int(hexadecimal, 16) == port]


def _table(kind: str) -> list[str]:
    return Path(f"/proc/net/{kind}").read_text().splitlines()[1:]


def test_every_port_listens_on_this_machine_only(broker: Broker, postgres: Postgres) -> None:
    node = broker.identity
    for port in (node.port, node.distribution_port, node.epmd_port, postgres.port):
        assert set(listening(port)) <= LOOPBACK
        assert port < 32_768


def test_passwords_are_for_their_owner_alone(broker: Broker, postgres: Postgres) -> None:
    secrets = [broker.folder / "identity.json", broker.folder / "rabbitmq.conf"]
    for file in (*secrets, postgres.folder / "password"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_killed_database_recovers_what_was_committed(own_postgres: Postgres) -> None:
    own_postgres.create("shop")
    with own_postgres.connect("shop") as connection:
        connection.execute("create table sold (what text)")
        connection.execute("insert into sold values ('a leek')")
    own_postgres.kill()
    own_postgres.restart()
    with own_postgres.connect("shop") as connection:
        assert connection.execute("select what from sold").fetchall() == [("a leek",)]


def test_a_database_can_be_copied_from_a_template_and_dropped(own_postgres: Postgres) -> None:
    own_postgres.create("model")
    with own_postgres.connect("model") as connection:
        connection.execute("create table thing (id int)")
    own_postgres.create("copy", template="model")
    with own_postgres.connect("copy") as connection:
        connection.execute("select id from thing")
    own_postgres.drop("copy")
    with pytest.raises(psycopg.OperationalError):
        own_postgres.connect("copy")


def test_the_database_trusts_nobody(own_postgres: Postgres) -> None:
    address = f"postgresql://halle:wrong@127.0.0.1:{own_postgres.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


def test_the_database_is_durable(own_postgres: Postgres) -> None:
    with own_postgres.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"show {name}").fetchone() == ("on",)
