"""The fee of a market on the pages: typed in euros, shown before one orders, a line of its own afterwards."""

import pytest
from flask.testing import FlaskClient

from contracts.catalog import ChangeMarket, MarketFee, MyMarkets
from contracts.orders import ReadOrder
from contracts.payments import ReadOrderMoney
from tests import cast
from tests.pages.conftest import FakeLine, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_day import asked
from tests.pages.test_day import day as day
from tests.pages.test_money import ORDER, owed, owed_to
from tests.pages.test_money import evening as evening
from tests.pages.test_pages import MARKET, is_whole
from tests.pages.test_pages import town as town
from tests.pages.test_shop import CARROTS, shop

FEE = MarketFee(payee="Mairie de Caromb", cents=50, vat_basis_points=2000)
EDIT = f"/organise/{cast.MARKET}/edit"


@pytest.mark.parametrize(("typed", "cents"), [("0,50", 50), ("0", 0), ("1.20 €", 120)])
def test_an_organiser_types_it_in_euros(bob: FlaskClient, town: FakeLine, typed: str, cents: int) -> None:
    town.answers[ChangeMarket] = MARKET
    form = read(bob.get(EDIT)).form("").fields
    assert form["fee_cents"] == "0,00" or form["fee_cents"] == "0"
    sent = bob.post(EDIT, data=form | {"fee_cents": typed, "fee_vat_basis_points": "2000"})
    assert sent.status_code == 303
    command = asked(town, ChangeMarket)
    assert (command.fee_cents, command.fee_vat_basis_points) == (cents, 2000)


@pytest.mark.parametrize("typed", ["beaucoup", "-1", "101"])
def test_what_is_no_fee_is_said_at_its_field(bob: FlaskClient, town: FakeLine, typed: str) -> None:
    page = bob.post(EDIT, data=read(bob.get(EDIT)).form("").fields | {"fee_cents": typed})
    assert page.status_code == 400 and 'id="fee_cents-fault"' in page.text and typed in page.text


def test_the_shop_says_it_before_anything_is_ordered_and_counts_it_in(stranger: FlaskClient, line: FakeLine) -> None:
    page = shop(stranger, sell(line, CARROTS, fee=FEE))
    assert "Participation aux frais : 0,50 € par commande, pour Mairie de Caromb." in page.text
    assert 'data-fee="50"' in page.html
    without = shop(stranger, sell(line, CARROTS))
    assert "Participation aux frais" not in without.text and 'data-fee="0"' in without.html


def test_a_market_says_it_on_its_page(stranger: FlaskClient, town: FakeLine) -> None:
    paid = MARKET.model_copy(update={"fee_cents": 50})
    town.answers |= {MyMarkets: [paid], type(paid): paid}
    for command, answer in list(town.answers.items()):
        if answer is MARKET:
            town.answers[command] = paid
    text = is_whole(stranger, f"/markets/{cast.MARKET}", "fr").text
    assert "Participation aux frais : 0,50 € par commande" in text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_order_and_its_receipt_have_a_line_of_it_for_its_payee(
    bob: FlaskClient, evening: FakeLine, language: str
) -> None:
    order = evening.answers[ReadOrder]
    evening.answers[ReadOrder] = order.model_copy(update={"fee": FEE, "total_cents": order.total_cents + 50})
    money = owed(owed_to(cast.FARM, "Ferme", 1040), owed_to(order.market_id, FEE.payee, 50, 100))
    evening.answers[ReadOrderMoney] = money
    words = "Participation aux frais" if language == "fr" else "Market fee"
    for path in (f"/orders/{ORDER}", f"/orders/{ORDER}/receipt"):
        page = is_whole(bob, path, language)
        assert words in page.text and "Mairie de Caromb" in page.text
    back = "Le marché vous doit 0,50 €" if language == "fr" else "The market owes you €0.50"
    assert back in page.text.replace("\xa0", " ").replace("\u202f", " ")
