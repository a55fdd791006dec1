"""The VAT rates of a product on pages: what holds today, what comes and when, written and taken back by its farm."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.errors import malformed_field
from contracts.producers import MyProducers, Producer
from contracts.products import DropVatRate, ListProducts, Product, ReadOffer, ShownOffer, WriteVatRate
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.reading import read
from tests.pages.test_facts import BEER

PRODUCT = UUID(int=302)
PATH = f"/farms/{cast.FARM}/products/{PRODUCT}"
COMING = {"vat_rates": [{"begins_on": "2027-01-01", "rate": 1000}, {"begins_on": "2027-07-01", "rate": 550}]}


@pytest.fixture(autouse=True)
def product(line: FakeLine) -> Product:
    """Jam at 2.1 %, with an allergen."""
    about: dict[str, Any] = {"producer_id": cast.FARM, "version": 1, "legal_name": "Alice Roux", "unit": "piece"}
    jam = {"product_id": PRODUCT, "name": "Confiture", "vat_basis_points": 210, "allergens": ["nuts"]}
    product = Product.model_validate(about | jam | COMING)
    farm = about | {"farm_name": "Ferme du Rieu", "insee": "84030", "town": "Caromb"}
    line.answers |= {MyProducers: [Producer.model_validate(farm)], ListProducts: [product]}
    line.answers |= {WriteVatRate: product, DropVatRate: product}
    return product


def sent(client: FlaskClient, action: str, **typed: str) -> Any:
    tokens = dict(re.findall(r'name="(csrf_token|idempotency_key)" value="([^"]*)"', client.get(PATH).text))
    return client.post(f"{PATH}/{action}", data=tokens | typed)


def test_a_farm_reads_what_holds_today_and_what_comes(bob: FlaskClient) -> None:
    page = read(bob.get(PATH))
    assert page.form("").fields["vat_basis_points"] == "210"
    assert "Aujourd’hui : 2,1 %" in page.text
    assert "10 % à partir du 1er janvier 2027" in page.text and "5,5 % à partir du 1er juillet 2027" in page.text
    listed = read(bob.get(f"/farms/{cast.FARM}/products")).text
    assert "TVA 10 % à partir du 1er janvier 2027" in listed and "juillet" not in listed


def test_a_rate_is_written_ahead_and_taken_back(bob: FlaskClient, line: FakeLine) -> None:
    answer = sent(bob, "vat-rates", rate="2000", begins_on="2028-01-01")
    assert answer.status_code == 303 and answer.location.startswith(PATH)
    assert sent(bob, "vat-rates/2027-01-01/drop").status_code == 303
    written, dropped = line.acts()
    assert isinstance(written, WriteVatRate) and isinstance(dropped, DropVatRate)
    assert (written.product_id, written.rate, written.begins_on) == (PRODUCT, 2000, date(2028, 1, 1))
    assert (dropped.product_id, dropped.begins_on) == (PRODUCT, date(2027, 1, 1))


@pytest.mark.parametrize("begins_on", ["", "demain", "2026-01-01"])
def test_what_is_no_first_day_is_said_at_its_field(bob: FlaskClient, line: FakeLine, begins_on: str) -> None:
    line.answers[WriteVatRate] = raises(malformed_field("begins_on", "Give a day to come.", "past"))
    answer = sent(bob, "vat-rates", rate="2000", begins_on=begins_on)
    page = read(answer)
    assert answer.status_code == 400 and "begins_on-fault" in page.ids
    kept = page.forms[-1].fields
    assert (kept["rate"], kept["begins_on"]) == ("2000", begins_on)
    assert not [one for one in page.controls if one.get("name") == "allergens"], "its boxes were not sent"


def test_everybody_reads_which_rate_comes(stranger: FlaskClient, line: FakeLine) -> None:
    line.answers[ReadOffer] = ShownOffer.model_validate(BEER | COMING)
    page = read(stranger.get(f"/offers/{BEER['offer_id']}")).text
    assert "TVA comprise 20 % ; 10 % à partir du 1er janvier 2027 ; 5,5 % à partir du 1er juillet 2027" in page
