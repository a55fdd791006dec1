"""What the law wants read before one orders: on an offer's page, on the sheet, and from a file."""

from typing import Any

import pytest

from contracts.catalog import Facts, SaleSheetPublished
from contracts.errors import NotFound
from contracts.products import ImportProducts, ListProducts, ProductDetails, ReadOffer
from services.catalog import rules
from tests.catalog.cast import Town, a_farm, a_mark, a_market, a_product, admit, an_offer, planned

CHEESE: dict[str, Any] = {
    "name": "Chèvre frais", "unit": "piece", "category": "cheese", "origin": "Carpentras", "allergens": ["milk"],
    "traces": "noix", "net_quantity": "120 g", "date_kind": "use_by", "keeps": "5 jours", "sanitary": "approved",
    "approval_number": "FR 84.031.001 CE", "storage": "chilled", "tolerance_percent": 5,
}  # fmt: skip
PEACHES: dict[str, Any] = {"name": "Pêches", "unit": "kg", "category": "fruit", "variety": "Royal Glory", "grade": "1"}
WINE: dict[str, Any] = {"name": "Rosé", "unit": "piece", "alcohol_basis_points": 1250, "vat_basis_points": 2000}


def test_an_offer_says_to_anybody_what_the_next_sheet_will_say(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    admit(town, market, farm)
    a_mark(town, farm)
    offers = [an_offer(town, a_product(town, farm, **fields), market) for fields in (CHEESE, PEACHES)]
    (sale,) = planned(town, market)
    town.set_clock(sale.opens_at)
    town.let_due()
    ((_, sheet),) = town.said(SaleSheetPublished)
    lines = {line.offer_id: line for line in sheet.lines}
    for offer in offers:
        shown, line = town.ask(ReadOffer(offer_id=offer.offer_id)), lines[offer.offer_id]
        assert {name: getattr(shown, name) for name in Facts.model_fields} == {
            name: getattr(line, name) for name in Facts.model_fields
        }
    cheese, peaches = (lines[offer.offer_id] for offer in offers)
    assert (cheese.sanitary, cheese.approval_number, cheese.date_kind) == ("approved", "FR 84.031.001 CE", "use_by")
    assert (peaches.variety, peaches.grade, peaches.sanitary, peaches.marks) == ("Royal Glory", "1", "", ["ab"])
    assert (cheese.tolerance_percent, peaches.tolerance_percent) == (5, 10)


def test_an_offer_of_a_hidden_market_is_shown_to_those_who_may_know_of_it(town: Town) -> None:
    market, farm = a_market(town, public=False), a_farm(town)
    admit(town, market, farm)
    offer = an_offer(town, a_product(town, farm, **WINE), market)
    with pytest.raises(NotFound):
        town.ask(ReadOffer(offer_id=offer.offer_id), town.charlie)
    shown = town.ask(ReadOffer(offer_id=offer.offer_id), town.odile)
    assert shown.alcohol and shown.alcohol_basis_points == 1250 and shown.legal_name == farm.legal_name


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, None),
        ({"sanitary": "direct"}, None),
        ({"sanitary": "approved"}, "approval_number"),
        ({"sanitary": "approved", "approval_number": "FR 84.031.001 CE"}, None),
        ({"sanitary": "derogation", "derogation_kg": 30}, "derogation_km"),
        ({"sanitary": "derogation", "derogation_km": 80}, "derogation_kg"),
        ({"sanitary": "derogation", "derogation_km": 80, "derogation_kg": 30}, None),
    ],
)
def test_a_sanitary_status_comes_with_what_it_rests_on(said: dict[str, Any], field: str | None) -> None:
    fault = rules.product_fault(ProductDetails.model_validate({"name": "Terrine", "unit": "piece"} | said))
    assert (fault.field if fault else None) == field


FILE = """name;unit;variety;grade;sanitary;approval_number;date_kind;keeps;traces;derogation_km
Pêches;kg;Royal Glory;1;;;;;;
Chèvre frais;piece;;;Approved;FR 84.031.001 CE;use_by;5 jours;noix;
Terrine;piece;;;approved;;;;;
Œufs;piece;;;direct;;best_before;28 jours;;80
"""


def test_a_file_brings_all_of_it_and_names_what_is_missing(town: Town) -> None:
    farm = a_farm(town)
    report = town.ask(ImportProducts(producer_id=farm.producer_id, text=FILE), town.alice)
    assert [line.outcome for line in report.lines] == ["new", "new", "faulty", "new"]
    assert [fault.field for fault in report.lines[2].faults] == ["approval_number"]
    peaches, cheese, eggs = town.ask(ListProducts(producer_id=farm.producer_id), town.alice)
    assert (peaches.variety, peaches.grade, peaches.sanitary) == ("Royal Glory", "1", None)
    assert (cheese.sanitary, cheese.date_kind, cheese.keeps, cheese.traces) == ("approved", "use_by", "5 jours", "noix")
    assert (eggs.sanitary, eggs.derogation_km) == ("direct", 80)
