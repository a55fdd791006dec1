"""The relay alone: from reading a full outbox to the last row's mark, every other program stopped."""

from collections.abc import Iterator
from uuid import uuid4

import pika

from contracts.orders import Order, OrderPlaced, OrderState
from deploy import processes
from tests.bench.figures import Figure, at_least, found
from tests.bench.ground import Ground
from tests.bench.town import Town

EVENTS = 50_000


def relaying(ground: Ground) -> Iterator[Figure]:
    """Fill orders' outbox while nobody reads it, start the relay, read off the marks when it was done."""
    instance, town = ground.instance, ground.town
    instance.stop_all_processes()
    events = max(5_000, round(EVENTS * min(1.0, ground.seconds / 60)))
    town.rows("orders", "update outbox set sent_at = halle_now() where sent_at is null")
    since = town.now()
    _fill(town, events)
    instance.start("relay")
    town.wait(lambda: town.unsent() == 0, "the relay", 120)
    marks = town.rows("orders", _MARKS, since)[0]
    yield at_least("relay alone, read to marked", events / marks[0], "events/s", 5000)
    yield found("relay alone, messages in the queue", events, _waiting(instance.broker.url))
    instance.start_all_processes()


_MARKS = "select extract(epoch from max(sent_at) - min(sent_at))::float from outbox where said_at >= %s"


def _fill(town: Town, events: int) -> None:
    """Orders placed, each its own subject, as big as a real one."""
    lines = [_line() for _ in range(5)]
    base = Order(
        order_id=uuid4(), distribution_id=uuid4(), market_id=uuid4(), market_name="Market", consumer_id=uuid4(),
        code="ABCDEF", version=1, state=OrderState.PLACED, lines=[], total_cents=2600,
    ).model_dump(mode="json") | {"lines": lines}  # fmt: skip
    order = Order.model_validate(base)
    batch = 10_000
    for said in range(0, events, batch):
        ids = [uuid4() for _ in range(min(batch, events - said))]
        placed = (OrderPlaced(order_id=i, order=order.model_copy(update={"order_id": i})) for i in ids)
        town.say("orders", ((event, 1) for event in placed))


def _line() -> dict[str, object]:
    return {
        "offer_id": str(uuid4()), "producer_id": str(uuid4()), "producer_name": "Ferme des Alpilles",
        "name": "Carottes nouvelles en botte", "unit": "piece", "quantity": 2, "price_cents": 260,
        "amount_cents": 520, "vat_basis_points": 550,
    }  # fmt: skip


def _waiting(broker_url: str) -> int:
    """Messages in the listeners' queue of orders placed; they are let go, for nobody placed them."""
    if "notifications" not in processes.services():
        return 0
    (queue,) = OrderPlaced.queues()
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        count = connection.channel().queue_declare(queue, passive=True).method.message_count
        connection.channel().queue_purge(queue)
    return int(count)
