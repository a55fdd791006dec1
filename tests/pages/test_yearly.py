"""A year for the council: the same figures on the page, in the table and on paper, and none that was not told."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.errors import NotFound
from contracts.yearly import Distances, Load, MarketYear, ReadDistances, ReadYear
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.reading import read
from tests.printing.reading import sheets, text

PATH = f"/markets/{cast.MARKET}/year"
API = f"/api/v1{PATH}"


def a_year(**changes: Any) -> MarketYear:
    farms = [
        {"farms": [{"producer_id": cast.FARM, "name": "Ferme <des> Alpilles"}], "households": 80, "orders": 310,
         "amount_cents": 1_250_050},
        {"farms": [{"producer_id": cast.BAKERY, "name": "=Roux"}, {"producer_id": UUID(int=103), "name": "Rucher"}],
         "households": None, "orders": None, "amount_cents": 84_000},
    ]  # fmt: skip
    whole = {"households": 92, "orders": 402, "amount_cents": 1_334_050}
    given = {
        "market_id": cast.MARKET, "year": 2026, "currency": "EUR", "distributions": 46, "open_books": 1, **whole,
        "marked_basis_points": 6386, "organic_basis_points": None, "months": [whole | {"months": [3]}], "farms": farms,
        "qualities": [whole | {"qualities": ["organic", "other_mark"], "households": None, "orders": None}],
    }  # fmt: skip
    return MarketYear.model_validate(given | changes)


FAR = Distances.model_validate(
    {"market_name": "Marché de Caromb", "town": "Caromb", "mean_km": 12.34,
     "farms": [{"producer_id": cast.FARM, "km": 11.9}, {"producer_id": cast.BAKERY, "km": 0}]}
)  # fmt: skip


@pytest.fixture
def market(line: FakeLine) -> FakeLine:
    line.answers |= {ReadYear: a_year(), ReadDistances: FAR}
    return line


def test_page_and_paper_say_the_same(bob: FlaskClient, market: FakeLine) -> None:
    page = read(bob.get(f"{PATH}?year=2026")).text
    paper = text(bob.get(f"{API}.pdf?year=2026").data).replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
    for found in (page, paper):
        for words in (
            "Foyers qui ont commandé 92", "Ce que les fermes ont vendu, TVA comprise 13 340,50 €",
            "Vendu sous un label 63,86 %", "dont bio (label AB) –", "12 km", "mars 402 92 13 340,50 €",
            "Ferme <des> Alpilles 80 12 500,50 € 12 km", "=Roux, Rucher – 840,00 € ici même, –",
            "Bio (label AB), Autre label – 13 340,50 €", "Les comptes de 1 distribution ne sont pas encore clos",
        ):  # fmt: skip
            assert words in found


def test_distances_are_weighed_by_what_orders_tells_of_farms(bob: FlaskClient, market: FakeLine) -> None:
    found = bob.get(f"{API}?year=2026").get_json()
    assert found["year"]["households"] == 92 and found["distances"]["mean_km"] == 12.34
    asked = next(one for one, _, _ in market.asked if isinstance(one, ReadDistances))
    together = [cast.BAKERY, UUID(int=103)]
    assert asked.loads == [
        Load(producer_ids=[cast.FARM], amount_cents=1_250_050), Load(producer_ids=together, amount_cents=84_000)
    ]  # fmt: skip


def test_the_table_has_numbers_for_a_spreadsheet(bob: FlaskClient, market: FakeLine) -> None:
    rows = bob.get(f"{API}.csv?year=2026").get_data().decode("utf-8-sig").splitlines()
    assert rows[:3] == [
        "Partie;Quoi;Foyers;Commandes;Montant;Distance (km)",
        "année;2026;92;402;13340,50;12,3",
        "mois;3;92;402;13340,50;",
    ]
    assert rows[4:] == ["ferme;'=Roux, Rucher;;;840,00;", "label;bio (AB), autre label;;;13340,50;"]


def test_of_too_few_households_page_table_and_paper_tell_nothing(bob: FlaskClient, market: FakeLine) -> None:
    nothing = dict.fromkeys(("households", "orders", "amount_cents", "marked_basis_points"))
    market.answers[ReadYear] = a_year(**nothing, months=[], farms=[], qualities=[])
    market.answers[ReadDistances] = FAR.model_copy(update={"mean_km": None, "farms": []})
    page = read(bob.get(PATH))
    assert "Foyers qui ont commandé moins de cinq" in page.text and "€" not in page.text
    assert bob.get(f"{API}.csv?year=2026").get_data().decode().splitlines()[1:] == ["année;2026;;;;"]
    made = bob.get(f"{API}.pdf?year=2026", headers={"Accept-Language": "en"}).data
    assert len(sheets(made)) == 1


def test_a_year_is_shown_to_nobody_to_whom_orders_refuses_it(
    bob: FlaskClient, stranger: FlaskClient, market: FakeLine
) -> None:
    market.answers[ReadYear] = raises(NotFound("no-such-market", "You organise no such market."))
    for path in (PATH, f"{API}?year=2026", f"{API}.csv?year=2026", f"{API}.pdf?year=2026"):
        assert bob.get(path).status_code == 404
        assert stranger.get(path).status_code in (303, 401)
    assert bob.get(f"{API}.csv?year=soon").status_code == 400
