"""The shop: what it shows, what it sends, and what it keeps through every refusal."""

import gzip
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import UUID

import orjson
import pytest
from flask.testing import FlaskClient

from contracts.catalog import Pricing, StockMode
from contracts.errors import Conflict, Malformed, Unavailable
from contracts.messages import Refused
from contracts.money import Unit
from contracts.orders import AmendOrder, CancelOrder, DistributionState, Order, OrderState, PlaceOrder, ReadSaleSheet
from contracts.planning import Distribution, ReadDistribution, Stage
from gateway.pages.shifting import may_cancel_freely
from tests import cast
from tests.pages.conftest import FakeLine, ordered, raises, sell
from tests.pages.reading import Page, read

CARROTS = cast.line(
    "Carottes", unit=Unit.KILOGRAM, price_cents=240, minimum=500, step=500, stock=30_000, category="vegetables",
    origin="France, Vaucluse", marks=["ab"],
)  # fmt: skip
BREAD = cast.line("Pain de campagne", net_quantity="800 g", price_cents=420, category="bread", stock=3)
CHICKEN = cast.line(
    "Poulet", pricing=Pricing.PER_WEIGHT, estimated_grams=1850, price_cents=1390, category="poultry",
    stock_mode=StockMode.UNLIMITED, stock=None,
)  # fmt: skip


def shop(client: FlaskClient, sale: object) -> Page:
    return read(client.get(f"/distributions/{sale.distribution_id}"))  # type: ignore[attr-defined]


def fill(page: Page, wanted: dict[UUID, str]) -> dict[str, str]:
    """The ordering form with quantities typed into it."""
    form = next(one for one in page.forms if one.action.endswith(("/orders", "/change")))
    return form.fields | {f"q-{offer}": text for offer, text in wanted.items()}


def test_the_shop_shows_price_origin_marks_and_what_is_left(stranger: FlaskClient, line: FakeLine) -> None:
    text = shop(stranger, sell(line, CARROTS, BREAD, CHICKEN)).text
    assert "2,40 € le kg" in text and "France, Vaucluse" in text and "AB" in text
    assert "4,20 € la pièce" in text and "soit 5,25 € le kg" in text
    assert "pièce d’environ 1,85 kg, soit environ 25,72 €" in text
    assert "reste 30 kg" in text and "reste 3" in text
    assert "Tous les prix comprennent la TVA" in text
    assert "jusqu’au" in text and "heure de Paris" in text


def test_who_goes_short_is_read_before_one_orders(stranger: FlaskClient, line: FakeLine) -> None:
    bread = cast.line("Pain", producer_id=cast.BAKERY, producer_name="Le <Fournil>", share_rule="pro_rata")
    text = shop(stranger, sell(line, cast.line(), bread, cast.line("Poireaux"))).text
    assert "Le <Fournil> : chacun reçoit la même part, en unités entières" in text
    assert "Ferme des Alpilles : les premiers qui ont commandé sont servis en entier" in text


def test_categories_stand_in_the_order_of_a_market(stranger: FlaskClient, line: FakeLine) -> None:
    html = shop(stranger, sell(line, CHICKEN, BREAD, CARROTS)).html
    assert html.index("Carottes") < html.index("Pain de campagne") < html.index("Poulet")


def test_names_are_escaped(stranger: FlaskClient, line: FakeLine) -> None:
    evil = cast.line("<script>alert(1)</script>", description='"><img src=x onerror=alert(1)>', origin="<b>")
    page = shop(stranger, sell(line, evil, market_name="<i>Marché</i>"))
    assert "<script>alert" not in page.html and "<img" not in page.html and "<i>" not in page.html
    assert page.inline == []


def test_a_stranger_signs_in_and_finds_what_was_typed(stranger: FlaskClient, bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    page = shop(stranger, sale)
    sent = stranger.post(f"/distributions/{sale.distribution_id}/orders", data=fill(page, {CARROTS.offer_id: "1,5"}))
    assert sent.status_code == 303 and sent.location.startswith("/sign-in?next=")
    assert line.acts() == []
    wanted = read(stranger.get(sent.location)).forms[0].fields["next"]
    assert fill(read(bob.get(wanted)), {})[f"q-{CARROTS.offer_id}"] == "1,5"


def test_for_whom_and_when_is_kept_while_one_signs_in(stranger: FlaskClient, bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    data = fill(shop(stranger, sale), {CARROTS.offer_id: "1,5"}) | {"recipient": "Maman & Papa", "slot": "17:15"}
    sent = stranger.post(f"/distributions/{sale.distribution_id}/orders", data=data)
    wanted = read(stranger.get(sent.location)).forms[0].fields["next"]
    assert "slot=17:15" in unquote(wanted)
    back = fill(read(bob.get(wanted)), {})
    assert (back[f"q-{CARROTS.offer_id}"], back["recipient"]) == ("1,5", "Maman & Papa")


def test_the_page_for_strangers_holds_nothing_of_a_person(
    stranger: FlaskClient, bob: FlaskClient, line: FakeLine
) -> None:
    sale = sell(line, CARROTS)
    shop(bob, sale)
    page = shop(stranger, sale)
    assert "Bob" not in page.html and "csrf_token" not in page.html and "idempotency_key" not in page.html


def test_the_page_for_strangers_is_packed_once_and_follows_what_is_left(stranger: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    path, sheets = f"/distributions/{sale.distribution_id}", stranger.application.extensions["reception"].sheets
    packed = stranger.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == stranger.get(path).data
    left = [{"offer_id": str(CARROTS.offer_id), "left": 500}]
    sheets.hint(str(sale.distribution_id), orjson.dumps(left), 1)
    assert "reste 0,5 kg" in shop(stranger, sale).text
    english = stranger.get(path, headers={"Accept-Language": "en"})
    assert "0.5 kg left" in read(english).text


def test_kilograms_are_typed_and_grams_are_ordered(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    order = ordered(line, sale, 1500, 2)
    line.answers[PlaceOrder] = order
    page = shop(bob, sale)
    data = fill(page, {CARROTS.offer_id: "1,5", BREAD.offer_id: "2"})
    sent = bob.post(f"/distributions/{sale.distribution_id}/orders", data=data)
    assert sent.location == f"/orders/{order.order_id}?said=placed"
    (asked,) = line.acts()
    assert isinstance(asked, PlaceOrder)
    assert {wish.offer_id: wish.quantity for wish in asked.lines} == {CARROTS.offer_id: 1500, BREAD.offer_id: 2}
    assert line.keys() == [data["idempotency_key"]]
    confirmed = read(bob.get(sent.location)).text
    assert "C’est commandé" in confirmed and "K7M2QX" in confirmed and "12,00 €" in confirmed


def test_sold_out_says_what_is_left_and_keeps_what_was_typed(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    left = [{"offer_id": str(BREAD.offer_id), "name": BREAD.name, "unit": "piece", "left": 1}]
    line.answers[PlaceOrder] = Refused(code="sold-out", message="Not enough.", details={"lines": left})
    page = shop(bob, sale)
    first = fill(page, {CARROTS.offer_id: "2", BREAD.offer_id: "3"})
    sent = bob.post(f"/distributions/{sale.distribution_id}/orders", data=first)
    assert sent.status_code == 409
    again = read(sent)
    assert "Il en reste 1." in again.text
    assert f"#q-{BREAD.offer_id}" in again.links
    kept = fill(again, {})
    assert (kept[f"q-{CARROTS.offer_id}"], kept[f"q-{BREAD.offer_id}"]) == ("2", "3")
    assert kept["idempotency_key"] != first["idempotency_key"]


def test_a_wrong_quantity_is_told_at_its_field(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    data = fill(shop(bob, sale), {CARROTS.offer_id: "beaucoup", BREAD.offer_id: "1"})
    again = read(bob.post(f"/distributions/{sale.distribution_id}/orders", data=data))
    assert "Écrivez une quantité" in again.text and line.acts() == []
    assert f"q-{CARROTS.offer_id}-fault" in again.ids


def test_what_the_service_finds_wrong_is_told_at_its_field(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    fault = {"field": "lines.1.quantity", "code": "off-step", "message": "In steps."}
    line.answers[PlaceOrder] = raises(Malformed("malformed", "In steps.", {"fields": [fault]}))
    data = fill(shop(bob, sale), {BREAD.offer_id: "1", CARROTS.offer_id: "0,7"})
    fault["field"] = "lines.0.quantity"
    sent = bob.post(f"/distributions/{sale.distribution_id}/orders", data=data)
    assert sent.status_code == 400 and "Se commande par 0,5 kg." in read(sent).text


def test_an_empty_basket_is_no_order(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    sent = bob.post(f"/distributions/{sale.distribution_id}/orders", data=fill(shop(bob, sale), {}))
    assert sent.status_code == 400 and "Choisissez au moins un produit" in read(sent).text


def test_an_unknown_outcome_is_asked_again_with_the_same_key(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    line.answers[PlaceOrder] = raises(Unavailable("no-answer", "Unknown."))
    data = fill(shop(bob, sale), {CARROTS.offer_id: "1"})
    sent = bob.post(f"/distributions/{sale.distribution_id}/orders", data=data)
    assert sent.status_code == 503 and sent.headers["Retry-After"]
    again = next(form for form in read(sent).forms if form.action.endswith("/orders"))
    assert again.fields["idempotency_key"] == data["idempotency_key"]
    line.answers[PlaceOrder] = ordered(line, sale, 1000)
    assert bob.post(again.action, data=again.fields).status_code == 303
    assert len(set(line.keys())) == 1


def test_a_forged_order_is_shown_to_its_sender_first(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    data = {f"q-{CARROTS.offer_id}": "1", "idempotency_key": "forged-key"}
    sent = bob.post(f"/distributions/{sale.distribution_id}/orders", data=data)
    assert sent.status_code == 403 and line.acts() == []
    assert fill(read(sent), {})[f"q-{CARROTS.offer_id}"] == "1"


def test_without_script_a_search_keeps_the_basket(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    data = fill(shop(bob, sale), {CARROTS.offer_id: "2"}) | {"words": "PAINS", "filter": "1"}
    page = read(bob.post(f"/distributions/{sale.distribution_id}/orders", data=data))
    assert "Pain de campagne" in page.text and "Carottes" not in page.text
    assert fill(page, {})[f"q-{CARROTS.offer_id}"] == "2" and line.acts() == []


def test_a_farm_that_closed_early_takes_no_more(stranger: FlaskClient, line: FakeLine) -> None:
    over = cast.line("Brioche", closes_at=datetime.now(UTC) - timedelta(minutes=1))
    page = shop(stranger, sell(line, CARROTS, over))
    assert "la ferme a clos ses commandes" in page.text
    assert f"q-{over.offer_id}" not in page.ids and f"q-{CARROTS.offer_id}" in page.ids


def test_nothing_left_is_sold_out(stranger: FlaskClient, line: FakeLine) -> None:
    page = shop(stranger, sell(line, BREAD, left={BREAD.offer_id: 0}))
    assert "Épuisé" in page.text and f"q-{BREAD.offer_id}" not in page.ids


def test_a_closed_sale_can_be_looked_at(stranger: FlaskClient, line: FakeLine) -> None:
    page = shop(stranger, sell(line, BREAD, state=DistributionState.CLOSED))
    assert "Les commandes sont closes" in page.text and "Se connecter et commander" not in page.text


def test_a_sale_to_come_says_when_it_opens(stranger: FlaskClient, line: FakeLine) -> None:
    at = datetime(2026, 10, 21, 18, tzinfo=UTC)
    wall = at.replace(hour=20, tzinfo=None)
    names = ("opens_at", "closes_at", "starts_at", "ends_at")
    line.answers[ReadDistribution] = Distribution(
        distribution_id=cast.MARKET, version=1, market_id=cast.MARKET, market_name="Marché", venue_id=cast.MARKET,
        venue_name="Salle", venue_address="Place", state=Stage.PLANNED, time_zone="Europe/Paris",
        **dict.fromkeys(names, at), **{f"wall_{name}": wall for name in names},
    )  # fmt: skip
    assert "ouvrent le mercredi 21 octobre 2026 à 20:00" in read(stranger.get(f"/distributions/{cast.MARKET}")).text


def change(client: FlaskClient, order: Order, wanted: dict[UUID, str]) -> tuple[Page, dict[str, str]]:
    page = read(client.get(f"/orders/{order.order_id}/change"))
    return page, fill(page, wanted)


def test_a_change_is_found_again_by_whose_session_had_ended(
    stranger: FlaskClient, bob: FlaskClient, line: FakeLine
) -> None:
    order = ordered(line, sell(line, CARROTS, BREAD), 1500, 2)
    path = f"/orders/{order.order_id}/change"
    _, data = change(bob, order, {CARROTS.offer_id: "2,5", BREAD.offer_id: ""})
    sent = stranger.post(path, data=data)
    assert sent.status_code == 303 and line.acts() == []
    wanted = read(stranger.get(sent.location)).forms[0].fields["next"]
    back = fill(read(bob.get(wanted)), {})
    assert (back[f"q-{CARROTS.offer_id}"], back[f"q-{BREAD.offer_id}"]) == ("2,5", "")


def test_who_sent_a_form_in_vain_is_told_at_the_door(stranger: FlaskClient, line: FakeLine) -> None:
    order = ordered(line, sell(line, CARROTS), 1500)
    path = f"/orders/{order.order_id}/cancel"
    words = "ce qui vient d’être envoyé n’est pas enregistré"
    assert words in read(stranger.get(stranger.post(path).location)).text
    assert words not in read(stranger.get(stranger.get(path).location)).text


def test_a_change_sends_absolute_quantities_and_the_version_seen(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    order = ordered(line, sale, 1500, 2, version=4)
    line.answers[AmendOrder] = order
    page, data = change(bob, order, {CARROTS.offer_id: "1", BREAD.offer_id: "0"})
    assert next(one for one in page.controls if one.get("id") == f"q-{BREAD.offer_id}")["value"] == "2"
    assert bob.post(f"/orders/{order.order_id}/change", data=data).location.endswith("?said=changed")
    (asked,) = line.acts()
    assert isinstance(asked, AmendOrder) and asked.version == 4
    assert {wish.offer_id: wish.quantity for wish in asked.lines} == {CARROTS.offer_id: 1000, BREAD.offer_id: 0}


def test_a_conflict_shows_the_order_as_it_is_and_what_differs(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    order = ordered(line, sale, 1500, 2)
    _, data = change(bob, order, {CARROTS.offer_id: "3"})
    now = ordered(line, sale, 500, 2, order_id=order.order_id, version=2)
    details = {"order": now.model_dump(mode="json")}
    line.answers[AmendOrder] = raises(Conflict("order-changed", "Changed.", details))
    sent = bob.post(f"/orders/{order.order_id}/change", data=data)
    page = read(sent)
    assert sent.status_code == 409
    assert "Ce qui diffère" in page.text and "0,5 kg" in page.text
    again = fill(page, {})
    assert again["version"] == "2" and again[f"q-{CARROTS.offer_id}"] == "3"


def test_a_frozen_line_is_named_and_left_alone(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    order = ordered(line, sale, 1500, 2)
    _, data = change(bob, order, {CARROTS.offer_id: "1", BREAD.offer_id: "1"})
    lines = [{"offer_id": str(BREAD.offer_id), "name": BREAD.name}]
    line.answers[AmendOrder] = Refused(code="line-closed", message="No.", details={"lines": lines})
    page = read(bob.post(f"/orders/{order.order_id}/change", data=data))
    assert "Commandé : 2. Ne peut plus être changé." in page.text
    assert f"q-{BREAD.offer_id}" not in fill(page, {})


def test_nothing_changed_asks_nothing(bob: FlaskClient, line: FakeLine) -> None:
    order = ordered(line, sell(line, CARROTS), 1500)
    _, data = change(bob, order, {})
    assert bob.post(f"/orders/{order.order_id}/change", data=data).location == f"/orders/{order.order_id}"
    assert line.acts() == []


def test_removing_everything_leads_to_the_page_that_asks(bob: FlaskClient, line: FakeLine) -> None:
    order = ordered(line, sell(line, CARROTS), 1500)
    _, data = change(bob, order, {CARROTS.offer_id: ""})
    assert bob.post(f"/orders/{order.order_id}/change", data=data).location == f"/orders/{order.order_id}/cancel"
    assert line.acts() == []


def test_a_cancellation_is_asked_before_it_is_done(bob: FlaskClient, line: FakeLine) -> None:
    order = ordered(line, sell(line, CARROTS), 1500, version=3)
    page = read(bob.get(f"/orders/{order.order_id}/cancel"))
    assert "La garder" in page.text and line.acts() == []
    form = page.form("/cancel")
    gone = order.model_copy(update={"state": OrderState.CANCELLED})
    line.answers[CancelOrder] = gone
    sent = bob.post(form.action, data=form.fields)
    (asked,) = line.acts()
    assert isinstance(asked, CancelOrder) and asked.version == 3
    assert sent.location.endswith("?said=cancelled")


@pytest.mark.parametrize("typed", ["-1", "1e9", "NaN", "1,5,2", "0,0001"])
def test_no_odd_number_reaches_a_service(bob: FlaskClient, line: FakeLine, typed: str) -> None:
    sale = sell(line, CARROTS)
    data = fill(shop(bob, sale), {CARROTS.offer_id: typed})
    assert bob.post(f"/distributions/{sale.distribution_id}/orders", data=data).status_code == 400
    assert line.acts() == []


def test_a_line_of_everything_is_readable(stranger: FlaskClient, line: FakeLine) -> None:
    wine = cast.line(
        "Cidre", alcohol=True, allergens=["sulphites"], ingredients="Pommes", storage="chilled", unit=Unit.LITRE
    )
    text = shop(stranger, sell(line, wine)).text
    assert "interdite aux moins de 18 ans" in text and "sulfites" in text and "au frais" in text and "5,5 %" in text


@pytest.mark.parametrize(("state", "leads_to"), [("open", "/distributions/"), ("cancelled", "/markets/")])
def test_a_cancelled_order_leads_to_where_one_may_order(
    bob: FlaskClient, line: FakeLine, state: str, leads_to: str
) -> None:
    sale = sell(line, CARROTS, state=DistributionState(state))
    order = ordered(line, sale, 1500, state=OrderState.CANCELLED)
    links = read(bob.get(f"/orders/{order.order_id}")).links
    other = {"/distributions/": "/markets/", "/markets/": "/distributions/"}[leads_to]
    assert any(link.startswith(leads_to) for link in links) and not any(link.startswith(other) for link in links)


def test_an_order_of_a_shifted_sale_is_cancelled_freely_until_the_hour_that_is_shown(
    bob: FlaskClient, line: FakeLine
) -> None:
    now = datetime.now(UTC)
    shift = {"state": DistributionState.CLOSED, "shifted_from": now, "free_until": now + timedelta(hours=5)}
    sale = sell(line, CARROTS, **shift)
    order = ordered(line, sale, 1500, number=7, version=3)
    shown = read(bob.get(f"/orders/{order.order_id}")).text
    assert "est décalée" in shown and "Annuler librement, jusqu’au" in shown
    asked = read(bob.get(f"/orders/{order.order_id}/cancel"))
    assert "La remise a été décalée" in asked.text and "La changer" not in asked.text
    line.answers[CancelOrder] = order.model_copy(update={"state": OrderState.CANCELLED})
    form = next(one for one in asked.forms if "version" in one.fields)
    assert bob.post(form.action, data=form.fields).status_code == 303
    sell(line, CARROTS, **shift | {"distribution_id": sale.distribution_id, "free_until": now, "version": 2})
    assert may_cancel_freely(order, line.answers[ReadSaleSheet]) is False
