"""Lots: typed at preparation, found by number across sales, recalled once to each person who got some."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import Conflict, Malformed, NotFound
from contracts.lots import FindLot, Lot, LotOfOrder, LotTrace, NoteLots, ProductLots, ReadLots, RecallLot
from contracts.orders import CancelOrder, OrderState
from services.orders.actions import amending, lots, reading
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_day import handed, known, on_the_day, settle
from tests.orders.test_placing import act, opened, place, said
from tests.orders.test_twins import until_blocked
from tests.orders.test_windows import do_what_is_due, grant

Caller = Callable[..., Call]
RECALLED = "orders.lot_recalled.v1"
CHEESE = Lot(number="C-2611 A", use_by=date(2026, 12, 20))
OTHER = Lot(number="C-2612 B")


def note(
    call: Caller, person: UUID, published: SaleSheetPublished, *used: Lot, orders: dict[UUID, Lot] | None = None
) -> Any:
    """The lots of the first product."""
    which = [LotOfOrder(order_id=order, number=lot.number) for order, lot in (orders or {}).items()]
    product = ProductLots(offer_id=published.lines[0].offer_id, lots=list(used), orders=which)
    about = {"distribution_id": published.distribution_id, "producer_id": published.lines[0].producer_id}
    return act(lots.note, call, person, NoteLots(**about, products=[product]))


def find(call: Caller, person: UUID, number: str = CHEESE.number, producer_id: UUID = FARM) -> LotTrace:
    found: LotTrace = act(lots.find, call, person, FindLot(producer_id=producer_id, number=number))
    return found


def recall(call: Caller, person: UUID, orders: int, message: str = "Rapportez-la.") -> Any:
    command = RecallLot(producer_id=FARM, number=CHEESE.number, orders=orders, message=message)
    answer = act(lots.recall, call, person, command)
    do_what_is_due()
    return answer


def test_who_got_a_lot_is_one_question_for_all_sales_however_it_is_typed(call: Caller) -> None:
    market = {"market_id": UUID(int=202), "market_name": "Marché de Bédoin"}
    first, second = opened(sheet(line("Tomme"))), opened(sheet(line("Tomme"), **market))
    known(BOB, "Bob", email="bob@example.org", phone="+33490620001")
    known(CHARLIE, "Charlie", email=None, phone="+33490620002")
    third = place(call, BOB, second, 3)
    one, two = on_the_day(call, first, (BOB, (1,)), (CHARLIE, (2,)))
    for sale in (first, second):
        note(call, ALICE, sale, CHEESE)
    for number in (CHEESE.number, " c-2611a"):
        rows = find(call, ALICE, number).rows
        assert {row.order_id: row.quantity for row in rows} == {
            one.order_id: 1, two.order_id: 2, third.order_id: 3
        }  # fmt: skip
    shown = {row.order_id: (row.name, row.by_mail, row.phone, row.use_by, row.is_certain) for row in rows}
    assert shown[one.order_id] == ("Bob", True, None, CHEESE.use_by, True)
    assert shown[two.order_id] == ("Charlie", False, "+33490620002", CHEESE.use_by, True)
    assert find(call, ALICE, OTHER.number).rows == []


def test_where_two_lots_were_used_those_of_whom_it_is_not_known_may_have_either(call: Caller) -> None:
    published = opened(sheet(line("Tomme")))
    known_one, unknown, other = on_the_day(call, published, (BOB, (1,)), (CHARLIE, (1,)), (MALIK, (1,)))
    of_order = {known_one.order_id: CHEESE, other.order_id: OTHER}
    noted = note(call, ALICE, published, CHEESE, OTHER, orders=of_order)
    about = {"distribution_id": published.distribution_id, "producer_id": FARM}
    assert act(lots.read, call, ODILE, ReadLots(**about)) == noted
    assert {row.order_id: row.is_certain for row in find(call, ALICE).rows} == {
        known_one.order_id: True, unknown.order_id: False
    }  # fmt: skip
    note(call, ALICE, published, OTHER)
    assert find(call, ALICE).rows == [] and len(find(call, ALICE, OTHER.number).rows) == 3, "it was corrected"
    note(call, ALICE, published)
    assert find(call, ALICE, OTHER.number).rows == []


def test_of_two_who_note_at_once_the_later_word_stands_whole(call: Caller) -> None:
    """Else an order could stand under a lot that is no lot of the product any more, and no recall would find it."""
    published = opened(sheet(line("Tomme")))
    (order,) = on_the_day(call, published, (BOB, (1,)))
    product = {"offer_id": published.lines[0].offer_id}
    about = {"distribution_id": published.distribution_id, "producer_id": FARM}
    which = [LotOfOrder(order_id=order.order_id, number=CHEESE.number)]
    first = NoteLots(**about, products=[ProductLots(**product, lots=[CHEESE, OTHER], orders=which)])
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            lots.note(tx, first, call(ALICE, first))
            corrected = pool.submit(note, call, ODILE, published, OTHER)
            until_blocked(1)
        assert corrected.result(20) == [ProductLots(**product, lots=[OTHER])]
    assert find(call, ALICE).rows == []
    assert [row.order_id for row in find(call, ALICE, OTHER.number).rows] == [order.order_id]


def test_who_cancelled_or_goes_short_got_nothing_and_who_was_absent_may_yet_fetch_it(call: Caller) -> None:
    published = opened(sheet(line("Tomme"), line("Leeks")))
    cancelled = place(call, MALIK, published, 1)
    act(amending.cancel, call, MALIK, CancelOrder(order_id=cancelled.order_id, version=1))
    short, absent = on_the_day(call, published, (BOB, (1, 1)), (CHARLIE, (2,)))
    settle(call, ALICE, published, (short, 0, {"short": 1}))
    handed(call, ODILE, absent, OrderState.ABSENT)
    note(call, ALICE, published, CHEESE)
    assert [(row.order_id, row.state) for row in find(call, ALICE).rows] == [(absent.order_id, OrderState.ABSENT)]


def test_organisers_see_their_own_market_operators_all_and_others_nothing(call: Caller) -> None:
    elsewhere = opened(sheet(line("Tomme"), market_id=UUID(int=202)))
    here = opened(sheet(line("Tomme")))
    place(call, BOB, here, 1)
    place(call, BOB, elsewhere, 1)
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", here.market_id)
    grant(MALIK, "operate", None)
    for sale in (here, elsewhere):
        note(call, ALICE, sale, CHEESE)
    assert {who: find(call, who).orders for who in (ALICE, ODILE, MALIK)} == {ALICE: 2, ODILE: 1, MALIK: 2}
    for stranger, farm in ((BOB, FARM), (CHARLIE, FARM), (ALICE, BAKERY)):
        with pytest.raises(NotFound):
            find(call, stranger, producer_id=farm)
        with pytest.raises(NotFound):
            act(lots.recall, call, stranger, RecallLot(producer_id=farm, number="x", orders=1, message="x"))
    with pytest.raises(NotFound):
        note(call, BOB, here, CHEESE)


def test_a_recall_tells_each_person_once_of_all_he_has(call: Caller) -> None:
    first, second = opened(sheet(line("Tomme"))), opened(sheet(line("Tomme")))
    place(call, BOB, second, 3)
    on_the_day(call, first, (BOB, (1,)), (CHARLIE, (2,)))
    note(call, ALICE, first, CHEESE)
    note(call, ALICE, second, CHEESE)
    answer = recall(call, ALICE, 3)
    assert all(row.recalled_at for row in answer.rows)
    told = {one["person_id"]: one for one in said(RECALLED)}
    assert {who: [it["quantity"] for it in one["goods"]] for who, one in told.items()} == {
        str(BOB): [1, 3], str(CHARLIE): [2]
    }  # fmt: skip
    assert {(one["message"], one["lot"], one["producer_name"]) for one in told.values()} == {
        ("Rapportez-la.", CHEESE.number, "Ferme des Alpilles")
    }
    recall(call, ALICE, 3)
    assert len(said(RECALLED)) == 2, "one message to one person once"


def test_a_recall_is_said_again_only_to_those_who_are_found_later(call: Caller, monkeypatch: Any) -> None:
    monkeypatch.setattr(lots, "BATCH", 2)
    first, second = opened(sheet(line("Tomme", stock=90))), opened(sheet(line("Tomme")))
    people = [UUID(int=1000 + n) for n in range(5)]
    for person in (people[0], BOB):
        place(call, person, second, 1)
    on_the_day(call, first, *((person, (1,)) for person in people))
    note(call, ALICE, first, CHEESE)
    recall(call, ALICE, 5)
    assert sorted(one["person_id"] for one in said(RECALLED)) == sorted(map(str, people)), "in batches"
    note(call, ALICE, second, CHEESE)
    with pytest.raises(Conflict, match="figures-moved"):
        recall(call, ALICE, 5)
    recall(call, ALICE, 7, "Et ceux-ci aussi.")
    assert [(one["person_id"], one["message"]) for one in said(RECALLED)[5:]] == [(str(BOB), "Et ceux-ci aussi.")]


def test_whom_a_recall_found_no_goods_of_is_told_when_some_are_found(call: Caller) -> None:
    published = opened(sheet(line("Tomme")))
    on_the_day(call, published, (BOB, (1,)))
    note(call, ALICE, published, CHEESE)
    command = RecallLot(producer_id=FARM, number=CHEESE.number, orders=1, message="Rapportez-la.")
    act(lots.recall, call, ALICE, command)
    note(call, ALICE, published, OTHER)
    do_what_is_due()
    assert said(RECALLED) == []
    note(call, ALICE, published, CHEESE)
    recall(call, ALICE, 1)
    assert [one["person_id"] for one in said(RECALLED)] == [str(BOB)]


def test_the_preparation_list_shows_the_lots_of_its_products(call: Caller) -> None:
    published = opened(sheet(line("Tomme"), line("Leeks")))
    on_the_day(call, published, (BOB, (1, 1)))
    note(call, ALICE, published, CHEESE, OTHER)
    with database.transaction() as tx:
        found = reading.preparation_list(tx, published.distribution_id, FARM, ALICE)
    assert {one.name: one.lots for one in found.totals} == {"Tomme": [CHEESE, OTHER], "Leeks": []}


def test_what_is_not_of_the_farm_or_named_twice_is_malformed_at_its_field(call: Caller) -> None:
    published = opened(sheet(line("Tomme"), line("Pain", producer_id=BAKERY)))
    (order,) = on_the_day(call, published, (BOB, (1, 1)))
    bread = ProductLots(offer_id=published.lines[1].offer_id, lots=[CHEESE])
    command = NoteLots(distribution_id=published.distribution_id, producer_id=FARM, products=[bread])
    tried: list[tuple[Callable[[], Any], str]] = [
        (lambda: act(lots.note, call, ALICE, command), "products.0.offer_id"),
        (lambda: note(call, ALICE, published, CHEESE, Lot(number="c-2611a")), "products.0.lots"),
        (lambda: note(call, ALICE, published, CHEESE, orders={uuid4(): CHEESE}), "products.0.orders"),
        (lambda: note(call, ALICE, published, CHEESE, orders={order.order_id: OTHER}), "products.0.orders"),
    ]
    for attempt, field in tried:
        with pytest.raises(Malformed) as malformed:
            attempt()
        assert [one["field"] for one in malformed.value.details["fields"]] == [field]
