"""A Monday evening: 300 sales open in one second, and later close in one second, while others order elsewhere."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from contracts.windows import WindowOpened
from tests.bench.figures import Figure, at_most, found
from tests.bench.ground import Ground
from tests.bench.town import Town

SALES = 300
"""Source: domain, the sizes to think in."""
SOON = 30
"""Seconds in which the last is open: what the systems in use take to open one shop."""
AHEAD = 2
"""Seconds between asking for the hour and the hour."""


def monday(ground: Ground) -> Iterator[Figure]:
    """From the hour to the last of all sales, by the services' own clocks."""
    town, orders = ground.town, ground.orders
    sales = _plan(ground)
    ground.introduce()
    with ThreadPoolExecutor(1) as pool:
        ordered = pool.submit(orders.steady, 50, ground.shrunk(30))
        opened = _open(town, sales)
        closed = _close(town, sales)
        done = ordered.result()
    yield at_most("300 sales open at once, the last after", opened, "s", SOON)
    yield at_most("300 sales close at once, the last after", closed, "s", SOON)
    yield Figure("300 sales, 50 orders a second meanwhile, p99", round(done.p99, 2), "ms")
    yield found("300 sales, closed", SALES, _closed(town, sales))
    town.settle(120)


def _plan(ground: Ground) -> list[UUID]:
    """One planned sale of 30 offers at each of 300 markets."""
    ground.fill_catalog()
    return [row[0] for row in ground.town.rows("catalog", _ONE_EACH, SALES)]


_ONE_EACH = """
    select distinct on (market_id) id from distributions where state = 'planned' and closes_at > halle_now()
    order by market_id, starts_at limit %s
"""


def _open(town: Town, sales: list[UUID]) -> float:
    [(hour,)] = town.rows("catalog", "select halle_now() + make_interval(secs => %s)", AHEAD)
    town.rows("catalog", _TIMERS, hour, hour, sales)
    said = "select count(*), max(said_at) from outbox where type = %s and subject = any(%s)"
    subjects = [str(sale) for sale in sales]

    def known() -> tuple[int, float]:
        [(number, last)] = town.rows("orders", said, WindowOpened.type, subjects)
        return number, (last - hour).total_seconds() if last else 0.0

    town.wait(lambda: known()[0] == len(sales), "the sales to open", 120)
    return known()[1]


_TIMERS = """
    insert into timers (key, name, subject, version, due_at, retry_at)
    select 'open:' || id, 'open_distribution', id::text, version, %s, %s from distributions where id = any(%s)
"""


def _close(town: Town, sales: list[UUID]) -> float:
    [(hour,)] = town.rows("orders", "select halle_now() + make_interval(secs => %s)", AHEAD)
    town.rows("orders", "update distributions set closes_at = %s where id = any(%s)", hour, sales)
    keys = [f"{sale}:close" for sale in sales]
    town.rows("orders", "update timers set due_at = %s, retry_at = %s where key = any(%s)", hour, hour, keys)
    town.wait(lambda: _closed(town, sales) == len(sales), "the sales to close", 120)
    [(last,)] = town.rows("orders", "select max(done_at) from timers where key = any(%s)", keys)
    return float((last - hour).total_seconds())


def _closed(town: Town, sales: list[UUID]) -> int:
    counted = "select count(*) from distributions where id = any(%s) and state = 'closed'"
    return int(town.rows("orders", counted, sales)[0][0])
