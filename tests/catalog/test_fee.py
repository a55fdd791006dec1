"""The fee of a market: none unless it says so, and from then on carried by the sheets that open."""

from contracts.catalog import MarketFee
from tests.catalog.cast import Town, a_market, planned
from tests.catalog.test_opening import open_now, the_sheet


def test_the_fee_of_a_market_travels_on_the_sheets_that_open_from_then_on(town: Town) -> None:
    market = a_market(town, fee_cents=50, fee_vat_basis_points=2000)
    (distribution,) = planned(town, market)
    open_now(town, distribution)
    assert the_sheet(town).fee == MarketFee(payee=market.entity_name, cents=50, vat_basis_points=2000)


def test_a_market_has_no_fee_unless_it_says_so(town: Town) -> None:
    market = a_market(town)
    (distribution,) = planned(town, market)
    open_now(town, distribution)
    assert market.fee_cents == 0 and the_sheet(town).fee is None
