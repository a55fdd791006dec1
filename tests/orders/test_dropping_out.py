"""A broken tractor at six in the morning: one action, in batches that survive whatever stops them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from bus import database, timers
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.day import DropOut, DropOutFigures, ReadDropOut, SetHandover
from contracts.errors import Conflict, NotFound
from contracts.lists import PreparationList
from contracts.messages import Refused
from contracts.orders import AmendOrder, CancelOrder, Order, OrderState, Wish
from services.orders.actions import amending, day, dropping_out
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_day import known, on_the_day, read, settle
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_twins import until_blocked
from tests.orders.test_windows import EFFECTS, do_what_is_due, grant, later, preparation_lists

Caller = Callable[..., Call]


def figures(call: Caller, person: UUID, published: SaleSheetPublished) -> DropOutFigures:
    command = ReadDropOut(distribution_id=published.distribution_id, producer_id=FARM)
    answer: DropOutFigures = act(dropping_out.figures, call, person, command)
    return answer


def drop_out(call: Caller, person: UUID, published: SaleSheetPublished, seen: DropOutFigures, **changes: Any) -> Any:
    shown = seen.model_dump(include={"distribution_id", "producer_id", "orders", "amount_cents"})
    return act(dropping_out.drop_out, call, person, DropOut(**shown | {"reason": "Tracteur en panne."} | changes))


def a_sale_of_two_farms(stock: int = 1000) -> SaleSheetPublished:
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120, stock=stock)
    return opened(sheet(line("Carrots", stock=stock), line("Leeks", price_cents=133, stock=stock), bread))


def test_a_broken_tractor_at_six(call: Caller) -> None:
    """46 orders hold 812.40 of one farm; 5 of them nothing else, 7 of their people have no e-mail."""
    lines = [line("Légumes", price_cents=1660, stock=99), line("Agneau", price_cents=6_540, stock=9)]
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120, stock=99)
    published = opened(sheet(*lines, bread))
    people = [UUID(int=7000 + n) for n in range(46)]
    for n, person in enumerate(people):
        email = None if n < 7 else f"p{n}@caromb.example"
        known(person, f"P {n}", email=email, phone=f"+3349062{n:04}")
    wishes = [(0 if n == 45 else 1, 1 if n == 45 else 0, 0 if 20 <= n < 25 else 2) for n in range(46)]
    orders = on_the_day(call, published, *zip(people, wishes, strict=True))
    numbers, stock = [one.number for one in orders], left(published)
    seen = figures(call, ALICE, published)
    wanted = (46, 5, 81_240, 7)
    assert (seen.orders, seen.emptied, seen.amount_cents, seen.by_telephone) == wanted and seen.declared_at is None

    drop_out(call, ALICE, published, seen)
    do_what_is_due()
    after = [read(one) for one in orders]
    assert sum(one.state is OrderState.CANCELLED for one in after) == 5
    assert sum(one.total_cents for one in orders) - sum(one.total_cents for one in after) == 81_240
    assert [one.number for one in after] == numbers and left(published) == stock
    told = said("orders.order_shortened.v1")
    assert len(told) == 46 and {one["note"] for one in told} == {"Tracteur en panne."}
    with database.transaction() as tx:
        called = day.telephone_list(tx, published.distribution_id, ODILE)
    assert [row.name for row in called] == [f"P {n}" for n in range(7)]
    (summary,) = said("orders.producer_dropped_out.v1")
    assert (summary["shortened"], summary["cancelled"], summary["amount_cents"]) == (41, 5, 81_240)
    assert figures(call, ODILE, published).done_at is not None
    again = drop_out(call, ALICE, published, seen)
    assert isinstance(again, Refused) and again.code == "dropped-out"
    assert settle(call, ALICE, published, (orders[0], 0, {"short": 0})).code == "dropped-out", "everybody was told"


def test_a_worker_that_dies_between_two_batches_loses_nothing_and_repeats_nothing(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping_out, "BATCH", 2)
    published = a_sale_of_two_farms()
    orders = on_the_day(call, published, *[(UUID(int=7000 + n), (1, 0, 1)) for n in range(5)])
    drop_out(call, ODILE, published, figures(call, ODILE, published))
    assert timers.do_next(EFFECTS)

    def dies(effect: Callable[..., None], *args: Any) -> None:
        effect(*args)
        raise MemoryError("the worker is killed before it commits")

    with pytest.raises(MemoryError), database.transaction() as tx:
        timers._do_next({"shorten_orders": partial(dies, dropping_out.shorten_orders)}, [], tx)
    do_what_is_due()
    assert [read(one).version for one in orders] == [2] * 5
    assert len(said("orders.order_shortened.v1")) == 5 and len(said("orders.producer_dropped_out.v1")) == 1


def test_figures_that_moved_meanwhile_are_a_conflict_that_shows_them(call: Caller) -> None:
    published = a_sale_of_two_farms()
    on_the_day(call, published, (BOB, (2, 0, 1)), (CHARLIE, (1, 1)))
    seen = figures(call, ALICE, published)
    with pytest.raises(Conflict, match="figures-moved") as conflict:
        drop_out(call, ALICE, published, seen, orders=1)
    assert conflict.value.details["figures"]["orders"] == 2
    assert do_what_is_due() == 0


def test_while_the_window_is_open_the_farm_leaves_the_sale_as_well(call: Caller) -> None:
    published = a_sale_of_two_farms()
    grant(ALICE, "sell", FARM)
    bob, charlie = place(call, BOB, published, 2, 1, 1), place(call, CHARLIE, published, 1)
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    refused = place(call, MALIK, published, 1, 0, 1)
    assert (refused.code, [one["name"] for one in refused.details["lines"]]) == ("line-closed", ["Carrots"])
    more = AmendOrder(order_id=bob.order_id, version=1, lines=[Wish(offer_id=published.lines[1].offer_id, quantity=5)])
    refused = act(amending.amend, call, BOB, more)
    assert (refused.code, [one["name"] for one in refused.details["lines"]]) == ("line-closed", ["Leeks"])
    do_what_is_due()
    assert [(one.name, one.quantity, one.short) for one in read(bob).lines] == [
        ("Carrots", 0, 2), ("Leeks", 0, 1), ("Baguette", 1, 0)
    ]  # fmt: skip
    assert read(charlie).state is OrderState.CANCELLED
    assert isinstance(place(call, MALIK, published, 0, 0, 3), Order), "the baker still sells"
    cancelled = act(amending.cancel, call, BOB, CancelOrder(order_id=bob.order_id, version=2))
    assert cancelled.state is OrderState.CANCELLED
    later(days=1)
    do_what_is_due()
    made: dict[UUID, PreparationList] = preparation_lists()
    assert made[FARM].totals == [] and made[FARM].orders == [] and made[BAKERY].totals[0].quantity == 3


def test_a_close_that_falls_between_two_batches_waits_for_the_last(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping_out, "BATCH", 1)
    published = a_sale_of_two_farms()
    grant(ALICE, "sell", FARM)
    for person in (BOB, CHARLIE, MALIK):
        place(call, person, published, 2, 0, 1)
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    later(days=1)
    do_what_is_due()
    made = preparation_lists()
    assert made[FARM].totals == [] and made[BAKERY].totals[0].quantity == 3


def test_a_farm_without_orders_drops_out_at_once(call: Caller) -> None:
    published = a_sale_of_two_farms()
    on_the_day(call, published, (BOB, (0, 0, 1)))
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    do_what_is_due()
    assert figures(call, ALICE, published).done_at is not None
    assert said("orders.order_shortened.v1") == []


def test_nobody_else_says_that_a_farm_does_not_come(call: Caller) -> None:
    published = a_sale_of_two_farms()
    on_the_day(call, published, (BOB, (2,)))
    grant(MALIK, "sell", BAKERY)
    grant(MALIK, "handover", published.distribution_id)
    seen = figures(call, ALICE, published)
    for person in (BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            figures(call, person, published)
        with pytest.raises(NotFound):
            drop_out(call, person, published, seen)
    assert do_what_is_due() == 0


def test_two_who_say_it_at_once_say_it_once(call: Caller) -> None:
    published = opened(sheet(line(closes_at=datetime.now(UTC) + timedelta(days=1))))
    on_the_day(call, published, (BOB, (2,)))
    seen = figures(call, ALICE, published)
    drop_out(call, ODILE, published, seen)
    assert drop_out(call, ALICE, published, seen).code == "dropped-out"
    with database.transaction() as tx:
        assert tx.execute(text("select count(*) from drop_outs")).scalar_one() == 1


def test_an_order_that_is_handed_over_before_its_batch_comes_stands(call: Caller) -> None:
    published = a_sale_of_two_farms()
    (order,) = on_the_day(call, published, (BOB, (2,)))
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    command = SetHandover(order_id=order.order_id, version=order.version, state=OrderState.HANDED_OVER)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            day.set_handover(tx, command, call(ODILE, command))
            batch = pool.submit(do_what_is_due)
            until_blocked(1)
        batch.result(20)
    after = read(order)
    assert (after.state, after.total_cents) == (OrderState.HANDED_OVER, order.total_cents)
    assert said("orders.order_shortened.v1") == []
