"""After the close people telephone: what is added with the farm's yes, never oversold, owed for and written down."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished, StockMode
from contracts.day import DropOut, ReadDropOut
from contracts.errors import Malformed, NotFound
from contracts.expiring import Decision
from contracts.late import AddLateLines, LateLine, ListLateLines, More
from contracts.messages import Refused
from contracts.money import Unit
from contracts.orders import DistributionState, Order, OrderState
from services.orders.actions import dropping_out, late
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_day import chicken, handed, known, on_the_day, read, settle
from tests.orders.test_expiring import decide, listed, organic
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later, preparation_lists

Caller = Callable[..., Call]
ADDED = "orders.late_lines_added.v1"


def add(
    call: Caller, person: UUID, published: SaleSheetPublished, order: Order, n: int = 0, more: int = 1, **changes: Any
) -> Any:
    offer = published.lines[n]
    lines = [More(offer_id=offer.offer_id, quantity=more)]
    said_so: dict[str, Any] = {"producer_id": offer.producer_id, "lines": lines, "agreed": "Jeanne, par téléphone"}
    return act(late.add, call, person, AddLateLines(order_id=order.order_id, **said_so | changes))


def log_for(call: Caller, person: UUID, published: SaleSheetPublished) -> list[LateLine]:
    found: list[LateLine] = act(late.of_sale, call, person, ListLateLines(distribution_id=published.distribution_id))
    return found


def two_farms() -> SaleSheetPublished:
    """Carrots and leeks of Alice's farm, bread of the bakery where Malik sells."""
    bread = line("Pain", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
    published = opened(sheet(line(), line("Leeks", price_cents=133), bread))
    grant(MALIK, "sell", BAKERY)
    return published


def test_what_is_added_is_owed_taken_from_stock_and_told_and_the_number_stays(call: Caller) -> None:
    published = two_farms()
    order, _ = on_the_day(call, published, (BOB, (3,)), (CHARLIE, (1,)))
    lists = preparation_lists()
    add(call, ODILE, published, order, 0, 2)
    row = add(call, ODILE, published, order, 1, 4)
    after = read(order)
    assert [(one.name, one.quantity) for one in after.lines] == [
        ("Carrots", 5),
        ("Leeks", 4),
    ] and row.lines == after.lines
    assert (after.total_cents, after.number, after.version) == (5 * 260 + 4 * 133, order.number, order.version + 2)
    assert left(published) == [4, 6, 10]
    assert [one["order"]["version"] for one in said("orders.order_changed.v1")] == [2, 3]
    owed = [one["order"] for one in said("orders.order_owed.v1") if one["order_id"] == str(order.order_id)]
    assert (owed[-1]["version"], owed[-1]["total_cents"]) == (3, after.total_cents)
    assert preparation_lists() == lists, "the list stays as it was at the close"


def test_the_farm_is_told_once_per_addition_and_who_entered_it_is_in_the_log(call: Caller) -> None:
    published = two_farms()
    known(ODILE, "Odile Vert", email=None, phone=None)
    (order,) = on_the_day(call, published, (BOB, (3,)))
    both = [More(offer_id=one.offer_id, quantity=2) for one in published.lines[:2]]
    add(call, ODILE, published, order, lines=both)
    (told,) = said(ADDED)
    assert (told["producer_name"], told["by_person"]) == ("Ferme des Alpilles", str(ODILE))
    entered = log_for(call, ODILE, published)
    assert [LateLine.model_validate(one) for one in told["lines"]] == entered
    assert [(one.name, one.quantity, one.number) for one in entered] == [("Carrots", 2, 1), ("Leeks", 2, 1)]
    assert {(one.agreed, one.entered_by) for one in entered} == {("Jeanne, par téléphone", "Odile Vert")}


def test_the_log_is_only_written_and_each_farm_sees_its_own(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    add(call, ODILE, published, order, 0)
    add(call, ODILE, published, order, 2)
    seen = {person: [one.name for one in log_for(call, person, published)] for person in (ODILE, ALICE, MALIK, BOB)}
    assert seen == {ODILE: ["Carrots", "Pain"], ALICE: ["Carrots"], MALIK: ["Pain"], BOB: []}
    for change in ("update late_lines set quantity = 9", "delete from late_lines"):
        with pytest.raises(DBAPIError, match="only written"), database.transaction() as tx:
            tx.execute(text(change))


def test_who_sells_for_the_farm_says_yes_himself_and_others_must_name_who_did(call: Caller) -> None:
    published = two_farms()
    known(ALICE, "Alice Roux", email=None, phone=None)
    (order,) = on_the_day(call, published, (BOB, (3,)))
    add(call, ALICE, published, order, 1, agreed=" ")
    assert [(one.agreed, one.entered_by) for one in log_for(call, ALICE, published)] == [("Alice Roux", "Alice Roux")]
    with pytest.raises(Malformed) as malformed:
        add(call, ODILE, published, order, agreed=" ")
    assert [(one["field"], one["code"]) for one in malformed.value.details["fields"]] == [("agreed", "missing")]


def test_strangers_and_farms_that_the_order_has_nothing_of_add_nothing(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    for person, n in ((BOB, 0), (CHARLIE, 0), (MALIK, 0), (MALIK, 2), (ALICE, 2)):
        with pytest.raises(NotFound):
            add(call, person, published, order, n)
    with pytest.raises(NotFound):
        add(call, ODILE, published, order, producer_id=UUID(int=999))
    assert read(order) == order and said(ADDED) == []


def test_a_deputy_adds_with_the_farm_s_yes(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    grant(CHARLIE, "handover", published.distribution_id)
    add(call, CHARLIE, published, order, 2)
    assert [one.name for one in log_for(call, CHARLIE, published)] == ["Pain"]


def test_more_than_is_left_is_refused_whole_and_says_what_is_left(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (8,)))
    wishes = [More(offer_id=one.offer_id, quantity=3) for one in published.lines[:2]]
    refused = add(call, ODILE, published, order, lines=wishes)
    assert isinstance(refused, Refused) and refused.code == "sold-out"
    assert [(one["name"], one["left"]) for one in refused.details["lines"]] == [("Carrots", 2), ("Leeks", 10)]
    assert read(order) == order and left(published) == [2, 10, 10] and said(ADDED) == []


def test_many_who_add_the_last_ones_at_once_oversell_nothing(call: Caller) -> None:
    published = opened(sheet(line(stock=30)))
    orders = on_the_day(call, published, *((UUID(int=1000 + n), (1,)) for n in range(20)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: add(call, ODILE, published, orders[n % 20]), range(40)))
    assert sum(not isinstance(answer, Refused) for answer in answers) == 10
    assert left(published) == [0] and sum(read(order).lines[0].quantity for order in orders) == 30


@pytest.mark.parametrize("more, fault", [(1, "off-step"), (6, "too-much")])
def test_the_whole_line_keeps_to_the_sheet_s_limits(call: Caller, more: int, fault: str) -> None:
    published = opened(sheet(line(minimum=4, maximum=8, step=2), line("Leeks", minimum=2)))
    (order,) = on_the_day(call, published, (BOB, (4,)))
    with pytest.raises(Malformed) as malformed:
        add(call, ODILE, published, order, 0, more)
    assert [(one["field"], one["code"]) for one in malformed.value.details["fields"]] == [("lines.0.quantity", fault)]
    with pytest.raises(Malformed, match="at least 2 of Leeks"):
        add(call, ODILE, published, order, 1, 1)
    assert [one.quantity for one in add(call, ODILE, published, order, 0, 2).lines] == [6]


def test_lines_of_another_farm_or_named_twice_are_not_on_the_sheet(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    twice = [More(offer_id=published.lines[0].offer_id, quantity=1)] * 2
    for changes, code in (({"producer_id": BAKERY}, "not-on-the-sheet"), ({"lines": twice}, "named-twice")):
        with pytest.raises(Malformed) as malformed:
            add(call, ODILE, published, order, **changes)
        assert {one["code"] for one in malformed.value.details["fields"]} == {code}


def test_what_is_short_stays_short_and_what_was_weighed_is_weighed_again(call: Caller) -> None:
    published = opened(sheet(chicken(), line("Carrots", unit=Unit.KILOGRAM, stock=9000)))
    (order,) = on_the_day(call, published, (BOB, (1, 2000)))
    settle(call, ALICE, published, (order, 0, {"grams": 1743}), (order, 1, {"short": 500}))
    add(call, ODILE, published, order, 0)
    add(call, ODILE, published, order, 1, 1500)
    hen, carrots = read(order).lines
    assert (hen.quantity, hen.weighed_grams, hen.amount_cents) == (2, None, 2 * 2142)
    assert (carrots.quantity, carrots.short, carrots.amount_cents) == (3000, 500, 780)


def test_unlimited_goods_are_always_there(call: Caller) -> None:
    published = opened(sheet(line(stock_mode=StockMode.UNLIMITED, stock=None)))
    (order,) = on_the_day(call, published, (BOB, (1,)))
    assert add(call, ODILE, published, order, 0, 100).lines[0].quantity == 101


@pytest.mark.parametrize(
    "stage, code",
    [
        (DistributionState.OPEN, "not-closed"), (DistributionState.CLOSING, "not-closed"),
        (DistributionState.CLOSED, ""), (DistributionState.HANDOVER, ""),
        (DistributionState.CLOSING_BOOKS, "books-closed"), (DistributionState.FINAL, "books-closed"),
        (DistributionState.CANCELLING, "not-closed"), (DistributionState.CANCELLED, "not-closed"),
    ],
)  # fmt: skip
def test_lines_are_added_between_the_close_and_the_books(call: Caller, stage: DistributionState, code: str) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    with database.transaction() as tx:
        tx.execute(text("update distributions set state = :stage"), {"stage": stage})
    answer = add(call, ODILE, published, order)
    assert (answer.code if isinstance(answer, Refused) else "") == code
    assert len(said(ADDED)) == (not code)


@pytest.mark.parametrize("became, code", [(OrderState.HANDED_OVER, "handed-over"), (OrderState.ABSENT, "absent")])
def test_nothing_is_added_to_an_order_that_left_the_hall(call: Caller, became: OrderState, code: str) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    handed(call, ODILE, order, became)
    assert add(call, ODILE, published, order).code == code
    handed(call, ODILE, order, OrderState.PLACED)
    assert add(call, ODILE, published, order).order_id == order.order_id


def test_nothing_is_added_to_an_order_that_is_cancelled(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    settle(call, ALICE, published, (order, 0, {"short": 3}))
    assert add(call, ODILE, published, order, 2).code == "cancelled"


def test_nothing_of_a_farm_that_dropped_out_is_added(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3, 0, 1)))
    about = {"distribution_id": published.distribution_id, "producer_id": FARM}
    seen = act(dropping_out.figures, call, ODILE, ReadDropOut(**about))
    act(dropping_out.drop_out, call, ODILE, DropOut(**about, orders=seen.orders, amount_cents=seen.amount_cents))
    do_what_is_due()
    assert add(call, ODILE, published, order, 1).code == "dropped-out"
    assert add(call, ODILE, published, order, 2).lines[0].quantity == 2, "the baker still comes"


def test_no_more_is_added_of_what_lost_the_mark_that_the_market_asks_for(call: Caller) -> None:
    ended = datetime.now(UTC) + timedelta(hours=30)
    published = opened(sheet(line(qualifies_until=ended), line("Leeks")))
    (order,) = on_the_day(call, published, (BOB, (3,)))
    assert add(call, ODILE, published, order).lines[0].quantity == 4
    later(days=1, hours=8)
    assert add(call, ODILE, published, order).code == "mark-expired"
    assert add(call, ODILE, published, order, 1).lines[-1].name == "Leeks"


def test_nothing_is_added_of_what_was_withdrawn_while_the_sale_was_open(call: Caller) -> None:
    published = opened(sheet(organic("Carrots", datetime.now(UTC) + timedelta(hours=12)), line("Leeks")))
    place(call, CHARLIE, published, 1)
    grant(ODILE, "organise", published.market_id)
    later(hours=12)
    do_what_is_due()
    decide(call, listed(call, ODILE, published)[0], Decision.WITHDRAWN)
    (order,) = on_the_day(call, published, (BOB, (0, 1)))
    assert add(call, ODILE, published, order).code == "withdrawn"
    assert add(call, ODILE, published, order, 1).lines[0].quantity == 2


def test_an_order_of_an_open_sale_is_changed_by_its_consumer_and_nobody_else(call: Caller) -> None:
    published = two_farms()
    order = place(call, BOB, published, 3)
    grant(ODILE, "organise", published.market_id)
    assert add(call, ODILE, published, order).code == "not-closed"
