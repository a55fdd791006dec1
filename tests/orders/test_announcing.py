"""A window that opens is said at once, one that closes soon four hours before, wherever its close is moved."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from tests.cast import ODILE, line, sheet
from tests.orders.test_cancelling import cancel
from tests.orders.test_cancelling import figures as meant
from tests.orders.test_placing import opened, said
from tests.orders.test_shifting import shift
from tests.orders.test_windows import do_what_is_due, grant, later

Caller = Callable[..., Call]


def closes() -> list[datetime]:
    """The hours that were said to be near."""
    do_what_is_due()
    return [datetime.fromisoformat(one["closes_at"]) for one in said("orders.window_closing.v1")]


@pytest.fixture
def published() -> SaleSheetPublished:
    """Closes in a day."""
    sale = opened(sheet(line("Carrots")))
    grant(ODILE, "organise", sale.market_id)
    return sale


def test_a_window_is_said_to_open_and_four_hours_before_to_close(published: SaleSheetPublished) -> None:
    [opening] = said("orders.window_opened.v1")
    assert datetime.fromisoformat(opening["closes_at"]) == published.closes_at
    assert opening["market_name"] == published.market_name and closes() == []
    later(hours=19, minutes=58)
    assert closes() == []
    later(hours=20, minutes=1)
    assert closes() == [published.closes_at] == closes()


def test_a_shifted_close_is_near_at_its_new_hour_alone(call: Caller, published: SaleSheetPublished) -> None:
    shift(call, published)
    later(days=1, hours=1)
    assert closes() == []
    later(days=7, hours=21)
    assert closes() == [published.closes_at + timedelta(days=7)]


def test_a_cancelled_sale_is_not_near_and_after_an_outage_a_closed_one_is_not(
    call: Caller, published: SaleSheetPublished
) -> None:
    opened(sheet(line("Leeks")))
    cancel(call, ODILE, published, meant(call, ODILE, published))
    later(days=1, hours=1)
    assert closes() == []
