"""A year of a market: what adds up, what counts, and that no figure of fewer than five households can be found out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import NotFound
from contracts.orders import OrderState
from contracts.yearly import MarketYear, Quality, ReadYear
from services.orders import rules
from services.orders.actions import yearly
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE, line, sheet
from tests.orders.test_books import hand_over
from tests.orders.test_cancelling import cancel, figures
from tests.orders.test_day import on_the_day
from tests.orders.test_placing import act, opened, place
from tests.orders.test_windows import do_what_is_due, grant, later

Caller = Callable[..., Call]
PEOPLE = [UUID(int=number) for number in range(50, 60)]


def published(**changes: Any) -> SaleSheetPublished:
    """Organic carrots of the farm, its honey with a mark, bread without one."""
    goods = (
        line("Carrots", marks=["ab", "demeter"], stock=1000),
        line("Honey", marks=["igp"], price_cents=800, stock=1000),
        line("Bread", producer_id=BAKERY, producer_name="Boulangerie Roux", price_cents=300, stock=1000),
    )
    return opened(sheet(*goods, **changes))


def year_of(sale: SaleSheetPublished) -> int:
    return sale.starts_at.year


def read(call: Caller, person: UUID, sale: SaleSheetPublished, year: int | None = None) -> MarketYear:
    found: MarketYear = act(yearly.read, call, person, ReadYear(market_id=MARKET, year=year or year_of(sale)))
    return found


def test_a_year_adds_up_by_month_by_farm_and_by_quality(call: Caller) -> None:
    sale = published()
    orders = on_the_day(call, sale, *((person, (1, 1, 2)) for person in PEOPLE[:6]))
    later(days=2)
    do_what_is_due()
    hand_over(call, orders[0])
    hand_over(call, orders[1], OrderState.ABSENT)
    found = read(call, ODILE, sale)
    assert (found.households, found.orders, found.amount_cents) == (6, 6, 6 * (260 + 800 + 600))
    assert (found.distributions, found.open_books) == (1, 1)
    farms = [(one.farms[0].name, one.households, one.amount_cents) for one in found.farms]
    assert farms == [("Ferme des Alpilles", 6, 6 * 1060), ("Boulangerie Roux", 6, 6 * 600)]
    assert [(one.months, one.orders) for one in found.months] == [([sale.starts_at.month], 6)]
    assert {(*one.qualities, one.amount_cents) for one in found.qualities} == {
        (Quality.ORGANIC, 6 * 260), (Quality.OTHER_MARK, 6 * 800), (Quality.NO_MARK, 6 * 600),
    }  # fmt: skip
    assert (found.marked_basis_points, found.organic_basis_points) == (6386, 1566)


def test_a_farm_with_few_buyers_is_told_with_another(call: Caller) -> None:
    sale = published()
    bread = [(person, (0, 0, 1)) for person in PEOPLE[:2]]
    on_the_day(call, sale, *((person, (2, 0)) for person in PEOPLE[2:]), *bread)
    found = read(call, ODILE, sale)
    (both,) = found.farms
    assert {one.producer_id for one in both.farms} == {FARM, BAKERY}
    assert (both.households, both.orders, both.amount_cents) == (None, None, 8 * 520 + 2 * 300)
    assert (found.marked_basis_points, found.organic_basis_points) == (None, None)
    assert found.households == 10


def test_of_four_households_nothing_is_told(call: Caller) -> None:
    sale = published()
    on_the_day(call, sale, *((person, (2, 1, 1)) for person in PEOPLE[:4]))
    found = read(call, ODILE, sale)
    assert (found.households, found.orders, found.amount_cents) == (None, None, None)
    assert found.months == found.farms == found.qualities == []
    assert found.marked_basis_points is None and found.distributions == 1


def test_only_sales_of_that_year_whose_window_has_closed_are_in_it(call: Caller) -> None:
    sale = published()
    on_the_day(call, sale, *((person, (1,)) for person in PEOPLE))
    called_off = published()
    place(call, PEOPLE[0], called_off, 50)
    cancel(call, ODILE, called_off, figures(call, ODILE, called_off))
    do_what_is_due()
    place(call, PEOPLE[0], published(), 50)
    found = read(call, ODILE, sale)
    assert (found.amount_cents, found.distributions) == (10 * 260, 1)
    before = read(call, ODILE, sale, year_of(sale) - 1)
    assert (before.households, before.amount_cents, before.distributions) == (0, 0, 0)


def test_a_sale_on_new_year_s_eve_belongs_to_the_year_that_its_place_has(call: Caller) -> None:
    """Half past midnight in Paris is still the old year in UTC."""
    sale = published()
    on_the_day(call, sale, *((person, (1,)) for person in PEOPLE))
    with database.transaction() as tx:
        at = {"at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC)}
        tx.execute(text("update distributions set starts_at = :at, ends_at = :at"), at)
    assert read(call, ODILE, sale, 2027).months[0].months == [1]
    assert read(call, ODILE, sale, 2026).orders == 0


def test_a_year_is_for_organisers_and_operators(call: Caller) -> None:
    sale = published()
    on_the_day(call, sale, (BOB, (1,)))
    for stranger in (ALICE, BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            read(call, stranger, sale)
    with database.transaction() as tx:
        operates = {"id": uuid4(), "person": MALIK}
        tx.execute(text("insert into grants values (:id, :person, 'operate', null, true, null, 1)"), operates)
    assert read(call, MALIK, sale).distributions == 1
    grant(CHARLIE, "organise", uuid4())
    with pytest.raises(NotFound):
        read(call, CHARLIE, sale)


@given(st.lists(st.integers(1, 12)))
def test_whatever_is_told_comes_from_five_households_if_the_whole_does(households: list[int]) -> None:
    parts = list(enumerate(households))
    told = rules.told_apart(parts, lambda part: part[1])
    assert sorted(part for those in told for part in those) == parts
    if any(number >= rules.LEAST_HOUSEHOLDS for number in households):
        assert all(max(number for _, number in those) >= rules.LEAST_HOUSEHOLDS for those in told)
    else:
        assert len(told) <= 1
