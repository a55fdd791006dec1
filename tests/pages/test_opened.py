"""Pages about changes in a sale that has opened: a farm lowers a price, a product is withdrawn."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from contracts.errors import Conflict
from contracts.expiring import Decision
from contracts.lowering import LoweredPrice, LowerPrice
from contracts.messages import Refused
from contracts.money import Unit
from contracts.orders import (
    AmendOrder,
    DistributionState,
    DroppedLine,
    PlaceOrder,
    ReadOrder,
    ReadSaleSheet,
    SaleSheet,
    Wish,
)
from contracts.planning import Admission, AdmissionState, ListAdmissions, ListDistributions, Stage
from contracts.raising import ConfirmPrice, PriceRaise, RaisePrice, ReadPriceRaise
from contracts.stocks import ListStocks, SetStock, Stock
from contracts.withdrawing import ListWithdrawals, ReadWithdrawal, Withdrawal, WithdrawFromSale
from tests import cast
from tests.pages.conftest import FakeLine, ordered, raises, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_pages import distribution, is_whole
from tests.pages.test_pages import town as town

CARROTS = cast.line("Carottes", unit=Unit.KILOGRAM, price_cents=260, stock=12_500)


@pytest.fixture
def sale(town: FakeLine) -> SaleSheet:
    """An open sale of Alice's carrots and the baker's bread."""
    about = CARROTS.model_dump(include={"offer_id", "name", "unit"}) | {"stock_mode": "shared", "sales": 2}
    town.answers[ListStocks] = [Stock(stock=12_500, ordered=4_000, held_back=1_000, left=7_500, **about)]
    return sell(town, CARROTS, cast.line("Pain", producer_id=cast.BAKERY))


def stock(sale: SaleSheet) -> str:
    return f"/farms/{cast.FARM}/distributions/{sale.distribution_id}/stock"


def test_a_farm_sees_every_place_where_it_is_to_bring_something(bob: FlaskClient, town: FakeLine) -> None:
    about = {"producer_id": cast.FARM, "producer_name": "Ferme", "market_id": cast.MARKET, "market_name": "Panier"}
    given = about | {"town": "Caromb", "state": AdmissionState.ADMITTED}
    sales = [distribution(stage) for stage in (Stage.CLOSED, *[Stage.OPEN] * 3, *[Stage.PLANNED] * 4)]
    town.answers |= {ListDistributions: sales, ListAdmissions: [Admission.model_validate(given)]}
    links = read(bob.get(f"/farms/{cast.FARM}")).links
    assert len([one for one in links if "/preparation-lists/" in one]) == 4
    assert len([one for one in links if one.startswith(f"/farms/{cast.FARM}/distributions/")]) == 3 + 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_of_stock_and_prices_is_whole(bob: FlaskClient, sale: SaleSheet, language: str) -> None:
    is_whole(bob, stock(sale), language)


def test_a_farm_says_how_much_there_is_and_what_it_keeps(bob: FlaskClient, town: FakeLine, sale: SaleSheet) -> None:
    page = read(bob.get(stock(sale)))
    assert "commandé : 4 kg, en vente : 7,5 kg dans 2 ventes à la fois" in page.text
    form = page.form("/stock/")
    assert (form.fields["stock"], form.fields["held_back"]) == ("12,5", "1")
    town.answers[SetStock] = Refused(code="below-ordered", message="No.", details={"ordered": 4000, "held_back": 2000})
    refused = bob.post(form.action, data=form.fields | {"stock": "5", "held_back": "2"})
    assert refused.status_code == 409 and "4 kg sont commandés" in read(refused).text
    again = read(refused).form("/stock/")
    assert (again.fields["stock"], again.fields["held_back"]) == ("5", "2"), "what was typed stays"
    town.answers[SetStock] = town.answers[ListStocks][0]
    assert bob.post(form.action, data=form.fields | {"held_back": "1,5"}).status_code == 303
    about = {"distribution_id": sale.distribution_id, "offer_id": CARROTS.offer_id}
    assert town.acts()[-1] == SetStock(stock=12_500, held_back=1_500, seen=12_500, **about)


@pytest.mark.parametrize("state", DistributionState)
def test_a_price_is_changed_while_one_may_order_and_not_afterwards(
    bob: FlaskClient, town: FakeLine, state: DistributionState
) -> None:
    town.answers[ListStocks] = []
    page = read(bob.get(stock(sell(town, CARROTS, state=state))))
    words = ("Baisser", "Augmenter", "Un prix peut baisser")
    assert [word in page.text for word in words] == [state is DistributionState.OPEN] * 3


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
    assert refused.status_code == 409 and "augmentez le prix" in read(refused).text
    strange = bob.post(form.action, data=form.fields | {"price_cents": "trois"})
    assert strange.status_code == 400 and read(strange).form("/price/").fields["price_cents"] == "trois"


def withdrawal(sale: SaleSheet, **changes: Any) -> Withdrawal:
    about = {"distribution_id": sale.distribution_id, "offer_id": CARROTS.offer_id, "producer_id": cast.FARM}
    about |= {"producer_name": "Ferme <des> Alpilles", "name": "Carottes", "currency": "EUR"}
    figures = {"orders": 14, "emptied": 2, "amount_cents": 8640, "by_telephone": 3}
    return Withdrawal.model_validate(about | figures | changes)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("decided", [{}, {"decision": "kept"}, {"decision": "withdrawn"}], ids=str)
def test_the_pages_of_withdrawals_are_whole(
    bob: FlaskClient, town: FakeLine, sale: SaleSheet, decided: dict[str, str], language: str
) -> None:
    town.answers |= {ReadWithdrawal: withdrawal(sale, **decided), ListWithdrawals: [withdrawal(sale, decision="kept")]}
    is_whole(bob, f"/distributions/{sale.distribution_id}/producers/{cast.FARM}/withdrawals", language)
    is_whole(bob, f"/distributions/{sale.distribution_id}/offers/{CARROTS.offer_id}/withdraw", language)


def test_consequences_are_shown_and_sent_with_what_is_decided(
    bob: FlaskClient, town: FakeLine, sale: SaleSheet
) -> None:
    seen = withdrawal(sale)
    town.answers |= {ReadWithdrawal: seen, WithdrawFromSale: withdrawal(sale, decision="withdrawn")}
    path = f"/distributions/{sale.distribution_id}/offers/{CARROTS.offer_id}/withdraw"
    page = read(bob.get(path))
    assert "14" in page.text and "86,40 €" in page.text
    sent = bob.post(path, data=page.form("").fields | {"decision": "withdrawn", "reason": "Grêle."})
    assert sent.status_code == 303
    about = {"distribution_id": sale.distribution_id, "offer_id": CARROTS.offer_id, "orders": 14, "amount_cents": 8640}
    assert town.acts() == [WithdrawFromSale(decision=Decision.WITHDRAWN, reason="Grêle.", **about)]
    town.answers[ReadWithdrawal] = withdrawal(sale, decision=Decision.WITHDRAWN)
    under_way = read(bob.get(path))
    assert "C’est en cours" in under_way.text and "decision" not in under_way.html


def price_raise(sale: SaleSheet, **changes: Any) -> PriceRaise:
    line = CARROTS.model_dump(include=set(PriceRaise.model_fields)) | {"closes_at": sale.closes_at}
    figures = {"orders": 14, "emptied": 2, "amount_cents": 8640, "by_telephone": 3, "waiting": 5, "currency": "EUR"}
    return PriceRaise.model_validate({"distribution_id": sale.distribution_id} | line | figures | changes)


def test_a_raise_shows_whom_it_asks_and_sends_what_was_seen(bob: FlaskClient, town: FakeLine, sale: SaleSheet) -> None:
    town.answers |= {ReadPriceRaise: price_raise(sale), RaisePrice: price_raise(sale, price_cents=300)}
    path = f"/distributions/{sale.distribution_id}/offers/{CARROTS.offer_id}/raise"
    for language in ("en", "fr"):
        is_whole(bob, path, language)
    page = read(bob.get(path))
    assert "14 dont 5 sans réponse" in page.text and "86,40 €" in page.text
    sent = bob.post(path, data=page.form("").fields | {"price_cents": "3,00", "reason": "Gel."})
    assert sent.status_code == 303
    about = {"distribution_id": sale.distribution_id, "offer_id": CARROTS.offer_id, "orders": 14, "amount_cents": 8640}
    assert town.acts() == [RaisePrice(price_cents=300, reason="Gel.", **about)]


def test_a_buyer_confirms_a_raised_price_or_drops_the_line_on_the_order(
    bob: FlaskClient, town: FakeLine, sale: SaleSheet
) -> None:
    order = ordered(town, sale, 1500, 1)
    carrots, bread = order.lines
    gone = DroppedLine.model_validate(bread.model_dump() | {"name": "Miel", "price_cents": 900})
    asked = carrots.model_copy(update={"asked_cents": 300})
    town.answers[ReadOrder] = order = order.model_copy(update={"lines": [asked, bread], "dropped": [gone]})
    town.answers |= {ConfirmPrice: order, AmendOrder: order}
    for language in ("en", "fr"):
        is_whole(bob, f"/orders/{order.order_id}", language)
    page = read(bob.get(f"/orders/{order.order_id}"))
    assert "Carottes , 3,00 € le kg au lieu de 2,60 €" in page.text and "1 Miel. Son nouveau prix, 9,00 €" in page.text
    for action in ("/confirm", "/drop"):
        form = page.form(action)
        assert bob.post(form.action, data=form.fields).status_code == 303
    about = {"order_id": order.order_id, "version": order.version}
    nothing = Wish(offer_id=CARROTS.offer_id, quantity=0)
    assert town.acts() == [
        ConfirmPrice(offer_id=CARROTS.offer_id, price_cents=300, **about),
        AmendOrder(lines=[nothing], **about),
    ]
    town.answers[ConfirmPrice] = raises(Conflict("price-moved", "It moved."))
    moved = bob.post(
        page.form("/confirm").action, data=read(bob.get(f"/orders/{order.order_id}")).form("/confirm").fields
    )
    assert moved.status_code == 409 and "Ce prix a changé entre-temps" in read(moved).text


def test_a_price_that_rose_meanwhile_is_shown_before_anything_is_ordered(
    bob: FlaskClient, town: FakeLine, sale: SaleSheet
) -> None:
    path = f"/distributions/{sale.distribution_id}"
    form = read(bob.get(path)).form("/orders")
    named = [{"offer_id": str(CARROTS.offer_id), "name": "Carottes", "price_cents": 300}]
    town.answers[PlaceOrder] = Refused(code="price-raised", message="No.", details={"lines": named})
    dearer = [CARROTS.model_copy(update={"price_cents": 300}), *sale.lines[1:]]
    town.answers[ReadSaleSheet] = sale.model_copy(update={"version": 2, "lines": dearer})
    refused = bob.post(form.action, data=form.fields | {f"q-{CARROTS.offer_id}": "1"})
    page = read(refused)
    assert refused.status_code == 409 and "3,00 € le kg" in page.text and "depuis que vous l’avez regardé" in page.text
    assert [one.sheet_version for one in town.acts() if isinstance(one, PlaceOrder)] == [1]
    assert page.form("/orders").fields["sheet_version"] == "2", "sent again it is agreed to"
