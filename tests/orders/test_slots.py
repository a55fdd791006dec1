"""Slots of a hand-over: never fuller than they may be, kept through changes, given back by whoever gives up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import Conflict, Malformed
from contracts.messages import Refused
from contracts.orders import AmendOrder, CancelOrder, ChooseSlot, Order, PlaceOrder, Wish
from contracts.slots import SlotPlan
from contracts.wall import on_the_wall
from services.orders.actions import amending, choosing, placing
from services.orders.actions import day as the_day
from services.orders.store import choosing as store
from services.orders.store import day as sales
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_day import read
from tests.orders.test_dropping_out import drop_out, figures
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_raising import raised
from tests.orders.test_shifting import ZONE, at, shift
from tests.orders.test_twins import until_blocked
from tests.orders.test_windows import do_what_is_due, grant, later, state_of

Caller = Callable[..., Call]


@pytest.fixture
def published() -> SaleSheetPublished:
    """Carrots of Alice's and the baker's bread, fetched within two hours, two orders each half an hour."""
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
    plan = SlotPlan(minutes=30, capacity=2)
    sale = opened(sheet(line("Carrots", stock=30), bread).model_copy(update={"slots": plan}))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", sale.market_id)
    return sale


def starts(published: SaleSheetPublished) -> list[datetime]:
    with database.transaction() as tx:
        return [one.starts_at for one in choosing.of_sale(tx, published.distribution_id)]


def room(published: SaleSheetPublished) -> list[int]:
    with database.transaction() as tx:
        return [one.left for one in choosing.of_sale(tx, published.distribution_id)]


def order_at(
    call: Caller, person: UUID, published: SaleSheetPublished, slot: datetime | None, quantity: int = 1, key: str = ""
) -> Any:
    wish = Wish(offer_id=published.lines[0].offer_id, quantity=quantity)
    command = PlaceOrder(distribution_id=published.distribution_id, lines=[wish], slot=slot)
    answer = placing.place(command, call(person, command, key or None))
    return Order.model_validate_json(answer) if isinstance(answer, bytes) else answer


def choose(call: Caller, order: Order, slot: datetime | None, version: int = 0) -> Any:
    command = ChooseSlot(order_id=order.order_id, version=version or order.version, slot=slot)
    command_call = call(order.consumer_id, command)

    def work(tx: Any) -> Any:
        return amending.choose_slot(tx, command, command_call)

    return database.atomically(work)


def test_a_slot_is_taken_with_the_order_and_stands_wherever_the_order_is_shown(
    call: Caller, published: SaleSheetPublished
) -> None:
    first, second = starts(published)[:2]
    bob = order_at(call, BOB, published, first, key="k")
    assert order_at(call, BOB, published, first, key="k") == bob == read(bob)
    assert bob.slot.starts_at == published.starts_at == first and bob.slot.ends_at == second
    assert said("orders.order_placed.v1")[0]["order"]["slot"]["time_zone"] == "Europe/Paris"
    place(call, CHARLIE, published, 1)
    with database.transaction() as tx:
        rows = list(the_day.handover_list(tx, published.distribution_id, ODILE))
    assert {row.slot for row in rows} == {bob.slot, None}
    assert room(published) == [1, 2, 2, 2] and left(published)[0] == 28


def test_as_many_as_there_is_room_for_get_in_and_the_others_are_told_what_is_left(
    call: Caller, published: SaleSheetPublished
) -> None:
    """Half of them order with the slot, half choose it later, all at once."""
    first, second = starts(published)[:2]
    people = [UUID(int=8000 + n) for n in range(12)]
    placed = {person: place(call, person, published, 1) for person in people[::2]}

    def ask(person: UUID) -> Any:
        if person in placed:
            return choose(call, placed[person], first)
        return order_at(call, person, published, first)

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(ask, people))
    refused = [one for one in answers if isinstance(one, Refused)]
    assert len(answers) - len(refused) == 2
    assert {one.code for one in refused} == {"slot-full"}
    assert [one["left"] for one in refused[-1].details["slots"]] == [0, 2, 2, 2]
    assert room(published) == [0, 2, 2, 2]
    kept = [one for one in answers if isinstance(one, Order)]
    assert left(published)[0] == 30 - len(placed) - sum(one.consumer_id not in placed for one in kept)
    again = order_at(call, people[1], published, second)
    assert again.slot.starts_at == second


def test_a_slot_is_chosen_anew_kept_by_changes_and_given_back(call: Caller, published: SaleSheetPublished) -> None:
    first, second = starts(published)[:2]
    offer = published.lines[0].offer_id
    order = choose(call, place(call, BOB, published, 1), first)
    assert choose(call, order, first) == order
    order = choose(call, order, second)
    assert (order.version, order.slot.starts_at, room(published)) == (3, second, [2, 1, 2, 2])
    assert said("orders.order_changed.v1")[-1]["order"]["slot"] == order.slot.model_dump(mode="json")
    with pytest.raises(Conflict):
        choose(call, order, first, version=2)
    wish = Wish(offer_id=offer, quantity=3)
    amended = act(amending.amend, call, BOB, AmendOrder(order_id=order.order_id, version=3, lines=[wish]))
    added = order_at(call, BOB, published, None)
    assert amended.slot == added.slot == read(added).slot == order.slot
    moved = order_at(call, BOB, published, first)
    assert (moved.slot.starts_at, room(published)) == (first, [1, 2, 2, 2])
    cancelled = act(amending.cancel, call, BOB, CancelOrder(order_id=order.order_id, version=moved.version))
    assert cancelled.slot is None and room(published) == [2, 2, 2, 2]
    order = choose(call, order_at(call, BOB, published, first), None)
    assert order.slot is None and room(published) == [2, 2, 2, 2]


def test_what_is_refused_takes_no_slot_and_is_judged_again(call: Caller, published: SaleSheetPublished) -> None:
    first = starts(published)[0]
    assert order_at(call, BOB, published, first, 31, key="k").code == "sold-out"
    bob = order_at(call, BOB, published, None, 20)
    assert order_at(call, BOB, published, first, 11, key="more").code == "sold-out"
    assert room(published) == [2, 2, 2, 2] and read(bob).slot is None
    act(amending.amend, call, BOB, AmendOrder(order_id=bob.order_id, version=1, lines=[_carrots(published, 5)]))
    assert order_at(call, BOB, published, first, 11, key="more").slot.starts_at == first
    with pytest.raises(Malformed):
        order_at(call, CHARLIE, published, published.ends_at)
    later(days=1)
    assert order_at(call, CHARLIE, published, first).code == "window-closed"
    assert choose(call, read(bob), None).code == "window-closed"


def test_an_order_left_empty_while_others_may_still_order_gives_its_slot_back(
    call: Caller, published: SaleSheetPublished
) -> None:
    first, second = starts(published)[:2]
    gone = [order_at(call, person, published, slot) for person, slot in ((BOB, second), (CHARLIE, first))]
    stays = choose(call, place(call, MALIK, published, 1, 1), first)
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    do_what_is_due()
    assert [read(one).slot for one in (*gone, stays)] == [None, None, stays.slot]
    assert room(published) == [1, 2, 2, 2]


def test_a_line_that_nobody_confirmed_by_its_farm_s_close_gives_the_slot_of_its_order_back(call: Caller) -> None:
    plain = sheet()
    early = line("Carrots", closes_at=plain.closes_at - timedelta(hours=12))
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", closes_at=plain.closes_at)
    slots = SlotPlan(minutes=30, capacity=2)
    published = opened(plain.model_copy(update={"lines": [early, bread], "slots": slots}))
    grant(ALICE, "sell", FARM)
    first = starts(published)[0]
    gone = order_at(call, BOB, published, first)
    stays = choose(call, place(call, CHARLIE, published, 1, 1), first)
    raised(call, published, 300)
    later(hours=13)
    do_what_is_due()
    assert (state_of(published), read(gone).state, read(gone).slot) == ("open", "cancelled", None)
    assert read(stays).slot == stays.slot and room(published) == [1, 2, 2, 2]


def test_a_shift_takes_the_slots_along_and_everybody_keeps_the_one_chosen(
    call: Caller, published: SaleSheetPublished
) -> None:
    before, week = starts(published), timedelta(days=7)
    bob, charlie = order_at(call, BOB, published, before[0]), order_at(call, CHARLIE, published, before[1])
    with pytest.raises(Malformed) as refused:
        shift(call, published, ends_at=on_the_wall(at(published, "ends_at", 7) + timedelta(minutes=30), ZONE))
    assert refused.value.details["fields"][0]["code"] == "slots" and starts(published) == before
    shift(call, published)
    assert starts(published) == [one + week for one in before] and room(published) == [1, 1, 2, 2]
    moved = [read(one).slot for one in (bob, charlie)]
    assert [(one.starts_at, one.ends_at) for one in moved if one] == [
        (before[n] + week, before[n + 1] + week) for n in range(2)
    ]
    with pytest.raises(Malformed):
        choose(call, bob, before[2])
    assert choose(call, bob, before[2] + week).version == 2 and room(published) == [2, 1, 1, 2]
    act(amending.cancel, call, CHARLIE, CancelOrder(order_id=charlie.order_id, version=1))
    assert room(published) == [2, 2, 1, 2]


def test_an_order_left_empty_while_the_sale_is_shifted_gives_its_slot_back(
    call: Caller, published: SaleSheetPublished
) -> None:
    order_at(call, BOB, published, starts(published)[0])
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            sales.hold_alone(tx, published.distribution_id)
            store.move(tx, published.distribution_id, timedelta(days=7))
            emptied = pool.submit(do_what_is_due)
            until_blocked(1)
        emptied.result(20)
    assert room(published) == [2, 2, 2, 2]


def _carrots(published: SaleSheetPublished, quantity: int) -> Wish:
    return Wish(offer_id=published.lines[0].offer_id, quantity=quantity)
