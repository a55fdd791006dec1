"""The one rounding: half up, of a line's amount and of the VAT inside it."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import half_up, line_amount, vat_inside

pytestmark = pytest.mark.check

CENTS = st.integers(-100_000_000, 100_000_000)
PRICES = st.integers(0, 10_000_000)
QUANTITIES = st.integers(0, 1_000_000)
RATES = st.sampled_from([0, 210, 550, 1000, 2000])


@given(CENTS, st.integers(1, 1_000_000))
def test_half_up_is_what_decimal_calls_half_up(numerator: int, denominator: int) -> None:
    with localcontext(prec=60):
        exact = Decimal(numerator) / Decimal(denominator)
        assert half_up(numerator, denominator) == int(exact.to_integral_value(ROUND_HALF_UP))


@given(CENTS, st.integers(1, 1_000_000))
def test_signs_change_nothing_but_the_sign(numerator: int, denominator: int) -> None:
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)
    assert half_up(numerator, -denominator) == -half_up(numerator, denominator)


@pytest.mark.parametrize(
    "numerator, denominator, rounded",
    [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (5, 10, 1), (49, 100, 0), (50, 100, 1), (0, 7, 0)],
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@given(PRICES, QUANTITIES)
def test_pieces_cost_exactly_their_price_each(price: int, quantity: int) -> None:
    assert line_amount(price, quantity) == price * quantity


@given(PRICES, QUANTITIES)
def test_a_whole_number_of_kilograms_is_never_rounded(price: int, kilograms: int) -> None:
    assert line_amount(price, kilograms * 1000, 1000) == price * kilograms


@given(PRICES, QUANTITIES)
def test_a_line_is_off_by_at_most_half_a_cent(price: int, grams: int) -> None:
    assert abs(line_amount(price, grams, 1000) * 1000 - price * grams) * 2 <= 1000


@given(PRICES, QUANTITIES, QUANTITIES)
def test_more_never_costs_less(price: int, one: int, other: int) -> None:
    least, most = sorted((one, other))
    assert line_amount(price, least, 1000) <= line_amount(price, most, 1000)


@pytest.mark.parametrize(
    "amount, rate, vat",
    [(360, 550, 19), (650, 550, 34), (2074, 550, 108), (850, 2000, 142), (0, 550, 0), (1234, 0, 0)],
)
def test_vat_is_inside_the_price(amount: int, rate: int, vat: int) -> None:
    assert vat_inside(amount, rate) == vat


@given(PRICES, RATES)
def test_vat_and_the_price_without_it_make_the_price(amount: int, rate: int) -> None:
    """What is left after the VAT, taxed again, comes to the amount within a cent."""
    without = amount - vat_inside(amount, rate)
    assert 0 <= vat_inside(amount, rate) <= amount
    assert abs(without + half_up(without * rate, 10_000) - amount) <= 1


@given(CENTS, RATES)
def test_a_refund_gives_back_the_vat_that_was_paid(amount: int, rate: int) -> None:
    assert vat_inside(-amount, rate) == -vat_inside(amount, rate)
