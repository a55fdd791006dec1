"""What a person on call does to parked messages; a number that is not one is said, not passed over."""

import pika
import pytest
from sqlalchemy import text

from bus import database, ladder, operate, topology
from deploy.broker import Broker

QUEUE = "orders.grant_changed.know_grant"


def park(queue: str) -> str:
    """Park a message; its name for `./halle dead`."""
    ladder.park(queue, b"body", RuntimeError("for good"))
    with database.transaction() as tx:
        return f"orders:{tx.execute(text('select max(id) from parked')).scalar_one()}"


def unsettled() -> int:
    with database.transaction() as tx:
        return int(tx.execute(text("select count(*) from parked where settled_at is null")).scalar_one())


def test_a_parked_message_goes_back_to_its_queue_and_is_settled(kernel: None, broker: Broker) -> None:
    topology.declare(broker.url)
    with pika.BlockingConnection(topology.connection_parameters(broker.url)) as connection:
        channel = connection.channel()
        channel.queue_purge(QUEUE)
        assert operate.main(["dead", "replay", park(QUEUE)]) == 0
        assert next(iter(channel.consume(QUEUE, inactivity_timeout=30, auto_ack=True)))[2] == b"body"
    assert unsettled() == 0


def test_a_message_whose_queue_is_gone_stays_parked_with_a_sentence(kernel: None) -> None:
    with pytest.raises(SystemExit, match=r"has no queue orders\.nothing\.hear"):
        operate.main(["dead", "replay", park("orders.nothing.hear")])
    assert unsettled() == 1


@pytest.mark.parametrize("word", ["show", "replay", "drop"])
def test_a_number_under_which_nothing_is_parked_is_said(kernel: None, word: str) -> None:
    with pytest.raises(SystemExit, match="Nothing is parked as orders:999"):
        operate.main(["dead", word, "orders:999"])


def test_a_parked_message_is_listed_shown_and_dropped(kernel: None, capsys: pytest.CaptureFixture[str]) -> None:
    parked = park(QUEUE)
    for words in (["list"], ["show", parked], ["drop", parked], ["list"]):
        assert operate.main(["dead", *words]) == 0
    said = capsys.readouterr().out
    assert said.count(parked) == 3 and said.endswith("Nothing is parked.\n")


def test_an_instant_that_is_none_is_named(kernel: None, capsys: pytest.CaptureFixture[str]) -> None:
    replay = ["replay", "--type", "orders.order_placed.v1", "--since"]
    assert operate.main([*replay, "2026-12-01T00:00:00Z"]) == 0
    with pytest.raises(SystemExit):
        operate.main([*replay, "last week"])
    assert "argument --since" in capsys.readouterr().err
