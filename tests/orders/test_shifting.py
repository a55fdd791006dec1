"""Snow on Friday, sun on Saturday: a sale gets another hour, and everybody and everything follows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bus import database
from bus.doors import Call
from bus.timers import Timer
from contracts.catalog import Absence, SaleSheetPublished, StockMode
from contracts.errors import Conflict, Malformed, NotFound
from contracts.expiring import Decision
from contracts.messages import Refused
from contracts.orders import CancelOrder, Order, OrderState
from contracts.presence import Coming
from contracts.shifting import ReadShift, Shift, ShiftSale
from contracts.wall import instant, on_the_wall
from services.orders.actions import amending, day, reading, shifting, windows
from services.orders.rules import shifts
from services.orders.store import stocks
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_day import known, read
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_presences import confirm, seen
from tests.orders.test_windows import do_what_is_due, grant, later, preparation_lists, state_of
from tests.orders.test_withdrawing import figures as withdrawal
from tests.orders.test_withdrawing import withdraw

Caller = Callable[..., Call]
ZONE = "Europe/Paris"


def figures(call: Caller, person: UUID, published: SaleSheetPublished) -> Shift:
    found: Shift = act(shifting.figures, call, person, ReadShift(distribution_id=published.distribution_id))
    return found


def shift(call: Caller, published: SaleSheetPublished, person: UUID = ODILE, **changes: Any) -> Any:
    """By a week, with its close if it is open; free until two days before the new hour."""
    now = figures(call, ODILE, published)
    later_by = timedelta(days=7)
    walls = {"starts_at": now.starts_at + later_by, "ends_at": now.ends_at + later_by}
    walls["free_until"] = walls["starts_at"] - timedelta(days=2)
    if now.state == "open":
        walls["closes_at"] = now.closes_at + later_by
    given = {name: on_the_wall(at, ZONE) for name, at in walls.items()}
    given |= now.model_dump(include={"distribution_id", "version", "orders", "amount_cents"}) | {"reason": "La neige."}
    return act(shifting.shift, call, person, ShiftSale.model_validate(given | changes))


def cancel(call: Caller, order: Order) -> Any:
    command = CancelOrder(order_id=order.order_id, version=read(order).version)
    return act(amending.cancel, call, order.consumer_id, command)


def at(published: SaleSheetPublished, name: str, days: int) -> datetime:
    given: datetime = getattr(published, name)
    return given + timedelta(days=days)


@pytest.fixture
def published() -> SaleSheetPublished:
    """Carrots, and bread that closes half a day earlier; what nobody fetches is kept for an hour."""
    plain = sheet()
    half_a_day = plain.closes_at - timedelta(hours=12)
    bread = line("Bread", producer_id=BAKERY, producer_name="Fournil", closes_at=half_a_day)
    kept = {"kept_until": plain.ends_at + timedelta(hours=1), "time_zone": ZONE, "by_proxy": True, "in_fridge": False}
    absence = Absence.model_validate(kept | {"uncollected": "still_due"})
    lines = [line("Carrots", closes_at=plain.closes_at), bread]
    sale = opened(plain.model_copy(update={"lines": lines, "absence": absence}))
    grant(ODILE, "organise", sale.market_id)
    grant(ALICE, "sell", FARM)
    return sale


def test_an_open_sale_moves_with_its_closes_and_everybody_is_told(call: Caller, published: SaleSheetPublished) -> None:
    known(BOB, "Bob Blanc", email="bob@caromb.example", phone=None)
    orders = [place(call, BOB, published, 2, 1), place(call, MALIK, published, 3)]
    meant = figures(call, ODILE, published)
    assert (meant.orders, meant.amount_cents, meant.farms, meant.by_telephone) == (2, 6 * 260, 2, 1)
    done = shift(call, published)
    assert done.last.was_starts_at == published.starts_at and done.starts_at == at(published, "starts_at", 7)
    do_what_is_due()
    late_one = place(call, CHARLIE, published, 1)
    do_what_is_due()
    assert figures(call, ODILE, published).done_at is not None
    with database.transaction() as tx:
        sold = reading.sale_sheet(tx, published.distribution_id)
        called = day.telephone_list(tx, published.distribution_id, ODILE)
    assert [one.closes_at for one in sold.lines] == [one.closes_at + timedelta(days=7) for one in published.lines]
    assert (sold.shifted_from, sold.free_until) == (published.starts_at, at(published, "starts_at", 5))
    assert sold.absence is not None and sold.absence.kept_until == at(published, "ends_at", 7) + timedelta(hours=1)
    assert [(row.order_id, row.shifted) for row in called] == [(orders[1].order_id, True)], "Charlie saw the new hour"
    assert {one["order_id"] for one in said("orders.order_shifted.v1")} == {str(one.order_id) for one in orders}
    assert {one["producer_id"] for one in said("orders.farm_asked_again.v1")} == {str(FARM), str(BAKERY)}
    (told,) = said("orders.sale_shifted.v1")
    assert (told["orders"], told["amount_cents"], told["by_telephone"]) == (2, 6 * 260, 1)
    assert late_one.state is OrderState.PLACED


def test_timers_follow_and_those_of_the_old_hours_are_void(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 2, 1)
    shift(call, published)
    do_what_is_due()
    later(days=2, hours=1)
    assert do_what_is_due() == 1, "the baker's old close finds nothing to do"
    assert state_of(published) == "open" and preparation_lists() == {}
    old = {"subject": str(published.distribution_id), "version": 1, "due_at": published.closes_at, "attempts": 0}
    with database.transaction() as tx:
        windows.close_distribution(tx, Timer(key="old", name="close_distribution", **old))
    assert state_of(published) == "open"
    later(days=7, hours=13)
    do_what_is_due()
    assert set(preparation_lists()) == {BAKERY} and state_of(published) == "open"
    later(days=8)
    do_what_is_due()
    assert set(preparation_lists()) == {BAKERY, FARM} and state_of(published) == "closed"
    shift(call, published)
    do_what_is_due()
    with database.transaction() as tx:
        windows.begin_handover(tx, Timer(key="old", name="begin_handover", **old | {"version": 2}))
    later(days=10)
    do_what_is_due()
    assert state_of(published) == "closed"
    later(days=16)
    do_what_is_due()
    assert state_of(published) == "handover"


def test_after_the_close_one_cancels_freely_and_the_farms_hear_the_difference(
    call: Caller, published: SaleSheetPublished
) -> None:
    bob, malik = place(call, BOB, published, 2, 1), place(call, MALIK, published, 3)
    later(days=1)
    do_what_is_due()
    assert cancel(call, bob).code == "window-closed"
    shift(call, published)
    do_what_is_due()
    stock = left(published)
    gone = cancel(call, bob)
    assert gone.state is OrderState.CANCELLED and gone.number == 1 and left(published) == stock, "nothing is on sale"
    given_up = {one["producer_id"]: one for one in said("orders.lines_given_up.v1")}
    assert {farm: one["lines"][0]["quantity"] for farm, one in given_up.items()} == {str(FARM): 2, str(BAKERY): 1}
    assert given_up[str(FARM)]["number"] == 1
    with database.transaction() as tx:
        made = reading.preparation_list(tx, published.distribution_id, FARM, ALICE)
    assert [(one.quantity, one.amount_cents) for one in made.totals] == [(3, 780)] and made.amount_cents == 780
    assert [one.number for one in made.orders] == [2] and made.starts_at == at(published, "starts_at", 7)
    assert said("orders.order_owed.v1")[-1]["order"]["state"] == "cancelled"
    later(days=7)
    assert cancel(call, malik).code == "window-closed", "the hour that was shown has passed"


def test_an_open_sale_takes_back_what_has_not_closed(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 1)
    later(hours=13)
    do_what_is_due()
    assert cancel(call, order).code == "line-closed"
    shift(call, published)
    assert place(call, MALIK, published, 0, 1).code == "line-closed", "the baker's list is made: he stays closed"
    assert cancel(call, order).state is OrderState.CANCELLED and left(published) == [10, 9]
    assert [one["producer_id"] for one in said("orders.lines_given_up.v1")] == [str(BAKERY)]


def test_what_was_withdrawn_meanwhile_goes_back_to_the_stock_that_other_sales_share(call: Caller) -> None:
    published = opened(sheet(line("Honey", stock_mode=StockMode.SHARED, stock=10)))
    grant(ODILE, "organise", published.market_id)
    grant(ALICE, "sell", FARM)
    order = place(call, BOB, published, 4)
    withdraw(call, withdrawal(call, published), Decision.KEPT)
    shift(call, published)
    cancel(call, order)
    with database.transaction() as tx:
        assert tx.execute(select(stocks.c.left_)).scalars().all() == [10]


def test_a_farm_answers_again_and_one_that_declines_is_withdrawn(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 1)
    confirm(call, ALICE, published, Coming.CARRIED, "Jean Bleu")
    assert confirm(call, ALICE, published, Coming.WITHDRAWN).code == "not-asked"
    shift(call, published)
    (row,) = seen(call, ALICE, published)
    assert (row.coming, row.carrier) == (None, "") and row.shift_asked_at is not None
    with pytest.raises(Conflict):
        confirm(call, ALICE, published, Coming.IN_PERSON, version=row.version - 1)  # for the hour that was
    confirm(call, ALICE, published, Coming.IN_PERSON)
    assert confirm(call, ALICE, published, Coming.WITHDRAWN).coming is Coming.WITHDRAWN
    do_what_is_due()
    assert (read(order).total_cents, left(published)) == (260, [9]), "the bread stands, the carrots are off the sheet"
    assert [one["because"] for one in said("orders.order_shortened.v1")] == ["shift"]
    assert said("orders.presence_confirmed.v1")[-1]["after_shift"] is True
    shift(call, published)
    assert len(said("orders.farm_asked_again.v1")) == 3, "who dropped out is not asked again"


def test_batches_tell_each_order_once_and_a_second_shift_voids_the_first(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifting, "BATCH", 2)
    orders = [place(call, UUID(int=7000 + n), published, 1) for n in range(5)]
    shift(call, published)
    shift(call, published)
    do_what_is_due()
    told = [(one["order_id"], one["shift"]["number"]) for one in said("orders.order_shifted.v1")]
    assert sorted(told) == sorted((str(one.order_id), 2) for one in orders)


def test_what_was_seen_must_still_be_so(call: Caller, published: SaleSheetPublished) -> None:
    stale = figures(call, ODILE, published).version
    shift(call, published)
    with pytest.raises(Conflict, match="figures-moved"):
        shift(call, published, version=stale)
    before = figures(call, ODILE, published)
    place(call, BOB, published, 1)
    with pytest.raises(Conflict, match="figures-moved"):
        shift(call, published, **before.model_dump(include={"orders", "amount_cents"}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", datetime(2020, 1, 1)),  # noqa: DTZ001 (wall time)
        ("ends_at", datetime(2020, 1, 1)),  # noqa: DTZ001
        ("closes_at", datetime(2020, 1, 1)),  # noqa: DTZ001
        ("free_until", datetime(2099, 1, 1)),  # noqa: DTZ001
    ],
)
def test_hours_that_are_no_hand_over_to_come_are_refused(
    field: str, value: datetime, call: Caller, published: SaleSheetPublished
) -> None:
    with pytest.raises(Malformed) as refused:
        shift(call, published, **{field: value})
    assert refused.value.details["fields"][0]["field"] == field and said("orders.sale_shifted.v1") == []


def test_a_closed_sale_does_not_open_again_and_one_handed_over_stays(
    call: Caller, published: SaleSheetPublished
) -> None:
    later(days=1)
    do_what_is_due()
    with pytest.raises(Malformed):
        shift(call, published, closes_at=on_the_wall(at(published, "closes_at", 7), ZONE))
    later(days=2)
    do_what_is_due()
    refused = shift(call, published)
    assert isinstance(refused, Refused) and refused.code == "not-shiftable"


def test_only_organisers_shift(call: Caller, published: SaleSheetPublished) -> None:
    grant(MALIK, "handover", published.distribution_id)
    for person in (ALICE, BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            figures(call, person, published)
        with pytest.raises(NotFound):
            shift(call, published, person)


HOURS = st.integers(-100, 100).map(lambda hours: timedelta(hours=hours))


@given(own=HOURS, was=HOURS, closes_at=st.integers(1, 100).map(lambda hours: timedelta(hours=hours)))
def test_a_moved_close_is_never_after_the_sales_and_never_newly_past(
    own: timedelta, was: timedelta, closes_at: timedelta
) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    before = line(closes_at=now + min(own, was))
    moved = shifts.moved(before, now + was, now + closes_at, now)
    assert moved.closes_at <= now + closes_at
    assert moved.closes_at > now or before.closes_at <= now


def test_who_was_asked_for_too_little_after_a_shift_withdraws_for_that() -> None:
    early, late = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    asked = (None, late), (early, late), (late, early), (late, None)
    assert [shifts.declines_shift(*one) for one in asked] == [True, True, False, False]


def test_what_a_clock_shows_is_the_instant_that_was_meant() -> None:
    evening, skipped = datetime(2026, 11, 27, 17, 30), datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001 (wall times)
    assert on_the_wall(instant(evening, ZONE), ZONE) == evening
    assert on_the_wall(instant(skipped, ZONE), ZONE).hour == 3, "02:30 does not exist that Sunday"
