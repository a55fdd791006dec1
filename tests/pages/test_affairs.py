"""Papers, holidays and archived products on pages: a warning where the farm begins, forms that say what is wrong."""

import re
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from contracts.affairs import (
    AddHoliday,
    AddPaper,
    DatedRegime,
    DropVatRegime,
    FarmPaper,
    Holiday,
    ListHolidays,
    ListPapers,
    ListVatRegimes,
    WriteVatRegime,
)
from contracts.errors import malformed_field
from contracts.money import VatRegime
from contracts.planning import ListAdmissions
from contracts.producers import MyProducers, Producer
from contracts.products import ListProducts, Product
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.reading import read

PATH = f"/farms/{cast.FARM}"
HOLIDAY = {"producer_id": cast.FARM, "holiday_id": UUID(int=401), "from_on": "2026-12-24", "to_on": "2027-01-04"}


def paper(kind: str, ends_on: date | None, standing: str) -> FarmPaper:
    given = {"kind": kind, "number": f"numéro de {kind}", "ends_on": ends_on, "standing": standing}
    return FarmPaper.model_validate(given | {"paper_id": uuid4(), "producer_id": cast.FARM})


@pytest.fixture(autouse=True)
def farm(line: FakeLine) -> None:
    about: dict[str, Any] = {"producer_id": cast.FARM, "version": 1, "legal_name": "Alice Roux", "town": "Caromb"}
    line.answers[MyProducers] = [Producer.model_validate(about | {"farm_name": "Ferme du Rieu", "insee": "84030"})]
    franchise = DatedRegime(begins_on=date(2027, 3, 15), regime=VatRegime.FRANCHISE)
    line.answers |= {ListAdmissions: [], ListHolidays: [Holiday.model_validate(HOLIDAY)], ListVatRegimes: [franchise]}
    line.answers[ListPapers] = [
        paper("insurance", date(2026, 12, 2), "ends_soon"),
        paper("alcohol_licence", date(2026, 11, 2), "expired"),
        paper("sanitary", None, "good"),
    ]


def test_a_farms_page_begins_with_what_ends_and_when_it_is_away(bob: FlaskClient) -> None:
    page = " ".join(bob.get(PATH).text.split())
    assert "assurance : dernier jour le 2 décembre 2026" in page
    assert "licence pour l’alcool : dernier jour passé, le 2 novembre 2026" in page
    assert "numéro de sanitary" not in page
    assert "En congé du 24 décembre 2026 au 4 janvier 2027" in page


def sent(client: FlaskClient, action: str, **typed: str) -> Any:
    page = client.get(f"{PATH}/affairs").text
    tokens = dict(re.findall(r'name="(csrf_token|idempotency_key)" value="([^"]*)"', page))
    return client.post(f"{PATH}/affairs/{action}", data=tokens | typed)


def test_papers_and_holidays_are_added_on_one_page(bob: FlaskClient, line: FakeLine) -> None:
    line.answers[AddPaper] = paper("other", None, "good")
    line.answers[AddHoliday] = Holiday.model_validate(HOLIDAY)
    assert sent(bob, "papers", kind="insurance", number="G 84-117", ends_on="2027-12-31").status_code == 303
    assert sent(bob, "holidays", from_on="2026-12-24", to_on="2027-01-04").status_code == 303
    added, away = line.acts()
    assert isinstance(added, AddPaper) and (added.number, added.ends_on) == ("G 84-117", date(2027, 12, 31))
    assert isinstance(away, AddHoliday) and (away.from_on, away.to_on) == (date(2026, 12, 24), date(2027, 1, 4))


def test_what_is_wrong_with_a_holiday_stands_beside_its_day(bob: FlaskClient, line: FakeLine) -> None:
    line.answers[AddHoliday] = raises(malformed_field("to_on", "The last day cannot be before the first.", "order"))
    answer = sent(bob, "holidays", from_on="2026-12-24", to_on="2026-12-23")
    assert answer.status_code == 400 and answer.text.count("ne peut pas être avant le premier") == 2
    assert 'value="2026-12-23"' in answer.text


def test_the_vat_regimes_are_written_and_taken_back_on_the_same_page(bob: FlaskClient, line: FakeLine) -> None:
    page = read(bob.get(f"{PATH}/affairs"))
    assert "Franchise en base" in page.text and "à partir du 15 mars 2027" in page.text
    line.answers |= {WriteVatRegime: [], DropVatRegime: []}
    assert sent(bob, "vat-regimes", regime="flat_rate", begins_on="2028-01-01").status_code == 303
    assert sent(bob, "vat-regimes/2027-03-15/drop").status_code == 303
    written, dropped = line.acts()
    assert (written.regime, written.begins_on) == ("flat_rate", date(2028, 1, 1))
    assert (dropped.producer_id, dropped.begins_on) == (cast.FARM, date(2027, 3, 15))


@pytest.mark.parametrize("begins_on", ["", "demain", "1999-12-31"])
def test_what_is_no_first_day_is_said_at_its_field(bob: FlaskClient, begins_on: str) -> None:
    answer = sent(bob, "vat-regimes", regime="flat_rate", begins_on=begins_on)
    assert answer.status_code == 400 and 'id="begins_on-fault"' in answer.text


def test_an_archived_product_is_listed_and_leads_nowhere(bob: FlaskClient, line: FakeLine) -> None:
    old = Product(product_id=uuid4(), version=1, producer_id=cast.FARM, name="Navets", category="vegetables", unit="kg")
    line.answers[ListProducts] = lambda asked: [old.model_copy(update={"archived": asked.archived})]
    page = f"{PATH}/products/{old.product_id}"
    assert page in read(bob.get(f"{PATH}/products")).links
    archived = read(bob.get(f"{PATH}/products?archived=1"))
    assert "Navets" in archived.text and not [link for link in archived.links if link.startswith(page)]
