"""The pages of tills, books and mandates: what must be in a till, what closing means, and who holds money for whom."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.accounts import Identify
from contracts.books import CloseBooks, ReadBooks
from contracts.errors import malformed_field
from contracts.lists import ReadHandoverList
from contracts.members import Right
from contracts.messages import Refused
from contracts.orders import DistributionState
from contracts.planning import ReadDistribution, Stage
from contracts.tills import CountTill, EndMandate, GiveMandate, ListMandates, OpenDesk, ReadTills, SetFloat
from tests import cast
from tests.pages.conftest import FakeLine, identity, raises
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import Page, read
from tests.pages.test_day import ORDER, SALE, asked, typed
from tests.pages.test_day import day as day
from tests.pages.test_money import BOOKS, COUNTER, DESK, MANDATE, MANDATES, TILL, TILLS
from tests.pages.test_money import evening as evening
from tests.pages.test_pages import NOW, distribution, is_whole
from tests.pages.test_pages import town as town


def test_a_till_says_what_must_be_in_it(bob: FlaskClient, evening: FakeLine) -> None:
    text = read(bob.get(f"{TILLS}/{TILL}")).text
    assert "Doit y être 130,00 €" in text and "Bordereau de remise de chèques" in text
    assert "1 chèque 5,20 €" in text


def test_a_count_that_differs_wants_its_reason_at_the_field(bob: FlaskClient, evening: FakeLine) -> None:
    path = f"{TILLS}/{TILL}"
    evening.answers[CountTill] = raises(malformed_field("reason", "Say why it differs.", "missing"))
    page = read(bob.get(path)).form("/count")
    sent = bob.post(page.action, data=page.fields | {"counted_cents": "128,5"})
    assert sent.status_code == 400 and "Dites pourquoi" in read(sent).text and "#reason" in read(sent).links
    assert read(sent).form("/count").fields["counted_cents"] == "128,5"
    evening.answers[CountTill] = evening.answers[ReadTills]
    done = bob.post(page.action, data=page.fields | {"counted_cents": "128,5", "reason": "Un pain"})
    assert done.location == f"{path}?said=counted"
    assert asked(evening, CountTill) == CountTill(till_id=TILL, counted_cents=12_850, reason="Un pain")


def test_a_float_is_typed_in_euros(bob: FlaskClient, evening: FakeLine) -> None:
    form = read(bob.get(f"{TILLS}/{TILL}")).form("/float")
    assert form.fields["float_cents"] == "40,00"
    assert bob.post(form.action, data=form.fields | {"float_cents": "-1"}).status_code == 400
    evening.answers[SetFloat] = evening.answers[ReadTills]
    assert bob.post(form.action, data=form.fields | {"float_cents": "60"}).status_code == 303
    assert asked(evening, SetFloat) == SetFloat(till_id=TILL, float_cents=6000)


def test_closed_books_keep_the_tills_as_they_were(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[ReadTills] = evening.answers[ReadTills].model_copy(update={"final_at": NOW})
    assert "telles qu’elles étaient" in read(bob.get(TILLS)).text
    assert not [form for form in read(bob.get(f"{TILLS}/{TILL}")).forms if form.action.endswith(("/count", "/float"))]


def as_holder(app: Flask, line: FakeLine, right: Right, object_id: UUID) -> FlaskClient:
    line.answers[Identify] = identity(rights=[{"right": right, "object_id": object_id}])
    client = app.test_client()
    client.set_cookie("session", f"of-{right}")
    return client


def test_an_organiser_opens_a_desk(app: Flask, evening: FakeLine) -> None:
    odile = as_holder(app, evening, Right.ORGANISE, cast.MARKET)
    evening.answers[OpenDesk] = evening.answers[ReadTills]
    assert typed(odile, TILLS, holder="Les Amis", float_cents="60,00").location == f"{TILLS}?said=opened"
    assert asked(evening, OpenDesk) == OpenDesk(distribution_id=SALE, holder="Les Amis", float_cents=6000)
    evening.answers[OpenDesk] = Refused(code="books-closed", message="Closed.")
    assert typed(odile, TILLS, holder="Les Amis", float_cents="").status_code == 409


def test_a_farm_sees_its_part_of_a_desk_but_not_what_must_be_in_it(app: Flask, evening: FakeLine) -> None:
    alice = as_holder(app, evening, Right.SELL, cast.FARM)
    page = read(alice.get(f"{TILLS}/{DESK}"))
    assert "90,00 €" in page.text and "Doit y être" not in page.text
    assert not [form for form in page.forms if form.action.endswith(("/count", "/float"))]
    assert "Doit y être" in read(alice.get(f"{TILLS}/{TILL}")).text


def test_a_farm_s_way_back_from_the_tills_is_its_own(app: Flask, evening: FakeLine) -> None:
    alice = as_holder(app, evening, Right.SELL, cast.FARM)
    page = read(alice.get(TILLS))
    assert f"/distributions/{SALE}/producers/{cast.FARM}/day" in page.links
    assert not [form for form in page.forms if "holder" in form.fields]


def test_cheques_are_a_table_for_the_bank(bob: FlaskClient, evening: FakeLine) -> None:
    sent = bob.get(f"/api/v1/distributions/{SALE}/cheques.csv").get_data().decode("utf-8-sig")
    assert sent.splitlines() == [
        "Caisse;N°;Référence;Montant", "Ferme <des> Alpilles;7;'=118, La Poste;5,20", "Total;;;5,20"
    ]  # fmt: skip


def books(bob: FlaskClient) -> Page:
    return is_whole(bob, BOOKS, "fr")


def test_closing_the_books_says_first_what_it_means(bob: FlaskClient, evening: FakeLine) -> None:
    page = books(bob)
    assert "rien de cette distribution ne change plus" in page.text and "812,40 €" in page.text
    assert COUNTER in page.links, "an open order is one step away"
    closing = evening.answers[ReadBooks].model_copy(update={"state": DistributionState.CLOSING_BOOKS})
    evening.answers[CloseBooks] = closing
    assert bob.post(BOOKS, data=page.form("").fields).location == BOOKS
    evening.answers[ReadBooks] = closing
    page = books(bob)
    assert 'http-equiv="refresh"' in page.html and "se ferment" in page.text
    assert not [form for form in page.forms if not form.action]


@pytest.mark.parametrize("path", [f"/organise/distributions/{SALE}", f"/distributions/{SALE}/day"])
def test_tills_and_books_are_found_once_the_sale_has_closed(bob: FlaskClient, evening: FakeLine, path: str) -> None:
    assert {TILLS, BOOKS} <= set(read(bob.get(path)).links)
    evening.answers[ReadDistribution] = distribution(Stage.OPEN, distribution_id=SALE)
    assert not {TILLS, BOOKS} & set(read(bob.get(path)).links)


def test_orders_that_wait_keep_the_books_open(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[CloseBooks] = Refused(code="orders-open", message="Open.", details={"numbers": [7, 12]})
    sent = bob.post(BOOKS, data=read(bob.get(BOOKS)).form("").fields)
    assert sent.status_code == 409 and "remise ou non retirée : 7, 12" in read(sent).text


def test_closed_books_say_since_when(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[ReadBooks] = evening.answers[ReadBooks].model_copy(update={"state": DistributionState.FINAL})
    evening.answers[ReadTills] = evening.answers[ReadTills].model_copy(update={"final_at": NOW})
    page = books(bob)
    assert "clos depuis le" in page.text and 'http-equiv="refresh"' not in page.html


def test_an_order_that_was_paid_and_cancelled_is_one_step_away(app: Flask, bob: FlaskClient, evening: FakeLine) -> None:
    unsettled = {"open_orders": [7, 9], "open_order_ids": [ORDER, UUID(int=909)]}
    evening.answers[ReadTills] = evening.answers[ReadTills].model_copy(update=unsettled)
    page, counter = books(bob), COUNTER.replace(str(ORDER), str(UUID(int=909)))
    assert {COUNTER, counter} <= set(page.links) and "9 annulée" in page.text
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    is_whole(bob, BOOKS, "en")
    assert "9 annulée" in books(bob).text, "not in the language of whoever came first"
    del evening.answers[ReadHandoverList]
    assert counter not in books(bob).links, "a treasurer hands nothing over"


def test_a_difference_that_nobody_explained_is_seen_before_the_books_close(bob: FlaskClient, evening: FakeLine) -> None:
    found = evening.answers[ReadTills]
    counted = {"counted_cents": 12_000, "counted_at": NOW}
    moved = found.tills[0].model_copy(update=counted)
    explained = found.tills[1].model_copy(update=counted | {"reason": "Un pain"})
    evening.answers[ReadTills] = found.model_copy(update={"tills": [moved, explained]})
    page = books(bob)
    assert "Caisses à compter" in page.text and f"{TILLS}/{TILL}" in page.links and f"{TILLS}/{DESK}" not in page.links


def test_books_are_shown_to_a_treasurer_and_without_payments(bob: FlaskClient, evening: FakeLine) -> None:
    del evening.answers[ReadHandoverList], evening.answers[ReadTills]
    page = books(bob)
    assert "7" in page.text and COUNTER not in page.links and "arrive dans un instant" in page.text


def test_a_farm_gives_and_ends_a_mandate(bob: FlaskClient, evening: FakeLine) -> None:
    (mandate,) = evening.answers[ListMandates]
    evening.answers |= {GiveMandate: mandate, EndMandate: mandate}
    assert "À remplir" in read(typed(bob, MANDATES, holder="Les Amis", given_on="")).text
    signed = {"market_id": str(cast.MARKET), "holder": "Les Amis", "given_on": "2026-09-12"}
    assert typed(bob, MANDATES, **signed).location == f"{MANDATES}?said=saved"
    given = asked(evening, GiveMandate)
    assert (given.producer_id, given.market_id, given.given_on) == (cast.FARM, cast.MARKET, date(2026, 9, 12))
    form = read(bob.get(MANDATES)).form("/end")
    assert bob.post(form.action, data=form.fields).location == f"{MANDATES}?said=ended"
    assert asked(evening, EndMandate).mandate_id == MANDATE


@pytest.mark.parametrize("page", ["handover-list", "books", "tills", f"preparation-lists/{cast.FARM}"])
@pytest.mark.parametrize(
    ("right", "back"), [(Right.ORGANISE, ""), (Right.TREASURY, "/entrusted"), (Right.ACCOUNT, "/figures")]
)
def test_the_way_back_from_an_evening_is_a_page_that_one_may_see(
    app: Flask, evening: FakeLine, town: FakeLine, page: str, right: Right, back: str
) -> None:
    evening.answers[ReadDistribution] = distribution(Stage.HANDOVER, distribution_id=SALE)
    client = as_holder(app, evening, right, cast.MARKET)
    html = read(client.get(f"/distributions/{SALE}/{page}")).html
    own = f"/distributions/{SALE}/day" if page == "tills" else f"/organise/distributions/{SALE}"
    assert html.split('class="crumbs"', 1)[1].split('href="', 1)[1].split('"', 1)[0] == (back or own)


def test_a_day_is_written_as_its_language_writes_it(bob: FlaskClient, evening: FakeLine) -> None:
    path = f"/organise/distributions/{SALE}"
    evening.answers[ReadDistribution] = distribution(Stage.CLOSED, distribution_id=SALE)
    assert "<h1>Mercredi 21 octobre 2026" in read(bob.get(path)).html
    bob.set_cookie("language", "en")
    assert "<h1>Wednesday 21 October 2026" in read(bob.get(path)).html
