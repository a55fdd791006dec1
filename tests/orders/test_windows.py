"""Opening and closing: by timers, once, in order, with lists exact to the unit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text

from bus import clock, database, timers
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import NotFound
from contracts.lists import PreparationList
from contracts.members import PersonChanged
from contracts.orders import ChangeStock, Order
from services.orders.actions import (
    announcing,
    books,
    buyers,
    cancelling,
    day,
    dropping_out,
    expiring,
    knowing,
    lots,
    lowering,
    owing,
    raising,
    reading,
    reminding,
    shifting,
    windows,
    withdrawing,
)
from services.orders.store import lists
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, ODILE, line, sheet
from tests.orders.test_placing import act, left, opened, place, said

Caller = Callable[..., Call]
EFFECTS = {
    "close_lines": windows.close_lines,
    "tell_closing": announcing.tell_closing,
    "close_distribution": windows.close_distribution,
    "make_lists": windows.make_lists,
    "begin_handover": windows.begin_handover,
    "shorten_orders": dropping_out.shorten_orders,
    "expire_marks": expiring.expire_marks,
    "withdraw_lines": expiring.withdraw_lines,
    "reprice_orders": lowering.reprice_orders,
    "ask_buyers": raising.ask_buyers,
    "drop_lines": withdrawing.drop_lines,
    "call_off_orders": cancelling.call_off_orders,
    "tell_shift": shifting.tell_shift,
    "tell_recall": lots.tell_recall,
    "tell_buyers": buyers.tell_buyers,
    "tell_what_is_owed": owing.tell_next,
    "remind_of_handover": reminding.tell_next,
    "remind_of_books": books.remind,
    "close_books": books.close_by_itself,
    "forget_order": knowing.forget_order,
    "forget_names": knowing.forget_names,
}


def later(**span: float) -> None:
    with database.transaction() as tx:
        clock.move(tx, timedelta(**span))


def do_what_is_due() -> int:
    done = 0
    while timers.do_next(EFFECTS):
        done += 1
    return done


def preparation_lists() -> dict[UUID, PreparationList]:
    found = [
        PreparationList.model_validate(one["preparation_list"]) for one in said("orders.preparation_list_ready.v1")
    ]
    assert len(found) == len({one.producer_id for one in found}), "a list was said twice"
    return {one.producer_id: one for one in found}


def state_of(published: SaleSheetPublished) -> str:
    with database.transaction() as tx:
        return str(tx.execute(text("select state from distributions")).scalar_one())


def a_sale_closing_in_an_hour(**changes: Any) -> SaleSheetPublished:
    closes_at = datetime.now(UTC) + timedelta(hours=1)
    lines = [line("Carrots", closes_at=closes_at), line("Leeks", closes_at=closes_at)]
    return opened(sheet(*lines, closes_at=closes_at, **changes))


def test_nothing_closes_before_its_hour(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    assert do_what_is_due() == 1, "it is said that it closes soon"
    assert state_of(published) == "open"


def test_at_the_close_the_farmer_has_the_exact_list_once(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    place(call, BOB, published, 2, 1)
    place(call, CHARLIE, published, 3)
    later(hours=1)
    do_what_is_due()
    made = preparation_lists()[FARM]
    assert {one.name: one.quantity for one in made.totals} == {"Carrots": 5, "Leeks": 1}
    assert [(one.number, one.quantities) for one in made.orders] == [(1, [2, 1]), (2, [3, 0])]
    assert made.amount_cents == 6 * 260 and state_of(published) == "closed"
    assert do_what_is_due() == 0


def test_a_sale_opened_after_its_close_takes_nothing_and_closes_at_once(call: Caller) -> None:
    now = datetime.now(UTC)
    published = opened(sheet(line(closes_at=now), closes_at=now - timedelta(hours=2)))
    assert place(call, BOB, published, 1).code == "window-closed"
    do_what_is_due()
    assert state_of(published) == "closed" and preparation_lists()[FARM].totals == []


def test_an_outage_over_close_and_hand_over_leaves_no_sale_behind(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    place(call, BOB, published, 2)
    later(days=4)
    do_what_is_due()
    assert state_of(published) == "handover"
    assert [one.quantity for one in preparation_lists()[FARM].totals] == [2]


def test_the_baker_closes_first_and_each_gets_one_list(call: Caller) -> None:
    noon, evening = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=3)
    bread = line("Baguette", producer_id=BAKERY, closes_at=noon)
    published = opened(sheet(bread, line("Carrots", closes_at=evening), closes_at=evening))
    place(call, BOB, published, 3, 2)
    later(hours=2)
    do_what_is_due()
    early = preparation_lists()
    assert list(early) == [BAKERY] and early[BAKERY].orders[0].number is None
    assert place(call, BOB, published, 1).code == "line-closed"
    assert isinstance(place(call, BOB, published, 0, 1), Order)
    later(hours=4)
    do_what_is_due()
    assert {k: v.totals[0].quantity for k, v in preparation_lists().items()} == {BAKERY: 3, FARM: 3}


def test_after_an_outage_all_that_was_missed_is_done_in_order(call: Caller) -> None:
    noon, evening = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=3)
    bread = line("Baguette", producer_id=BAKERY, closes_at=noon)
    published = opened(sheet(bread, line("Carrots", closes_at=evening), closes_at=evening))
    place(call, BOB, published, 3, 2)
    later(hours=5)
    do_what_is_due()
    assert set(preparation_lists()) == {BAKERY, FARM}


def test_a_sheet_that_comes_again_opens_nothing_twice(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    place(call, BOB, published, 2)
    opened(published)
    assert left(published) == [8, 10]
    assert len(said("orders.distribution_changed.v1")) == 1


def test_a_window_that_closes_while_orders_are_in_flight_splits_them_cleanly(call: Caller) -> None:
    published = opened(sheet(line(stock=1000)))
    with database.transaction() as tx:
        tx.execute(
            text("update timers set due_at = halle_now(), retry_at = halle_now() where name = 'close_distribution'")
        )
    people = [UUID(int=5000 + n) for n in range(50)]
    with ThreadPoolExecutor(12) as pool:
        flying = [pool.submit(place, call, person, published, 2) for person in people]
        closing = pool.submit(do_what_is_due)
        answers = [one.result() for one in flying]
        closing.result()
    acknowledged = {answer.code for answer in answers if isinstance(answer, Order)}
    do_what_is_due()
    assert {one.code for one in preparation_lists()[FARM].orders} == acknowledged
    assert left(published) == [1000 - 2 * len(acknowledged)]


def test_lists_print_the_names_that_members_said(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    place(call, BOB, published, 2)
    heard: Any = type("Heard", (), {"seq": 2})
    known = PersonChanged(person_id=BOB, name="Bob Blanc", email=None, phone=None, language="fr")
    with database.transaction() as tx:
        knowing.know_person(tx, known, heard)
        heard.seq = 1
        knowing.know_person(tx, known.model_copy(update={"name": "Older"}), heard)
    later(hours=1)
    do_what_is_due()
    assert preparation_lists()[FARM].orders[0].name == "Bob Blanc"


def grant(person: UUID, right: str, object_id: UUID | None) -> None:
    with database.transaction() as tx:
        statement = text("insert into grants values (:id, :person, :right, :object, true, null, 1)")
        tx.execute(statement, {"id": uuid4(), "person": person, "right": right, "object": object_id})


def test_lists_are_for_those_who_sell_or_organise_and_nobody_else(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    place(call, BOB, published, 2)
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", published.market_id)
    with database.transaction() as tx:
        for person in (ALICE, ODILE):
            standing = reading.preparation_list(tx, published.distribution_id, FARM, person)
            assert isinstance(standing, PreparationList) and standing.orders[0].code
        assert [row.lines[0].quantity for row in day.handover_list(tx, published.distribution_id, ODILE)] == [2]
        for person in (BOB, CHARLIE):
            assert not lists.may_read_list(tx, published.distribution_id, FARM, person)
            with pytest.raises(NotFound):
                day.handover_list(tx, published.distribution_id, person)


def test_only_who_sells_an_offer_changes_its_stock(call: Caller) -> None:
    published = a_sale_closing_in_an_hour()
    place(call, BOB, published, 2)
    grant(ALICE, "sell", FARM)
    offer_id = published.lines[0].offer_id
    command = ChangeStock(distribution_id=published.distribution_id, offer_id=offer_id, left=50)

    def change(tx: Connection, command: ChangeStock, call: Call) -> Any:
        return reading.change_stock(tx, command, call.asker.person_id, call.key or "")

    for person in (BOB, CHARLIE, ODILE):
        with pytest.raises(NotFound):
            act(change, call, person, command)
    act(change, call, ALICE, command)
    assert left(published) == [50, 10]
    with database.transaction() as tx:
        moves = tx.execute(text("select change from stock_moves where reason = 'changed'"))
        assert moves.scalars().all() == [42]
