"""A price lowered while people order: everybody pays it, whoever ordered before as well, and is told once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bus import database, timers
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import NotFound
from contracts.lowering import LowerPrice
from contracts.messages import Refused
from contracts.orders import AmendOrder, CancelOrder, Wish
from services.orders.actions import amending, dropping_out, lowering, reading
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel
from tests.orders.test_cancelling import figures as cancellation
from tests.orders.test_day import chicken, read
from tests.orders.test_placing import act, opened, place, said
from tests.orders.test_twins import until_blocked
from tests.orders.test_windows import EFFECTS, do_what_is_due, grant, later, preparation_lists

Caller = Callable[..., Call]
REPRICED = "orders.order_repriced.v1"


@pytest.fixture
def published() -> SaleSheetPublished:
    """Carrots at 2.60, a chicken of about 1.8 kg at 11.90, and the baker's bread, who closes early; open for a day."""
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120, stock=100)
    sale = opened(sheet(line(stock=100), chicken(), bread))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", sale.market_id)
    return sale


def lower(call: Caller, published: SaleSheetPublished, cents: int, person: UUID = ALICE, offer: int = 0) -> Any:
    about = {"distribution_id": published.distribution_id, "offer_id": published.lines[offer].offer_id}
    return act(lowering.lower, call, person, LowerPrice(price_cents=cents, **about))


def test_what_was_ordered_takes_the_lower_price_and_each_is_told_once(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowering, "BATCH", 2)
    orders = [place(call, UUID(int=7000 + n), published, n, 0, 1) for n in range(6)]
    answer = lower(call, published, 240)
    assert (answer.name, answer.old_price_cents, answer.price_cents) == ("Carrots", 260, 240)
    assert place(call, MALIK, published, 3).total_cents == 720, "what is ordered in between has the new price"
    do_what_is_due()
    assert [read(one).total_cents for one in orders] == [120 + 240 * n for n in range(6)]
    told = said(REPRICED)
    assert [one["order"]["order_id"] for one in told] == [str(one.order_id) for one in orders[1:]]
    assert [(one["old_total_cents"], one["order"]["total_cents"]) for one in told] == [
        (120 + 260 * n, 120 + 240 * n) for n in range(1, 6)
    ]
    assert {one["old_price_cents"] for one in told} == {260}
    with database.transaction() as tx:
        shown = reading.sale_sheet(tx, published.distribution_id)
    assert (shown.version, shown.lines[0].price_cents) == (2, 240)


def test_a_worker_that_dies_between_two_batches_tells_nobody_twice(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowering, "BATCH", 2)
    orders = [place(call, UUID(int=7000 + n), published, 1) for n in range(5)]
    lower(call, published, 240)
    assert timers.do_next(EFFECTS)

    def dies(effect: Callable[..., None], *args: Any) -> None:
        effect(*args)
        raise MemoryError("the worker is killed before it commits")

    with pytest.raises(MemoryError), database.transaction() as tx:
        timers._do_next({"reprice_orders": partial(dies, lowering.reprice_orders)}, [], tx)
    do_what_is_due()
    assert [(read(one).version, read(one).total_cents) for one in orders] == [(2, 240)] * 5
    assert len(said(REPRICED)) == 5


def test_the_amount_of_what_is_weighed_later_follows_by_the_one_formula(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 0, 2)
    assert order.total_cents == 4284
    lower(call, published, 1001, offer=1)
    do_what_is_due()
    assert read(order).total_cents == 3604, "3.6 kg at 10.01"


def test_an_order_that_waits_for_the_lowering_to_commit_has_the_new_price(
    call: Caller, published: SaleSheetPublished
) -> None:
    """Its statement began while the old price was all that could be seen."""
    command = LowerPrice(
        distribution_id=published.distribution_id, offer_id=published.lines[0].offer_id, price_cents=240
    )
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            lowering.lower(tx, command, call(ALICE, command))
            waiting = pool.submit(place, call, BOB, published, 2)
            until_blocked(1)
        assert waiting.result(20).total_cents == 480
    do_what_is_due()
    assert said(REPRICED) == []


def test_two_lowerings_in_a_row_come_to_the_last_price(call: Caller, published: SaleSheetPublished) -> None:
    early = place(call, BOB, published, 2)
    lower(call, published, 250)
    between = place(call, CHARLIE, published, 2)
    lower(call, published, 230)
    late = place(call, MALIK, published, 2)
    do_what_is_due()
    assert [read(one).total_cents for one in (early, between, late)] == [460] * 3
    assert [(one["old_total_cents"], one["order"]["total_cents"]) for one in said(REPRICED)] == [(520, 460), (500, 460)]


def test_a_change_or_cancellation_before_the_batch_leaves_nothing_to_tell(
    call: Caller, published: SaleSheetPublished
) -> None:
    bob, charlie = place(call, BOB, published, 2), place(call, CHARLIE, published, 2)
    lower(call, published, 240)
    more = Wish(offer_id=published.lines[0].offer_id, quantity=5)
    assert (
        act(amending.amend, call, BOB, AmendOrder(order_id=bob.order_id, version=1, lines=[more])).total_cents == 1200
    )
    act(amending.cancel, call, CHARLIE, CancelOrder(order_id=charlie.order_id, version=1))
    do_what_is_due()
    assert said(REPRICED) == [] and read(charlie).total_cents == 520


def test_a_close_that_falls_into_the_batches_waits_for_the_last(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowering, "BATCH", 1)
    for n in range(3):
        place(call, UUID(int=7000 + n), published, 1)
    later(hours=23, minutes=59)
    lower(call, published, 240)
    later(days=3)
    do_what_is_due()
    assert preparation_lists()[FARM].amount_cents == 720
    assert {one["order"]["total_cents"] for one in said("orders.order_owed.v1")} == {240}


def test_a_sale_that_is_cancelled_in_between_calls_every_order_off_once(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2)
    lower(call, published, 240)
    cancel(call, ODILE, published, cancellation(call, ODILE, published))
    do_what_is_due()
    assert read(order).state == "cancelled" and len(said("orders.order_called_off.v1")) == 1


STEPS = st.one_of(st.integers(1, 5), st.integers(200, 259), st.none())
"""Small numbers are orders of so many by the next of three people, big ones lower prices, nothing is a batch."""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=12))
def test_after_any_history_each_order_has_the_last_price_and_every_total_was_told(
    call: Caller, steps: list[int | None]
) -> None:
    sale = opened(sheet(line(stock=1000)))
    grant(ALICE, "sell", FARM)
    price, placed = 260, []
    for turn, step in enumerate(steps):
        if step is None:
            timers.do_next(EFFECTS)
        elif step < 200:
            placed.append(place(call, (BOB, CHARLIE, MALIK)[turn % 3], sale, step))
        elif step < price:
            lower(call, sale, price := step)
        else:
            assert lower(call, sale, step).code == "not-lower"
    do_what_is_due()
    repriced = [one for one in said(REPRICED) if one["order"]["distribution_id"] == str(sale.distribution_id)]
    told = {(str(one.order_id), one.version): one.total_cents for one in placed}
    told |= {(one["order"]["order_id"], one["order"]["version"]): one["order"]["total_cents"] for one in repriced}
    assert len(told) == len(placed) + len(repriced), "each version was told once"
    for one in repriced:
        assert told[one["order"]["order_id"], one["order"]["version"] - 1] == one["old_total_cents"]
    for order in map(read, placed):
        assert order.lines[0].price_cents == price
        assert order.total_cents == price * order.lines[0].quantity == told[str(order.order_id), order.version]


def test_a_raise_is_refused_with_what_to_do_instead(call: Caller, published: SaleSheetPublished) -> None:
    for cents in (260, 300):
        refused = lower(call, published, cents)
        assert isinstance(refused, Refused) and refused.code == "not-lower"
        assert "raise the price" in refused.message and refused.details == {"price_cents": 260}


def test_only_open_lines_have_a_price_to_lower_and_only_for_who_sells_them(call: Caller) -> None:
    noon = sheet().opens_at.replace(microsecond=0)
    published = opened(sheet(line(), line("Leeks", closes_at=noon)))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", published.market_id)
    for person in (BOB, CHARLIE, ODILE):
        with pytest.raises(NotFound):
            lower(call, published, 240, person)
    assert lower(call, published, 240, offer=1).code == "line-closed"
    with database.transaction() as tx:
        dropping_out.leave_sheet(tx, published.distribution_id, [published.lines[0].offer_id])
    assert lower(call, published, 240).code == "withdrawn"
    later(days=1)
    assert lower(call, published, 240).code == "window-closed"
