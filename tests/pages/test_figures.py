"""What accountants read: it adds up, and has no button."""

from datetime import UTC, date, datetime
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from contracts.members import Right
from contracts.vat import ReadVat, VatList
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import asked
from tests.pages.test_day import day as day
from tests.pages.test_money import BOOKS, TILL, TILLS
from tests.pages.test_money import evening as evening
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town
from tests.pages.test_tills import as_holder

NEW_YEAR_IN_PARIS = datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_the_vat_of_a_period_adds_up_on_the_page_and_in_the_table(bob: FlaskClient, evening: FakeLine) -> None:
    of = {"market_id": cast.MARKET, "market_name": "Marché", "currency": "EUR"}
    farm = {"producer_id": cast.FARM, "producer_name": "Ferme", "orders": 3}
    sale = {"distribution_id": uuid4(), "starts_at": NEW_YEAR_IN_PARIS, "time_zone": "Europe/Paris", "final": False}
    taxed = [
        {"vat_basis_points": 550, "total_cents": 1055, "vat_cents": 55},
        {"vat_basis_points": 2000, "total_cents": 600, "vat_cents": 100},
    ]
    evening.answers[ReadVat] = VatList.model_validate(
        {"farms": [of | farm | one for one in taxed], "sales": [of | sale | one for one in taxed]}
    )
    for language in ("en", "fr"):
        page = is_whole(bob, f"/figures/vat?market_id={cast.MARKET}&from_on=2026-12-01&to_on=2026-12-31", language)
    assert asked(evening, ReadVat).to_on == date(2026, 12, 31)
    for amount in ("10,00 €", "5,00 €", "15,00 €", "1,55 €", "16,55 €"):
        assert amount in page.text.replace("\xa0", " ").replace("\u202f", " "), amount
    query = f"market_id={cast.MARKET}&from_on=2026-12-01&to_on=2026-12-31"
    table = bob.get(f"/api/v1/vat.csv?{query}").get_data(as_text=True).splitlines()
    assert "Ferme;5,5;10,00;0,55;10,55;EUR;3;" in table[1] and "2027-01-01" in table[3]
    for odd in ("from_on=1987-01-01&to_on=soon", "from_on=0001-01-01&to_on=9999-12-31"):
        assert bob.get(f"/figures/vat?{odd}").status_code == 200


def test_what_an_accountant_reads_has_no_button(app: Flask, evening: FakeLine) -> None:
    malik = as_holder(app, evening, Right.ACCOUNT, cast.MARKET)
    page = is_whole(malik, "/figures", "fr")
    assert "Comptes à lire" in page.text
    for path in (BOOKS, TILLS, f"{TILLS}/{TILL}"):
        page = read(malik.get(path))
        assert not [form for form in page.forms if form.action.endswith(("/count", "/float", "/books", "/tills"))]
        assert "Clore les comptes" not in page.text and "Ouvrir un comptoir" not in page.text
    assert "Clore les comptes" in read(as_holder(app, evening, Right.ORGANISE, cast.MARKET).get(BOOKS)).text
