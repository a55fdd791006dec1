"""A line added after the close, at the counter and as the farm: in grams, with who agreed, each fault at its field."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from contracts.accounts import HeldRight, Identify
from contracts.catalog import SheetLine
from contracts.day import ReadFarmLines
from contracts.errors import Malformed, Unavailable, malformed_field
from contracts.late import AddLateLines, ListLateLines, Substitute
from contracts.late_orders import FindMembers, ForgetGuest, MemberFound, PlaceLateOrder
from contracts.lists import ReadHandover
from contracts.members import Right
from contracts.messages import Refused
from contracts.money import Unit
from contracts.orders import DistributionState, OrderState, ReadOrder, ReadSaleSheet
from contracts.planning import ReadDistribution, Stage
from tests import cast
from tests.pages.conftest import FakeLine, identity, raises, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import CARROTS, ORDER, SALE, asked, late_line
from tests.pages.test_day import day as day
from tests.pages.test_money import COUNTER, FARM_ORDER
from tests.pages.test_money import evening as evening
from tests.pages.test_pages import distribution, is_whole
from tests.pages.test_pages import town as town

BREAD = cast.line("Pain", producer_id=cast.BAKERY, producer_name="Le Fournil", stock=4)
LEEKS = cast.line("Poireaux", unit=Unit.KILOGRAM, stock=3000, minimum=500, step=500)
GONE = cast.line("Fenouil", stock=0)
FARM_DAY = f"/distributions/{SALE}/producers/{cast.FARM}/day"


@pytest.fixture
def sale(evening: FakeLine) -> FakeLine:
    """The hand-over has begun: leeks and bread are left, fennel is not."""
    left = {one.offer_id: one.stock for one in (BREAD, LEEKS, GONE)}
    sell(evening, LEEKS, BREAD, GONE, left=left, distribution_id=SALE, state=DistributionState.HANDOVER)
    evening.answers[AddLateLines] = evening.answers[ReadFarmLines][0]
    return evening


def add(bob: FlaskClient, path: str, offer: SheetLine | None, **fields: str) -> Any:
    form = read(bob.get(path)).form("/late-lines")
    typed = {"offer_id": str(offer.offer_id) if offer else "", "quantity": "1,5", "agreed": "Jeanne, par téléphone"}
    return bob.post(form.action, data=form.fields | typed | fields)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", [COUNTER, FARM_ORDER, FARM_DAY])
def test_every_page_with_late_lines_is_whole(bob: FlaskClient, sale: FakeLine, path: str, language: str) -> None:
    is_whole(bob, path, language)


def test_what_is_left_is_offered_and_one_line_is_sent_with_who_agreed(bob: FlaskClient, sale: FakeLine) -> None:
    page = read(bob.get(COUNTER)).text
    assert "Par exemple : Jeanne" in page and "Vous-même" not in page
    assert "Poireaux – Ferme des Alpilles (il en reste 3 kg)" in page and "Fenouil" not in page
    assert add(bob, COUNTER, LEEKS).location == f"{COUNTER}?said=line-added"
    sent = asked(sale, AddLateLines)
    assert (sent.order_id, sent.producer_id, sent.agreed) == (ORDER, cast.FARM, "Jeanne, par téléphone")
    assert [(one.offer_id, one.quantity) for one in sent.lines] == [(LEEKS.offer_id, 1500)]


def test_one_line_is_given_in_place_of_another_in_its_own_unit(bob: FlaskClient, sale: FakeLine) -> None:
    sale.answers[Substitute] = sale.answers[ReadFarmLines][0]
    typed = {"instead_of": str(CARROTS.offer_id), "short": "0,5", "dearer": "on"}
    assert add(bob, COUNTER, BREAD, quantity="2", **typed).location == f"{COUNTER}?said=line-added"
    sent = asked(sale, Substitute)
    assert (sent.instead_of, sent.short, sent.offer_id, sent.quantity) == (CARROTS.offer_id, 500, BREAD.offer_id, 2)
    assert sent.dearer and sent.producer_id == cast.BAKERY and sent.agreed == "Jeanne, par téléphone"
    sale.answers[Substitute] = Refused(code="dearer", message="No.")
    page = add(bob, COUNTER, BREAD, quantity="2", **typed)
    assert page.status_code == 409 and "coûte plus que ce qui manque" in read(page).text
    assert add(bob, COUNTER, BREAD, quantity="2", instead_of=typed["instead_of"], short="").status_code == 400


def test_a_farm_adds_its_own_and_says_yes_by_doing_so(bob: FlaskClient, sale: FakeLine) -> None:
    held = HeldRight(right=Right.SELL, object_id=cast.FARM)
    sale.answers[Identify] = identity(rights=[held])
    page = read(bob.get(FARM_ORDER)).text
    assert "Vous-même, si vous n’écrivez rien" in page and "Pain – Le Fournil" not in page
    assert add(bob, FARM_ORDER, LEEKS, agreed="").location == f"{FARM_ORDER}?said=line-added"
    assert asked(sale, AddLateLines).agreed == ""


def test_a_farm_gives_something_else_for_what_is_short_from_its_own_list(bob: FlaskClient, sale: FakeLine) -> None:
    sale.answers[Identify] = identity(rights=[HeldRight(right=Right.SELL, object_id=cast.FARM)])
    sale.answers[ReadDistribution] = distribution(Stage.HANDOVER, distribution_id=SALE)
    sale.answers[Substitute] = sale.answers[ReadFarmLines][0]
    (link,) = [one for one in read(bob.get(FARM_DAY)).links if "instead_of" in one]
    address = link.removesuffix("#adding")
    shown = read(bob.get(address)).form("/late-lines").fields
    assert (shown["instead_of"], shown["short"]) == (str(CARROTS.offer_id), "0,5")
    assert add(bob, address, LEEKS, agreed="", quantity="0,5").location == f"{FARM_ORDER}?said=line-added"
    sent = asked(sale, Substitute)
    assert (sent.instead_of, sent.short, sent.offer_id, sent.quantity) == (CARROTS.offer_id, 500, LEEKS.offer_id, 500)
    assert (sent.producer_id, sent.agreed, sent.dearer) == (cast.FARM, "", False)


LATE_ORDER = f"/distributions/{SALE}/late-orders"
HELENE = MemberFound(person_id=UUID(int=31), name="Hélène <Lefèvre>")


@pytest.fixture
def telephone(sale: FakeLine) -> FakeLine:
    """Hélène has no order yet, Bob has; a late order is written with what the farm has left."""
    sale.answers[ReadDistribution] = distribution(Stage.HANDOVER, distribution_id=SALE)
    sale.answers[FindMembers] = [HELENE, MemberFound(person_id=cast.BOB, name="Bob", order_id=ORDER, number=7)]
    sale.answers[PlaceLateOrder] = sale.answers[ReadFarmLines][0]
    return sale


def write(bob: FlaskClient, offer: SheetLine | None = LEEKS, **fields: str) -> Any:
    form = read(bob.get(f"{LATE_ORDER}?sought=h%C3%A9")).forms[-1]
    typed = {"offer_id": str(offer.offer_id) if offer else "", "quantity": "1,5", "agreed": "Jeanne"}
    return bob.post(LATE_ORDER, data=form.fields | typed | fields)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("query", ["", "?sought=h%C3%A9"])
def test_the_page_of_late_orders_is_whole(bob: FlaskClient, telephone: FakeLine, query: str, language: str) -> None:
    is_whole(bob, f"{LATE_ORDER}{query}", language)


def test_a_member_is_found_and_given_an_order(bob: FlaskClient, telephone: FakeLine) -> None:
    assert LATE_ORDER in read(bob.get(f"/distributions/{SALE}/day")).links
    page = read(bob.get(f"{LATE_ORDER}?sought=h%C3%A9"))
    assert "Bob a déjà la commande 7" in page.text and COUNTER in page.links
    assert write(bob, person_id=str(HELENE.person_id)).location == f"{COUNTER}?said=late-order"
    sent = asked(telephone, PlaceLateOrder)
    assert (sent.person_id, sent.name, sent.phone, sent.agreed) == (HELENE.person_id, None, None, "Jeanne")
    assert [(one.offer_id, one.quantity) for one in sent.lines] == [(LEEKS.offer_id, 1500)]
    assert (sent.distribution_id, sent.producer_id) == (SALE, cast.FARM)


def test_a_guest_is_named_and_forgotten_by_a_button(bob: FlaskClient, telephone: FakeLine) -> None:
    assert write(bob, person_id="guest", name="Germaine Blanc", phone="04 90 62 00 17").status_code == 303
    sent = asked(telephone, PlaceLateOrder)
    assert (sent.person_id, sent.name, sent.phone) == (None, "Germaine Blanc", "04 90 62 00 17")
    telephone.answers[ReadHandover] = telephone.answers[ReadHandover].model_copy(update={"guest": True})
    telephone.answers[ForgetGuest] = None
    form = read(bob.get(COUNTER)).form("/guest")
    assert bob.post(form.action, data=form.fields).location == f"{COUNTER}?said=name-forgotten"
    assert asked(telephone, ForgetGuest).order_id == ORDER


def test_nobody_chosen_nothing_chosen_and_an_order_that_stands_are_said(bob: FlaskClient, telephone: FakeLine) -> None:
    page = write(bob, None)
    assert page.status_code == 400 and {"person_id-fault", "offer_id-fault"} <= set(read(page).ids)
    telephone.answers[PlaceLateOrder] = Refused(code="order-stands", message="No.")
    page = write(bob, person_id=str(HELENE.person_id))
    assert page.status_code == 409 and "a déjà une commande ici" in read(page).text


def test_each_fault_stands_at_its_field_and_nothing_typed_is_lost(bob: FlaskClient, sale: FakeLine) -> None:
    limits = malformed_field("lines.0.quantity", "In steps.", "off-step")
    missing = malformed_field("agreed", "Say who.", "missing")
    tried: list[tuple[Any, SheetLine | None, dict[str, str], str, str]] = [
        (None, None, {}, "offer_id", "Choisissez un produit."),
        (None, LEEKS, {"quantity": "beaucoup"}, "quantity", "Écrivez une quantité"),
        (None, LEEKS, {"quantity": "0"}, "quantity", "Écrivez une quantité"),
        (limits, LEEKS, {"quantity": "0,7"}, "quantity", "Se commande par 0,5 kg."),
        (missing, LEEKS, {"agreed": " "}, "agreed", "Dites qui a dit oui"),
        (None, LEEKS, {"agreed": "x" * 121}, "agreed", "au plus 120"),
    ]
    for error, offer, fields, field, sentence in tried:
        sale.answers[AddLateLines] = raises(error) if isinstance(error, Malformed) else Unavailable
        page = add(bob, COUNTER, offer, **fields)
        assert page.status_code == 400 and sentence in read(page).text, sentence
        assert f"{field}-fault" in read(page).ids and f"#{field}" in read(page).links
        assert read(page).form("/late-lines").fields["quantity"] == fields.get("quantity", "1,5")


def test_what_is_left_stands_at_the_quantity_when_it_is_too_little(bob: FlaskClient, sale: FakeLine) -> None:
    gone = {"offer_id": str(LEEKS.offer_id), "name": "Poireaux", "unit": "kg", "left": 500}
    sale.answers[AddLateLines] = Refused(code="sold-out", message="No.", details={"lines": [gone]})
    page = add(bob, COUNTER, LEEKS)
    assert page.status_code == 409 and "Il en reste 0,5 kg." in read(page).text and "quantity-fault" in read(page).ids


@pytest.mark.parametrize("code", ["handed-over", "absent", "dropped-out", "withdrawn", "books-closed", "mark-expired"])
def test_each_refusal_is_said_in_words(bob: FlaskClient, sale: FakeLine, code: str) -> None:
    sale.answers[AddLateLines] = Refused(code=code, message="No.")
    page = add(bob, FARM_ORDER, LEEKS)
    assert page.status_code == 409 and "Cela n’a pas marché" not in read(page).text


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.CLOSING_BOOKS, Stage.FINAL, Stage.CANCELLED])
def test_nothing_is_offered_before_the_close_or_after_the_books(bob: FlaskClient, sale: FakeLine, stage: Stage) -> None:
    sale.answers[ReadDistribution] = distribution(stage, distribution_id=SALE)
    assert "Ajouter (ligne tardive)" not in read(bob.get(COUNTER)).text


def test_nothing_is_offered_for_an_order_that_left_the_hall(bob: FlaskClient, sale: FakeLine) -> None:
    sale.answers[ReadOrder] = sale.answers[ReadOrder].model_copy(update={"state": OrderState.HANDED_OVER})
    assert "Ajouter (ligne tardive)" not in read(bob.get(COUNTER)).text


def test_the_counter_stands_without_a_sheet(bob: FlaskClient, sale: FakeLine) -> None:
    sale.answers[ReadSaleSheet] = raises(Unavailable("busy", "Not now."))
    page = bob.get(COUNTER)
    assert page.status_code == 200 and "Ajouter (ligne tardive)" not in read(page).text


def test_the_log_is_on_the_order_and_on_the_farm_s_day(bob: FlaskClient, sale: FakeLine) -> None:
    other = late_line(order_id=uuid4(), producer_id=cast.BAKERY, name="Brioche")
    sale.answers[ListLateLines] = [late_line(), other]
    for path in (COUNTER, FARM_ORDER, FARM_DAY):
        text = read(bob.get(path)).text
        assert "+ 1,5 kg" in text and "accord : Jeanne <par téléphone> · saisi par Odile Vert" in text
        assert "Brioche" not in text, path
    assert "ajoutez-y ces lignes" in read(bob.get(FARM_DAY)).text
