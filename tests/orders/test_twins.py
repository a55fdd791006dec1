"""The same person asks twice at once: a program that got no answer in time asks again under the same key."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from bus import database
from contracts.catalog import SaleSheetPublished
from contracts.orders import DistributionState, Order
from services.orders.store import sales
from tests.cast import BOB, CHARLIE, line, sheet
from tests.orders.test_placing import Caller, left, opened, place

STOCKS = "select id from stocks for update"


def while_both_wait(call: Caller, published: SaleSheetPublished, keys: tuple[str, str], then: Any = None) -> list[Any]:
    """Two orders of one unit, both begun while somebody holds the stock; `then` happens before it is let go."""
    with ThreadPoolExecutor(3) as pool:
        with database.transaction() as tx:
            tx.execute(text(STOCKS))
            asked = [pool.submit(place, call, BOB, published, 1, key=key) for key in keys]
            until_blocked(2)
            if then is not None:
                asked.append(pool.submit(then))
                until_blocked(3)
        return [one.result(20) for one in asked[:2]]


def until_blocked(number: int) -> None:
    """Return when so many statements of this database wait for a lock."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with database.transaction() as tx:
            if tx.execute(text(waiting)).scalar_one() >= number:
                return
        time.sleep(0.01)
    raise TimeoutError(f"no {number} statements wait for a lock")


def test_twins_who_want_the_last_unit_get_one_answer(call: Caller) -> None:
    published = opened(sheet(line(stock=1)))
    first, second = while_both_wait(call, published, ("k", "k"))
    assert first == second and first.total_cents == 260
    assert left(published) == [0]


def test_twins_under_way_when_the_sale_closes_get_one_answer(call: Caller) -> None:
    published = opened(sheet(line()))

    def close() -> None:
        with database.transaction() as tx:
            sales.move(tx, published.distribution_id, DistributionState.OPEN, DistributionState.CLOSING)

    first, second = while_both_wait(call, published, ("k", "k"), close)
    assert first == second and first.total_cents == 260


def test_two_first_orders_under_way_at_once_are_one_order(call: Caller) -> None:
    published = opened(sheet(line()))
    first, second = while_both_wait(call, published, ("one", "other"))
    assert first.order_id == second.order_id
    assert {first.version, second.version} == {1, 2}
    assert left(published) == [8]


@pytest.mark.parametrize("had", [0, 1], ids=["a-new-order", "an-addition"])
def test_who_waited_for_the_last_goods_gets_what_came_back_meanwhile(call: Caller, had: int) -> None:
    published = opened(sheet(line(stock=had + 1)))
    for person in [BOB] * had + [CHARLIE]:
        place(call, person, published, 1)
    assert left(published) == [0]
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            tx.execute(text("update stocks set left_ = left_ + 1"))
            asked = pool.submit(place, call, BOB, published, 1)
            until_blocked(1)
        order = asked.result(20)
    assert isinstance(order, Order) and order.total_cents == 260 * (had + 1)
    assert left(published) == [0]
