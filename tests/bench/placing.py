"""How fast orders are placed: many at once, steadily, one at a time, by one worker and by two."""

from collections.abc import Iterator
from datetime import datetime

from tests.bench import floor
from tests.bench.figures import Figure, at_least, at_most, quantile
from tests.bench.ground import Ground
from tests.bench.load import Load
from tests.bench.processor import Meter

AT_ONCE = 16


def flush(ground: Ground) -> Iterator[Figure]:
    """What the disk allows."""
    yield Figure("one flush to disk", round(floor.flush_milliseconds(ground.folder), 3), "ms")


def placing(ground: Ground) -> Iterator[Figure]:
    """Orders of five lines, as many as sixteen at once can have answered, beside the floor of the same run."""
    orders, town = ground.orders, ground.town
    best = floor.orders_per_second(ground.instance.postgres, round(ground.shrunk(15)), AT_ONCE)
    yield Figure("floor: one prepared statement an order", round(best, 1), "orders/s")
    ground.introduce()
    since = town.now()
    meter = Meter(ground.instance)
    done = orders.flood(AT_ONCE, ground.seconds)
    placed = _placed(ground, since)
    rate = at_least("placing, 16 at once", done.per_second, "orders/s", 450).against(best)
    yield rate
    yield at_least("placing, part of the floor", done.per_second / best, "", 0.05)
    yield from _times("placing, 16 at once", done, 100)
    yield _agreed(done, placed)
    took = town.settle(180)
    yield at_most("backlog gone after", took, "s", 120)
    for name, spent in sorted(meter.milliseconds().items()):
        yield Figure(f"processor per order: {name}", round(spent / max(1, placed), 3), "ms")
    yield from _lag("event lag after placing", ground, since, None)


def one_at_a_time(ground: Ground) -> Iterator[Figure]:
    """One person after the other, nobody else there."""
    done = ground.orders.flood(1, ground.shrunk(10))
    yield at_most("placing one at a time, p50", done.p50, "ms", 5)
    yield Figure("placing one at a time, p99", round(done.p99, 2), "ms")
    yield from _failures("placing one at a time", done)


def sustained(ground: Ground) -> Iterator[Figure]:
    """200 orders a second, asked on time."""
    yield from _steady(ground, 200, 30, 0.95, 2000)


def idle_lag(ground: Ground) -> Iterator[Figure]:
    """From an order's row to its listener, with ten orders a second: each is alone."""
    yield from _steady(ground, 10, 10, 0.5, 50)


def busy_lag(ground: Ground) -> Iterator[Figure]:
    """The same at a hundred a second."""
    yield from _steady(ground, 100, 20, 0.95, 500)


def two_workers(ground: Ground) -> Iterator[Figure]:
    """What a second order worker brings or costs on these cores; each has its turn twice."""
    ground.introduce()
    ground.orders.flood(AT_ONCE, 2)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for workers in (1, 2, 2, 1):
        (ground.instance.start if workers == 2 else ground.instance.stop)("orders-2")
        rates[workers].append(ground.orders.flood(AT_ONCE, ground.shrunk(10)).per_second)
        ground.town.settle(180)
    ground.instance.start("orders-2")
    one, two = (sum(rates[workers]) / 2 for workers in (1, 2))
    yield Figure("one order worker", round(one, 1), "orders/s")
    yield Figure("two order workers", round(two, 1), "orders/s")
    yield at_least("two order workers, to one", two / one, "", 0.9)


def _steady(ground: Ground, rate: int, seconds: float, part: float, target: float) -> Iterator[Figure]:
    name = f"{rate} orders a second"
    _ = ground.orders
    since = ground.town.now()
    done = ground.orders.steady(rate, ground.shrunk(seconds))
    yield Figure(f"{name}, answered", round(done.per_second, 1), "orders/s")
    yield Figure(f"{name}, p99", round(done.p99, 2), "ms")
    yield from _failures(name, done)
    ground.town.settle(120)
    yield from _lag(f"{name}, event lag", ground, since, (part, target))


def _lag(name: str, ground: Ground, since: datetime, asked: tuple[float, float] | None) -> Iterator[Figure]:
    """From the outbox row of an order to the inbox row of its listener."""
    said = dict(ground.town.rows("orders", _SAID, since))
    heard = dict(ground.town.rows("notifications", _HEARD, since))
    lags = [(heard[fact] - said[fact]).total_seconds() * 1000 for fact in said.keys() & heard.keys()]
    for part in (0.5, 0.95):
        figure = Figure(f"{name} p{part * 100:.0f}", round(quantile(lags, part), 1), "ms")
        is_asked = asked is not None and asked[0] == part
        yield at_most(figure.name, float(figure.value), "ms", asked[1]) if asked and is_asked else figure


_SAID = "select factid, said_at from outbox where type = 'orders.order_placed.v1' and said_at >= %s"
_HEARD = "select factid, heard_at from inbox where handler = 'confirm_order' and heard_at >= %s"


def _placed(ground: Ground, since: datetime) -> int:
    return int(ground.town.rows("orders", "select count(*) from orders where placed_at >= %s", since)[0][0])


def _agreed(done: Load, placed: int) -> Figure:
    """Orders answered and orders made: at the end up to sixteen are cut off before their answer."""
    answered = done.requests - done.refused
    return Figure(
        "orders made and not answered", placed - answered, target=f"<= {AT_ONCE}", ok=0 <= placed - answered <= AT_ONCE
    )


def _times(name: str, done: Load, most: float) -> Iterator[Figure]:
    yield Figure(f"{name}, p50", round(done.p50, 2), "ms")
    yield at_most(f"{name}, p99", done.p99, "ms", most)
    yield Figure(f"{name}, slowest", round(done.max, 1), "ms")
    yield from _failures(name, done)


def _failures(name: str, done: Load) -> Iterator[Figure]:
    yield at_most(f"{name}, answers but 2xx", done.refused, "", 0)
    yield at_most(f"{name}, broken connections", done.broken, "", 0)
