"""Placing, adding to, amending and cancelling an order, against a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text

from bus import clock, database
from bus.doors import Call
from contracts.catalog import Joining, SaleSheetPublished, StockMode
from contracts.errors import Conflict, Malformed, NotFound
from contracts.messages import Command, Refused
from contracts.orders import AmendOrder, CancelOrder, Order, PlaceOrder, Wish
from services.orders.actions import amending, placing, windows
from services.orders.store import placing as placing_statement
from services.orders.store import sales
from tests.cast import BAKERY, BOB, CHARLIE, line, sheet

Caller = Callable[..., Call]


def opened(published: SaleSheetPublished) -> SaleSheetPublished:
    with database.transaction() as tx:
        windows.open_distribution(tx, published, 1)
    return published


def place(call: Caller, person: UUID, published: SaleSheetPublished, *quantities: int, key: str | None = None) -> Any:
    wishes = [
        Wish(offer_id=line.offer_id, quantity=n) for line, n in zip(published.lines, quantities, strict=False) if n
    ]
    command = PlaceOrder(distribution_id=published.distribution_id, lines=wishes)
    answer = placing.place(command, call(person, command, key))
    return Order.model_validate_json(answer) if isinstance(answer, bytes) else answer


def act(action: Callable[..., Any], call: Caller, person: UUID, command: Command) -> Any:
    with database.transaction() as tx:
        return action(tx, command, call(person, command))


def left(published: SaleSheetPublished) -> list[int | None]:
    with database.transaction() as tx:
        return list(sales.left(tx, published.distribution_id).values())


def said(kind: str) -> list[dict[str, Any]]:
    with database.transaction() as tx:
        rows = tx.execute(text("select body from outbox where type = :type order by id"), {"type": kind})
        return [orjson.loads(row.body) for row in rows]


def test_an_order_takes_its_goods_and_says_so_once(call: Caller) -> None:
    published = opened(sheet(line("Carrots"), line("Leeks", price_cents=133)))
    order = place(call, BOB, published, 2, 3)
    assert order.total_cents == 2 * 260 + 3 * 133
    assert left(published) == [8, 7]
    assert [one["order"]["order_id"] for one in said("orders.order_placed.v1")] == [str(order.order_id)]


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(call: Caller) -> None:
    published = opened(sheet(line()))
    first = place(call, BOB, published, 2, key="k")
    assert place(call, BOB, published, 2, key="k") == first
    assert left(published) == [8]
    with pytest.raises(Conflict, match="key-reused"):
        place(call, BOB, published, 3, key="k")


def test_a_line_that_is_short_refuses_the_whole_order_and_says_what_is_left(call: Caller) -> None:
    published = opened(sheet(line("Carrots"), line("Leeks", stock=1)))
    refused = place(call, BOB, published, 2, 2)
    assert isinstance(refused, Refused) and refused.code == "sold-out"
    assert [(one["name"], one["left"]) for one in refused.details["lines"]] == [("Carrots", 10), ("Leeks", 1)]
    assert left(published) == [10, 1]
    assert said("orders.order_placed.v1") == []


def test_unlimited_offers_are_never_short(call: Caller) -> None:
    published = opened(sheet(line(stock_mode=StockMode.UNLIMITED, stock=None)))
    assert place(call, BOB, published, 100_000).total_cents == 26_000_000
    assert left(published) == [None]


def test_ordering_again_adds_to_the_same_order(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks")))
    first = place(call, BOB, published, 2)
    again = place(call, BOB, published, 1, 4)
    assert again.order_id == first.order_id and again.version == 2
    assert [one.quantity for one in again.lines] == [3, 4]
    assert left(published) == [7, 6]


def test_amending_sets_absolute_quantities_of_named_lines(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks")))
    order = place(call, BOB, published, 2, 2)
    wish = Wish(offer_id=published.lines[0].offer_id, quantity=5)
    changed = act(amending.amend, call, BOB, AmendOrder(order_id=order.order_id, version=1, lines=[wish]))
    assert {one.name: one.quantity for one in changed.lines} == {"Carrots": 5, "Leeks": 2}
    assert left(published) == [5, 8]


def test_an_order_that_changed_meanwhile_is_a_conflict_that_shows_it(call: Caller) -> None:
    published = opened(sheet(line()))
    order = place(call, BOB, published, 2)
    place(call, BOB, published, 1)
    wish = Wish(offer_id=published.lines[0].offer_id, quantity=0)
    with pytest.raises(Conflict) as conflict:
        act(amending.amend, call, BOB, AmendOrder(order_id=order.order_id, version=1, lines=[wish]))
    assert conflict.value.details["order"]["lines"][0]["quantity"] == 3


def test_a_cancelled_order_gives_the_stock_back(call: Caller) -> None:
    published = opened(sheet(line()))
    order = place(call, BOB, published, 2)
    cancelled = act(amending.cancel, call, BOB, CancelOrder(order_id=order.order_id, version=1))
    assert cancelled.state == "cancelled" and left(published) == [10]
    assert len(said("orders.order_cancelled.v1")) == 1
    assert place(call, BOB, published, 1).order_id != order.order_id


def test_charlie_can_neither_change_nor_cancel_bobs_order(call: Caller) -> None:
    published = opened(sheet(line()))
    order = place(call, BOB, published, 2)
    with pytest.raises(NotFound):
        act(amending.cancel, call, CHARLIE, CancelOrder(order_id=order.order_id, version=1))
    assert left(published) == [8]


def test_after_the_window_nothing_is_taken(call: Caller) -> None:
    published = opened(sheet(line(), closes_at=datetime.now(UTC) + timedelta(hours=1)))
    with database.transaction() as tx:
        clock.move(tx, timedelta(hours=2))
    refused = place(call, BOB, published, 1)
    assert refused.code == "window-closed" and left(published) == [10]


def test_a_change_that_touches_a_frozen_line_is_refused_whole_and_names_it(call: Caller) -> None:
    noon = datetime.now(UTC) + timedelta(hours=1)
    published = opened(sheet(line("Baguette", producer_id=BAKERY, closes_at=noon), line("Carrots")))
    order = place(call, BOB, published, 3, 3)
    with database.transaction() as tx:
        clock.move(tx, timedelta(hours=2))
    wishes = [Wish(offer_id=one.offer_id, quantity=2) for one in published.lines]
    refused = act(amending.amend, call, BOB, AmendOrder(order_id=order.order_id, version=1, lines=wishes))
    assert refused.code == "line-closed" and "Baguette" in refused.message
    assert left(published) == [7, 7]
    alone = act(amending.amend, call, BOB, AmendOrder(order_id=order.order_id, version=1, lines=wishes[1:]))
    assert {one.name: one.quantity for one in alone.lines} == {"Baguette": 3, "Carrots": 2}
    assert place(call, CHARLIE, published, 1, 1).code == "line-closed"


def test_a_market_for_members_refuses_strangers(call: Caller) -> None:
    published = opened(sheet(line(), joining=Joining.ON_REQUEST))
    assert place(call, BOB, published, 1).code == "not-a-member"


@pytest.mark.parametrize("quantity, fault", [(1, "too-little"), (9, "too-much"), (3, "off-step")])
def test_a_quantity_outside_its_limits_is_named(call: Caller, quantity: int, fault: str) -> None:
    published = opened(sheet(line(minimum=2, maximum=8, step=2)))
    with pytest.raises(Malformed) as malformed:
        place(call, BOB, published, quantity)
    assert malformed.value.details["fields"][0]["code"] == fault


def test_forty_who_want_the_last_ten_get_exactly_ten(call: Caller) -> None:
    published = opened(sheet(line(stock=10), line("Leeks", stock=40)))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: place(call, UUID(int=1000 + n), published, 1, 1), range(40)))
    assert sum(isinstance(answer, Order) for answer in answers) == 10
    assert left(published) == [0, 30]


def test_one_stock_of_two_markets_is_sold_once(call: Caller) -> None:
    honey = line("Honey", stock_mode=StockMode.SHARED, stock=10)
    here, there = opened(sheet(honey)), opened(sheet(honey))
    with ThreadPoolExecutor(8) as pool:
        sold = pool.map(lambda n: place(call, UUID(int=1000 + n), here if n % 2 else there, 1), range(30))
    assert sum(isinstance(answer, Order) for answer in sold) == 10
    assert left(here) == left(there) == [0]


def test_two_first_orders_of_one_consumer_at_once_make_one(call: Caller) -> None:
    published = opened(sheet(line()))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: place(call, BOB, published, 1), range(4)))
    assert len({answer.order_id for answer in answers}) == 1
    assert left(published) == [6]


def test_the_clock_is_not_asked_once_for_each_line_of_a_big_sale(call: Caller) -> None:
    """It was, 150 times an order: most of what an order cost the database."""
    published = opened(sheet(*(line(f"Product {number}") for number in range(100))))
    with database.transaction() as tx:
        tx.execute(text("set local track_functions = 'all'"))
        tx.execute(text("set local enable_nestloop = off"))  # the plan that was chosen once there were statistics
        answered = placing_statement.place(tx, parameters_of(call, BOB, published))
        assert answered == "placed"
        asked = tx.execute(text("select pg_stat_get_xact_function_calls('halle_now'::regproc)")).scalar_one()
    assert asked < 20


def parameters_of(call: Caller, person: UUID, published: SaleSheetPublished) -> dict[str, Any]:
    """What placing gives its statement."""
    command = PlaceOrder(
        distribution_id=published.distribution_id, lines=[Wish(offer_id=published.lines[0].offer_id, quantity=2)]
    )
    given: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(placing, "_place", lambda parameters: given.append(parameters) or "placed")
        placing.place(command, call(person, command, None))
    return given[0]
