"""Pages about changes in a sale that has opened: a farm lowers a price."""

import pytest
from flask.testing import FlaskClient

from contracts.lowering import LoweredPrice, LowerPrice
from contracts.messages import Refused
from contracts.money import Unit
from contracts.orders import SaleSheet
from tests import cast
from tests.pages.conftest import FakeLine, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town

CARROTS = cast.line("Carottes", unit=Unit.KILOGRAM, price_cents=260, stock=12_500)


@pytest.fixture
def sale(town: FakeLine) -> SaleSheet:
    """An open sale of Alice's carrots and the baker's bread."""
    return sell(town, CARROTS, cast.line("Pain", producer_id=cast.BAKERY))


def stock(sale: SaleSheet) -> str:
    return f"/farms/{cast.FARM}/distributions/{sale.distribution_id}/stock"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_of_stock_and_prices_is_whole(bob: FlaskClient, sale: SaleSheet, language: str) -> None:
    is_whole(bob, stock(sale), language)


def test_a_farm_lowers_a_price_in_euros(bob: FlaskClient, town: FakeLine, sale: SaleSheet) -> None:
    about = {"distribution_id": sale.distribution_id, "offer_id": CARROTS.offer_id, "price_cents": 235}
    town.answers[LowerPrice] = LoweredPrice(name="Carottes", old_price_cents=260, **about)
    page = read(bob.get(stock(sale)))
    assert "Pain" not in page.text
    form = page.form("/price/")
    assert form.fields["price_cents"] == "2,60"
    told = bob.post(form.action, data=form.fields | {"price_cents": "2,35"}, follow_redirects=True)
    assert "Le prix est baissé pour tout le monde" in read(told).text
    assert town.acts() == [LowerPrice(**about)]


def test_a_raise_is_refused_with_what_to_do(bob: FlaskClient, town: FakeLine, sale: SaleSheet) -> None:
    town.answers[LowerPrice] = Refused(code="not-lower", message="No.", details={"price_cents": 260})
    form = read(bob.get(stock(sale))).form("/price/")
    refused = bob.post(form.action, data=form.fields | {"price_cents": "3"})
    assert refused.status_code == 409 and "retirez le produit" in read(refused).text
    strange = bob.post(form.action, data=form.fields | {"price_cents": "trois"})
    assert strange.status_code == 400 and read(strange).form("/price/").fields["price_cents"] == "trois"
