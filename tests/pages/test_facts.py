"""A product's own page: everything that is to be read before it is ordered, its price by the kilogram beside it."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.products import ListProducts, Product, ReadOffer, ShownOffer
from gateway.pages.formats import net_price
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import bob as bob
from tests.pages.reading import read
from tests.pages.test_pages import town as town

BEER: dict[str, Any] = {
    "offer_id": uuid4(), "version": 1, "product_id": uuid4(), "producer_id": cast.FARM, "producer_name": "Brasserie",
    "legal_name": "Alice Roux", "market_id": cast.MARKET, "market_name": "Marché de Caromb", "name": "Bière blonde",
    "unit": "piece", "pricing": "per_pack", "category": "wine_and_beer", "price_cents": 1188, "alcohol": True,
    "alcohol_basis_points": 550, "vat_basis_points": 2000, "net_quantity": "6 x 33 cl", "allergens": ["gluten"],
    "traces": "noix", "sanitary": "approved", "approval_number": "FR 84.031.001 CE", "date_kind": "best_before",
    "keeps": "six mois",
}  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "price"),
    [
        ("350 g", (1000, "kg")),
        ("0,350 kg", (1000, "kg")),
        ("75 cl", (467, "l")),
        ("6 x 33 cl", (177, "l")),
        ("2×500 g", (350, "kg")),
        ("une douzaine", None),
        ("0 g", None),
        ("1.2.3 kg", None),
    ],
)
def test_the_price_by_the_kilogram_is_that_of_all_that_is_in_the_pack(printed: str, price: Any) -> None:
    assert net_price(350, printed) == price


def test_a_product_has_a_page_with_all_that_the_law_wants_read(
    app: Flask, stranger: FlaskClient, line: FakeLine
) -> None:
    line.answers[ReadOffer] = ShownOffer.model_validate(BEER)
    page = " ".join(stranger.get(f"/offers/{BEER['offer_id']}").text.split()).replace("\N{NO-BREAK SPACE}", " ")
    page = page.replace("\N{NARROW NO-BREAK SPACE}", " ")
    for words in (
        *("11,88 €", "soit 6,00 € le litre", "5,5 % vol.", "moins de 18 ans", "avec modération", "gluten", "noix"),
        *("établissement agréé, FR 84.031.001 CE", "de préférence avant le (DDM) : six mois", "Alice Roux"),
    ):
        assert words in page, words


def test_a_farm_is_told_which_of_its_products_lack_an_origin(bob: FlaskClient, town: FakeLine) -> None:
    def product(name: str, category: str, origin: str) -> Product:
        given = {"product_id": uuid4(), "version": 1, "producer_id": cast.FARM, "unit": "kg"}
        return Product.model_validate(given | {"name": name, "category": category, "origin": origin})

    town.answers[ListProducts] = [
        product("Carottes", "vegetables", ""),
        product("Navets", "vegetables", "Caromb"),
        product("Pain", "bread", ""),
    ]
    rows = read(bob.get(f"/farms/{cast.FARM}/products")).text.split("origine à donner")
    assert len(rows) == 2 and "Carottes" in rows[0] and "Navets" not in rows[0]
    assert read(bob.get(f"/farms/{cast.FARM}/products/new")).form("").fields["origin"] == "Caromb"
