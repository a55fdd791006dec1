"""A grower who comes from 80 € on: asked at once when less was ordered, and what becomes of each answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished, Threshold
from contracts.day import DropOut, ReadDropOut
from contracts.errors import Conflict, Malformed, NotFound
from contracts.orders import OrderState
from contracts.presence import Coming, ConfirmPresence, ListPresences, Presence
from services.orders.actions import dropping_out, presences, reading
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, ODILE, line, sheet
from tests.orders.test_day import read
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later

Caller = Callable[..., Call]
MISSED = "orders.threshold_missed.v1"


def a_sale(threshold_cents: int = 8000) -> SaleSheetPublished:
    """Carrots at 6.43 from a farm that closes an hour before the baker and comes from so much on."""
    soon, evening = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=2)
    carrots = line(price_cents=643, closes_at=soon, stock=100)
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", closes_at=evening, stock=100)
    wanted = [Threshold(producer_id=FARM, threshold_cents=threshold_cents)]
    published = opened(sheet(carrots, bread, closes_at=evening, thresholds=wanted))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", published.market_id)
    return published


def seen(call: Caller, person: UUID, published: SaleSheetPublished) -> list[Presence]:
    command = ListPresences(distribution_id=published.distribution_id)
    found: list[Presence] = act(presences.of_sale, call, person, command)
    return found


def confirm(
    call: Caller,
    person: UUID,
    published: SaleSheetPublished,
    coming: Coming,
    carrier: str = "",
    version: int | None = None,
) -> Any:
    about = {"distribution_id": published.distribution_id, "producer_id": FARM, "version": version}
    return act(presences.confirm, call, person, ConfirmPresence(**about, coming=coming, carrier=carrier))


def nine_order(call: Caller, published: SaleSheetPublished) -> list[Any]:
    """64.30 ordered by nine people, of whom one takes two."""
    return [place(call, UUID(int=7000 + n), published, 2 if n == 0 else 1, n % 2) for n in range(9)]


def test_a_farm_below_its_threshold_is_asked_at_its_own_close_and_once(call: Caller) -> None:
    published = a_sale()
    nine_order(call, published)
    assert said(MISSED) == []
    later(hours=1)
    do_what_is_due()
    (asked,) = said(MISSED)
    assert (asked["ordered_cents"], asked["threshold_cents"], asked["people"]) == (6430, 8000, 9)
    later(hours=3)
    do_what_is_due()
    assert len(said(MISSED)) == 1
    (row,) = seen(call, ALICE, published)
    assert row.asked_at is not None and (row.ordered_cents, row.people, row.coming) == (6430, 9, None)
    assert [one.producer_name for one in seen(call, ODILE, published)] == ["Ferme des Alpilles", "Fournil"]


@pytest.mark.parametrize("threshold_cents", [6430, 100])
def test_a_farm_that_reached_its_threshold_is_not_asked(threshold_cents: int, call: Caller) -> None:
    published = a_sale(threshold_cents)
    nine_order(call, published)
    later(hours=3)
    do_what_is_due()
    assert said(MISSED) == []
    assert confirm(call, ALICE, published, Coming.WITHDRAWN).code == "not-asked"


def test_a_farm_of_which_nothing_was_ordered_is_not_asked(call: Caller) -> None:
    a_sale()
    later(hours=3)
    do_what_is_due()
    assert said(MISSED) == []


def test_the_threshold_stands_on_the_sheet_that_people_order_from(call: Caller) -> None:
    published = a_sale()
    with database.transaction() as tx:
        shown = reading.sale_sheet(tx, published.distribution_id)
    assert shown.thresholds == [Threshold(producer_id=FARM, threshold_cents=8000)]


def test_a_neighbour_carries_and_that_may_be_said_anew(call: Caller) -> None:
    published = a_sale()
    orders = nine_order(call, published)
    later(hours=3)
    do_what_is_due()
    with pytest.raises(Malformed, match="carrie"):
        confirm(call, ALICE, published, Coming.CARRIED, " ")
    carried = confirm(call, ALICE, published, Coming.CARRIED, "Jean Bleu, 04 90 00 00 00")
    assert (carried.coming, carried.carrier) == (Coming.CARRIED, "Jean Bleu, 04 90 00 00 00")
    assert confirm(call, ODILE, published, Coming.IN_PERSON).carrier == ""
    told = said("orders.presence_confirmed.v1")
    assert [(one["version"], one["coming"]) for one in told] == [(1, "carried"), (2, "in_person")]
    assert [read(order).total_cents for order in orders] == [order.total_cents for order in orders]


def test_of_two_who_answer_at_once_the_second_sees_the_first_answer(call: Caller) -> None:
    published = a_sale()
    read_by_both = seen(call, ALICE, published)[0].version
    assert confirm(call, ALICE, published, Coming.CARRIED, "Jean Bleu", read_by_both).version == read_by_both + 1
    with pytest.raises(Conflict, match="changed"):
        confirm(call, ODILE, published, Coming.IN_PERSON, version=read_by_both)
    assert seen(call, ALICE, published)[0].coming is Coming.CARRIED


def test_a_farm_that_withdraws_shorts_its_lines_and_nothing_is_back_on_sale(call: Caller) -> None:
    published = a_sale()
    orders = nine_order(call, published)
    assert confirm(call, ALICE, published, Coming.WITHDRAWN).code == "not-asked"
    later(hours=3)
    do_what_is_due()
    stock = left(published)
    confirm(call, ALICE, published, Coming.WITHDRAWN)
    do_what_is_due()
    after = [read(order) for order in orders]
    assert sum(one.state is OrderState.CANCELLED for one in after) == 5 and left(published) == stock
    assert sum(one.total_cents for one in after) == 4 * 260
    assert {one["because"] for one in said("orders.order_shortened.v1")} == {"threshold"}
    assert confirm(call, ALICE, published, Coming.IN_PERSON).code == "dropped-out"


def test_a_farm_that_closed_before_the_others_withdraws_while_people_may_still_order_elsewhere(call: Caller) -> None:
    published = a_sale()
    orders = nine_order(call, published)
    later(hours=1)
    do_what_is_due()
    assert confirm(call, ALICE, published, Coming.WITHDRAWN).coming is Coming.WITHDRAWN
    do_what_is_due()
    assert len(said("orders.order_shortened.v1")) == 9, "told at once, and not when the baker has closed too"
    emptied = [order.consumer_id for order in orders if read(order).state is OrderState.CANCELLED]
    assert len(emptied) == 5 and place(call, emptied[0], published, 0, 2).state is OrderState.PLACED
    later(hours=3)
    do_what_is_due()
    assert len(said(MISSED)) == 1 and confirm(call, ALICE, published, Coming.IN_PERSON).code == "dropped-out"


def test_a_farm_that_dropped_out_before_is_not_asked(call: Caller) -> None:
    published = a_sale()
    nine_order(call, published)
    about = {"distribution_id": published.distribution_id, "producer_id": FARM}
    figures = act(dropping_out.figures, call, ALICE, ReadDropOut(**about))
    command = DropOut(**about, orders=figures.orders, amount_cents=figures.amount_cents)
    act(dropping_out.drop_out, call, ALICE, command)
    later(hours=3)
    do_what_is_due()
    assert said(MISSED) == []


def test_strangers_neither_see_nor_say_how_a_farm_comes(call: Caller) -> None:
    published = a_sale()
    for person in (BOB, CHARLIE):
        with pytest.raises(NotFound):
            seen(call, person, published)
        with pytest.raises(NotFound):
            confirm(call, person, published, Coming.IN_PERSON)
    assert [one.producer_id for one in seen(call, ALICE, published)] == [FARM], "Alice does not see the baker"


def test_whoever_looks_sees_that_a_farm_dropped_out(call: Caller) -> None:
    published = a_sale()
    nine_order(call, published)
    later(hours=3)
    do_what_is_due()
    confirm(call, ALICE, published, Coming.IN_PERSON)
    about = {"distribution_id": published.distribution_id, "producer_id": FARM}
    before = act(dropping_out.figures, call, ODILE, ReadDropOut(**about))
    act(dropping_out.drop_out, call, ODILE, DropOut(**about, orders=before.orders, amount_cents=before.amount_cents))
    assert [one.dropped_out for one in seen(call, ODILE, published)] == [True, False]
    assert [one.dropped_out for one in seen(call, ALICE, published)] == [True]
