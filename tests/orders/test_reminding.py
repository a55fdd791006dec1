"""The day before, everybody who has something to fetch is reminded of it, once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.orders import CancelOrder
from contracts.wall import on_the_wall
from services.orders.actions import amending, reminding
from tests.cast import ALICE, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel, figures
from tests.orders.test_day import read, settle
from tests.orders.test_placing import act, opened, place, said
from tests.orders.test_shifting import ZONE, at, shift
from tests.orders.test_windows import do_what_is_due, grant, later

Caller = Callable[..., Call]


def reminded() -> list[tuple[int, str]]:
    """Numbers that were reminded of, and the hour of their hand-over."""
    return [(one["order"]["number"], one["starts_at"]) for one in said("orders.handover_near.v1")]


@pytest.fixture
def published() -> SaleSheetPublished:
    """Closes in a day, and is handed over two days after that."""
    now = sheet().opens_at
    hours = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=3, hours=2)}
    sale = opened(sheet(line("Carrots"), line("Leeks"), **hours))
    grant(ODILE, "organise", sale.market_id)
    grant(ALICE, "sell", FARM)
    return sale


def test_orders_that_stand_are_reminded_of_a_day_before_in_batches(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "BATCH", 2)
    monkeypatch.setattr(reminding, "PAUSE", timedelta(0))
    orders = [place(call, person, published, 1) for person in (BOB, CHARLIE, MALIK)]
    gone = place(call, UUID(int=71), published, 1)
    act(amending.cancel, call, UUID(int=71), CancelOrder(order_id=gone.order_id, version=1))
    later(days=1, minutes=1)
    do_what_is_due()
    settle(call, ALICE, published, (read(orders[1]), 0, {"short": 1}))
    later(days=1, hours=22)
    do_what_is_due()
    assert reminded() == []
    later(days=2)
    for _ in range(2):
        do_what_is_due()
    assert [number for number, _ in reminded()] == [1, 3], "the second order was left empty, the fourth cancelled"


def test_a_cancelled_sale_reminds_nobody(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 1)
    later(days=1, minutes=1)
    do_what_is_due()
    cancel(call, ODILE, published, figures(call, ODILE, published))
    later(days=2, hours=1)
    do_what_is_due()
    assert reminded() == []


def test_after_a_long_outage_nobody_is_reminded_of_yesterday(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 1)
    later(days=4)
    do_what_is_due()
    assert reminded() == []


def test_a_sale_that_closes_late_reminds_at_its_close(call: Caller) -> None:
    sale = opened(sheet(line("Carrots"), starts_at=sheet().closes_at + timedelta(hours=12)))
    place(call, BOB, sale, 1)
    later(days=1, minutes=1)
    do_what_is_due()
    assert [number for number, _ in reminded()] == [1]


def test_a_sale_that_is_shifted_reminds_the_day_before_its_new_hour_only(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1)
    shift(call, published)
    later(days=8, minutes=1)
    do_what_is_due()
    shift(call, published)
    for days in (9, 15):
        later(days=days, hours=1)
        do_what_is_due()
    assert reminded() == [], "neither before the first hour nor before the second"
    later(days=16, hours=1)
    do_what_is_due()
    hour = at(published, "starts_at", 14).isoformat().replace("+00:00", "Z")
    assert reminded() == [(1, hour)]


def test_a_sale_that_is_shifted_back_reminds_of_its_first_hour_after_all(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1)
    later(days=1, minutes=1)
    do_what_is_due()
    shift(call, published)
    later(days=2, hours=1)
    do_what_is_due()
    assert reminded() == []
    walls = {name: on_the_wall(getattr(published, name), ZONE) for name in ("starts_at", "ends_at")}
    shift(call, published, **walls, free_until=walls["starts_at"] - timedelta(hours=1))
    do_what_is_due()
    assert [number for number, _ in reminded()] == [1]
