"""A price raised while people order: nobody pays more than he agreed to, and what nobody confirmed is dropped."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import Conflict, NotFound, Unavailable
from contracts.expiring import Decision
from contracts.orders import AmendOrder, Order, OrderState, PlaceOrder, Wish
from contracts.raising import ConfirmPrice, PriceRaise, RaisePrice, ReadPriceRaise
from services.orders.actions import amending, placing, raising
from services.orders.actions import day as days
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel
from tests.orders.test_cancelling import figures as cancellation
from tests.orders.test_day import known, read
from tests.orders.test_dropping_out import drop_out
from tests.orders.test_dropping_out import figures as drop_out_figures
from tests.orders.test_lowering import lower
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later, preparation_lists
from tests.orders.test_withdrawing import figures as withdrawal
from tests.orders.test_withdrawing import withdraw

Caller = Callable[..., Call]
ASKED = "orders.price_confirmation_asked.v1"
EVENING = datetime.now(UTC) + timedelta(days=2)
DROPPED = "orders.unconfirmed_lines_dropped.v1"


@pytest.fixture
def published() -> SaleSheetPublished:
    """Alice's carrots at 2.60 and leeks, and the baker's bread; open for a day."""
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
    sale = opened(sheet(line(stock=100), line("Leeks", stock=100), bread))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", sale.market_id)
    return sale


def figures(call: Caller, published: SaleSheetPublished, person: UUID = ALICE) -> PriceRaise:
    about = {"distribution_id": published.distribution_id, "offer_id": published.lines[0].offer_id}
    answer: PriceRaise = act(raising.figures, call, person, ReadPriceRaise(**about))
    return answer


def raised(call: Caller, published: SaleSheetPublished, cents: int, person: UUID = ALICE, **changes: Any) -> Any:
    seen = figures(call, published, person).model_dump(include=set(RaisePrice.model_fields)) | {"price_cents": cents}
    return act(raising.raise_price, call, person, RaisePrice(**seen | changes))


def confirm(call: Caller, person: UUID, order: Order, cents: int) -> Any:
    about = {"order_id": order.order_id, "version": read(order).version, "offer_id": order.lines[0].offer_id}
    return act(raising.confirm, call, person, ConfirmPrice(price_cents=cents, **about))


def amend(call: Caller, person: UUID, order: Order, quantity: int) -> Any:
    wish = Wish(offer_id=order.lines[0].offer_id, quantity=quantity)
    command = AmendOrder(order_id=order.order_id, version=read(order).version, lines=[wish])
    return act(amending.amend, call, person, command)


def test_each_buyer_is_asked_once_and_pays_what_he_agreed_to(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raising, "BATCH", 2)
    people = [UUID(int=7000 + n) for n in range(5)]
    orders = [place(call, person, published, 2, 0, 1) for person in people]
    seen = figures(call, published, ODILE)
    assert (seen.orders, seen.emptied, seen.amount_cents, seen.waiting) == (5, 0, 2600, 0)
    assert raised(call, published, 300, ODILE, reason="Gel.").price_cents == 300
    assert place(call, BOB, published, 1).total_cents == 300, "who orders now pays the price that he sees"
    do_what_is_due()
    told = said(ASKED)
    assert [one["order"]["order_id"] for one in told] == [str(one.order_id) for one in orders]
    assert {(one["order"]["total_cents"], one["order"]["version"], one["reason"]) for one in told} == {(640, 2, "Gel.")}
    assert {one["order"]["lines"][0]["asked_cents"] for one in told} == {300}
    assert figures(call, published).waiting == 5

    confirmed = confirm(call, people[0], orders[0], 300)
    assert (confirmed.total_cents, confirmed.lines[0].asked_cents) == (720, None)
    assert {one.amount_cents for one in read(confirmed).lines} == {600, 120}
    assert amend(call, people[1], orders[1], 3).code == "price-asked"
    assert amend(call, people[1], orders[1], 0).total_cents == 120
    assert left(published) == [100 - 2 * 4 - 1, 100, 5]
    later(days=1)
    do_what_is_due()
    assert [read(one).total_cents for one in orders] == [720, 120, 120, 120, 120]
    assert [one["order"]["dropped"][0]["quantity"] for one in said(DROPPED)] == [2, 2, 2]
    made = preparation_lists()[FARM]
    assert [(one.quantity, one.amount_cents) for one in made.totals] == [(3, 900)]
    assert left(published)[0] == 100 - 3, "what nobody confirmed was not sold"
    assert {one["order"]["total_cents"] for one in said("orders.order_owed.v1")} == {720, 120, 300}


def test_an_order_with_nothing_else_is_cancelled_and_who_has_no_mail_is_called(
    call: Caller, published: SaleSheetPublished
) -> None:
    known(BOB, "Bob Blanc", email=None, phone="0490000000")
    known(CHARLIE, "Charlie", email="charlie@caromb.example", phone=None)
    order = place(call, BOB, published, 2)
    place(call, CHARLIE, published, 1)
    raised(call, published, 300)
    do_what_is_due()

    def to_be_called() -> list[Any]:
        with database.transaction() as tx:
            rows = days.telephone_list(tx, published.distribution_id, ODILE)
        return [(r.name, [one.asked_cents for one in r.asked], [one.price_cents for one in r.dropped]) for r in rows]

    assert to_be_called() == [("Bob Blanc", [300], [])]
    later(days=1)
    do_what_is_due()
    after = read(order)
    assert after.state is OrderState.CANCELLED and [one.price_cents for one in after.dropped] == [300]
    assert to_be_called() == [("Bob Blanc", [], [300])]
    assert preparation_lists()[FARM].totals == []


def test_an_early_close_drops_its_own_lines_before_its_list_is_made(call: Caller) -> None:
    published = opened(sheet(line(), line("Bread", producer_id=BAKERY, closes_at=EVENING), closes_at=EVENING))
    grant(ALICE, "sell", FARM)
    order = place(call, BOB, published, 2, 1)
    raised(call, published, 300)
    later(days=1)
    assert confirm(call, BOB, order, 300).code == "line-closed"
    do_what_is_due()
    assert list(preparation_lists()) == [FARM] and preparation_lists()[FARM].totals == []
    assert read(order).total_cents == 260 and left(published) == [10, 9]


def test_a_price_that_falls_again_needs_no_answer_and_one_that_moved_is_looked_at_again(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2)
    raised(call, published, 300)
    do_what_is_due()
    lower(call, published, 280)
    with pytest.raises(Conflict, match="price-moved"):
        confirm(call, BOB, order, 300)
    lower(call, published, 250)
    do_what_is_due()
    after = read(order)
    assert (after.total_cents, after.lines[0].asked_cents) == (500, None)
    with pytest.raises(Conflict, match="price-moved"):
        confirm(call, BOB, order, 300)
    raised(call, published, 300)
    raised(call, published, 310)
    do_what_is_due()
    assert len(said(ASKED)) == 2, "two raises in a row are one question"
    withdraw(call, withdrawal(call, published), Decision.KEPT)
    assert confirm(call, BOB, order, 310).total_cents == 620, "what is kept may be agreed to"


def test_a_lower_price_that_is_still_being_written_comes_first(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2)
    lower(call, published, 240)
    with pytest.raises(Unavailable):
        raised(call, published, 300)
    do_what_is_due()
    raised(call, published, 300)
    later(days=1)
    do_what_is_due()
    assert read(order).state is OrderState.CANCELLED and said("orders.order_repriced.v1")


def test_nobody_orders_dearer_than_the_sheet_that_he_looked_at(call: Caller, published: SaleSheetPublished) -> None:
    standing = place(call, CHARLIE, published, 0, 1)
    raised(call, published, 300)

    def wanted(offer: int, version: int | None) -> PlaceOrder:
        wish = Wish(offer_id=published.lines[offer].offer_id, quantity=1)
        return PlaceOrder(distribution_id=published.distribution_id, sheet_version=version, lines=[wish])

    for command, person in ((wanted(0, 1), BOB), (wanted(0, 1), CHARLIE)):
        refused: Any = placing.place(command, call(person, command))
        assert refused.code == "price-raised" and refused.details["lines"][0]["price_cents"] == 300
    assert read(standing).version == 1 and left(published)[0] == 100
    for fine, person in ((wanted(1, 1), BOB), (wanted(0, 2), MALIK)):
        assert isinstance(placing.place(fine, call(person, fine)), bytes)


def test_a_raise_is_for_who_sells_or_organises_higher_and_as_it_was_seen(
    call: Caller, published: SaleSheetPublished
) -> None:
    grant(MALIK, "sell", BAKERY)
    for person in (BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            figures(call, published, person)
        with pytest.raises(NotFound):
            act(raising.raise_price, call, person, _raise(published))
    assert raised(call, published, 260).code == "not-higher"
    place(call, BOB, published, 1)
    with pytest.raises(Conflict, match="figures-moved"):
        act(raising.raise_price, call, ALICE, _raise(published))
    with pytest.raises(NotFound):
        confirm(call, CHARLIE, place(call, BOB, published, 1), 300)
    later(days=1)
    assert raised(call, published, 300).code == "window-closed"


def _raise(published: SaleSheetPublished) -> RaisePrice:
    about = {"distribution_id": published.distribution_id, "offer_id": published.lines[0].offer_id}
    return RaisePrice(price_cents=300, orders=0, amount_cents=0, **about)


ANSWERS = st.lists(st.sampled_from(("confirm", "drop", "wait", "more")), min_size=3, max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(200, 320), ANSWERS), max_size=4))
def test_after_any_history_each_pays_a_price_that_he_agreed_to_and_the_stock_is_true(
    call: Caller, turns: list[tuple[int, list[str]]]
) -> None:
    sale = opened(sheet(line(stock=1000)))
    grant(ALICE, "sell", FARM)
    people = (BOB, CHARLIE, MALIK)
    price, placed = 260, {person: place(call, person, sale, 2) for person in people}
    agreed = dict.fromkeys(people, 260)
    for cents, answers in turns:
        if cents != price:
            (lower if cents < price else raised)(call, sale, cents)
        price = cents
        do_what_is_due()
        for person, answer in zip(people, answers, strict=True):
            order = read(placed[person])
            if order.state is OrderState.PLACED and _agrees(call, person, order, answer):
                agreed[person] = price
    later(days=1)
    do_what_is_due()
    standing = [(who, order) for who, one in placed.items() if (order := read(one)).state is OrderState.PLACED]
    later(days=-1)
    assert all(order.lines[0].price_cents == price <= agreed[who] for who, order in standing)
    assert left(sale) == [1000 - sum(order.lines[0].quantity for _, order in standing)]


def _agrees(call: Caller, person: UUID, order: Order, answer: str) -> bool:
    """What somebody does about an order; whether that is a yes to the price on sale."""
    asked = order.lines[0].asked_cents
    if answer == "confirm" and asked is not None:
        return isinstance(confirm(call, person, order, asked), Order)
    if answer == "drop":
        amend(call, person, order, 0)
    if answer == "more":
        return isinstance(amend(call, person, order, order.lines[0].quantity + 1), Order)
    return False


def test_nobody_is_asked_for_more_in_a_sale_that_is_cancelled(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 2)
    raised(call, published, 300)
    cancel(call, ODILE, published, cancellation(call, ODILE, published))
    do_what_is_due()
    assert said(ASKED) == [] and len(said("orders.order_called_off.v1")) == 1


@pytest.mark.parametrize("how", ["drop-out", "withdrawal"])
def test_nobody_is_asked_for_more_for_what_does_not_come(how: str, call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 0, 1)
    raised(call, published, 300)
    if how == "drop-out":
        drop_out(call, ALICE, published, drop_out_figures(call, ALICE, published))
    else:
        withdraw(call, withdrawal(call, published), Decision.WITHDRAWN)
    do_what_is_due()
    assert said(ASKED) == [] and len(said("orders.order_shortened.v1")) == 1
    assert read(order).total_cents == 120
