"""A farm's products come in by a file; one bad row never spoils the others."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.products import ImportProducts, ListOffers, ListProducts, PreviewProducts
from services.catalog import product_csv
from tests.catalog.cast import Town, a_farm, a_market, admit

CAGETTE = """\ufeffproductName,price,ref,desc,qt,unit,organic,floatQt,vat,stock
Carottes,"2,50",CAR,"Lavées, ou non",1,Kg,1,1,5.5,
Tomme,4.50,TOM,,250,g,0,0,5.5,12
Jus de pomme,3.2,JUS,,1,L,0,0,5.5,40
Baguette,1.10,,,1,Piece,0,0,5.5,30
Navets,abc,NAV,,1,Kg,0,0,5.5,
,2,,,1,Kg,0,0,5.5,
Miel,9,MIE,,500,pots,0,0,7,
Tomme bis,5,TOM,,250,g,0,0,5.5,
"""
OURS = """name;unit;price;ref;marks;months;estimated_grams;tolerance;vat;alcohol;allergens;stock
Poulet;piece;12,90;PO;label_rouge;;1500;15;5,5;;;
Vin rouge;piece;8,90;VR;ab|aop;;;;20;13,5;sulphites;60
Pommes;kg;2,345;PM;;9 10 11;;;5,5;;;20,5
"""


def outcomes(report: object) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(x.outcome, [(f.field, f.code) for f in x.faults]) for x in report.lines]  # type: ignore[attr-defined]


def test_cagettes_export_is_previewed_with_its_faults_by_line(town: Town) -> None:
    farm = a_farm(town)
    report = town.ask(PreviewProducts(producer_id=farm.producer_id, text=CAGETTE), town.alice)
    assert (report.dialect, report.separator, report.good, report.faulty) == ("cagette", ",", 4, 4)
    assert outcomes(report)[:4] == [("new", [])] * 4
    assert outcomes(report)[4:] == [
        ("faulty", [("price", "number")]),
        ("faulty", [("productName", "string_too_short")]),
        ("faulty", [("unit", "unknown"), ("vat", "literal_error")]),
        ("faulty", [("ref", "twice")]),
    ]
    carrots, cheese, juice, _ = (line.product for line in report.lines[:4])
    assert (carrots.unit, carrots.price_cents, carrots.vat_basis_points) == ("kg", 250, 550)
    assert carrots.description == "Lavées, ou non"
    assert (cheese.unit, cheese.price_cents, cheese.net_quantity) == ("piece", 450, "250 g")
    assert (juice.unit, juice.price_cents, report.lines[2].stock) == ("l", 320, 40_000)
    assert [w.code for w in report.lines[0].warnings] == ["organic-needs-mark"]
    assert [line.line for line in report.lines] == list(range(2, 10))
    assert town.ask(ListProducts(producer_id=farm.producer_id), town.alice) == []


def test_importing_twice_creates_nothing_twice_and_offers_once(town: Town) -> None:
    farm, market = a_farm(town), a_market(town)
    command = ImportProducts(producer_id=farm.producer_id, text=CAGETTE, market_id=market.market_id)
    assert town.ask(command, town.alice).code == "not-admitted"
    admit(town, market, farm)
    first = town.ask(command, town.alice)
    assert (first.good, first.faulty) == (4, 4)
    again = town.ask(command, town.alice)
    assert [x.outcome for x in again.lines[:4]] == ["same"] * 4
    dearer = command.model_copy(update={"text": CAGETTE.replace("4.50", "4.80")})
    third = town.ask(dearer, town.alice)
    assert [x.outcome for x in third.lines[:4]] == ["same", "changed", "same", "same"]
    products = town.ask(ListProducts(producer_id=farm.producer_id), town.alice)
    assert [p.name for p in products] == ["Carottes", "Tomme", "Jus de pomme", "Baguette"]
    assert [line.product_id for line in third.lines[:4]] == [p.product_id for p in products]
    offers = town.ask(ListOffers(market_id=market.market_id))
    assert [(o.price_cents, o.stock_mode, o.stock, o.step) for o in offers] == [
        (250, "unlimited", None, 100),
        (480, "shared", 12, 1),
        (320, "shared", 40_000, 1000),
        (110, "shared", 30, 1),
    ]


def test_our_own_columns_say_more_and_leave_what_they_do_not_name(town: Town) -> None:
    farm = a_farm(town)
    command = ImportProducts(producer_id=farm.producer_id, text=OURS)
    report = town.ask(command, town.alice)
    chicken, wine, apples = (line.product for line in report.lines)
    assert (chicken.pricing, chicken.estimated_grams, chicken.tolerance_percent) == ("per_weight", 1500, 15)
    assert apples.tolerance_percent == 10
    assert (wine.alcohol_basis_points, wine.allergens) == (1350, ["sulphites"])
    assert [[w.code for w in one.warnings] for one in report.lines[:2]] == [["marks-of-farm"]] * 2
    assert (apples.price_cents, apples.months, report.lines[2].stock) == (235, [9, 10, 11], 20_500)
    assert [w.code for w in report.lines[2].warnings] == ["rounded"]
    prices = "ref,name,unit,price\nVR,Vin rouge,piece,9.50\n"
    town.ask(ImportProducts(producer_id=farm.producer_id, text=prices), town.alice)
    wine = town.ask(ListProducts(producer_id=farm.producer_id), town.alice)[1]
    assert (wine.price_cents, wine.alcohol_basis_points, wine.marks) == (950, 1350, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "unknown-columns"), ("foo;bar\n1;2", "unknown-columns"), ("name;unit\n" + "x\n" * 2001, "too-many-lines")],
)
def test_a_file_that_is_no_list_of_products_is_refused_whole(town: Town, text: str, code: str) -> None:
    farm = a_farm(town)
    assert town.ask(PreviewProducts(producer_id=farm.producer_id, text=text), town.alice).code == code


def test_a_quote_left_open_is_the_fault_of_its_line_alone() -> None:
    good = "".join(f"Produit {n};kg\n" for n in range(60))
    _, rows = product_csv.read('name;unit\n"Oublié;kg\n' + good)
    assert [row.line for row in rows if row.faults] == [2]
    assert len(rows) == 61


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    file, rows = product_csv.read("productName;price;unit;qt\n" + text)
    assert file.dialect == "cagette"
    assert all(row.line >= 2 for row in rows)


def test_two_thousand_lines_are_imported_while_somebody_waits(town: Town) -> None:
    farm, market = a_farm(town), a_market(town)
    admit(town, market, farm)
    text = "ref;name;unit;price;stock\n" + "".join(f"R{n};Produit {n};kg;2,50;10\n" for n in range(2000))
    command = ImportProducts(producer_id=farm.producer_id, text=text, market_id=market.market_id)
    began = time.monotonic()
    assert town.ask(command, town.alice).good == 2000
    print("imported in", time.monotonic() - began)
    dearer = command.model_copy(update={"text": text.replace("2,50", "2,60")})
    assert {x.outcome for x in town.ask(dearer, town.alice).lines} == {"changed"}
    print("both in", time.monotonic() - began)


def test_an_inch_sign_is_no_quotation_mark_and_swallows_no_line_after_it() -> None:
    _, rows = product_csv.read('name;unit\nPlanche 12";piece\nCarottes;kg\nTuyau 5";piece\nNavets;kg\n')
    assert [row.fields["name"] for row in rows] == ['Planche 12"', "Carottes", 'Tuyau 5"', "Navets"]
    assert [row.line for row in rows] == [2, 3, 4, 5]


def test_a_text_keeps_its_lines_and_what_else_only_looks_like_the_end_of_one() -> None:
    _, rows = product_csv.read('name;description;unit\r\nMiel;"Doux\r\net ""clair""";kg\r\nThym\u2028;a\x0bb;kg\r\n')
    assert [row.fields["description"] for row in rows] == ['Doux\net "clair"', "a\x0bb"]
    assert [(row.line, row.faults) for row in rows] == [(2, []), (4, [])]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("price;productName\n3\n", ("productName", "string_too_short")),
        ("productName;unit;floatQt;price;qt\nSel;kg;1;3;1e-999999\n", ("qt", "number")),
        ("productName;unit;floatQt;price;qt\nSel;kg;1;3;0.000000000000000000000000000001\n", ("qt", "number")),
        ("name;unit;stock\nSel;kg;9999999\n", ("stock", "number")),
        ("name;price;unit\nSel;2,40;\n", ("unit", "of-price")),
        ("name;price;unit\nSafran;30;g\n", ("unit", "of-price")),
        (f"name;unit;description\nSel;kg;{'x' * 140_000}\n", ("description", "string_too_long")),
    ],
)
def test_a_row_without_sense_is_a_fault_of_its_own(town: Town, text: str, fault: tuple[str, str]) -> None:
    farm = a_farm(town)
    report = town.ask(ImportProducts(producer_id=farm.producer_id, text=text), town.alice)
    assert outcomes(report) == [("faulty", [fault])]


def test_a_product_with_one_stock_for_all_markets_keeps_it_at_the_next(town: Town) -> None:
    farm, here, there = a_farm(town), a_market(town), a_market(town, name="Bédoin")
    for market in (here, there):
        admit(town, market, farm)
    eggs = ImportProducts(producer_id=farm.producer_id, text="ref;name;unit;price;stock\nO;Œufs;piece;3;60\n")
    town.ask(eggs.model_copy(update={"market_id": here.market_id}), town.alice)
    prices = {"market_id": there.market_id, "text": "ref;name;unit;price\nO;Œufs;piece;3,20\n"}
    town.ask(eggs.model_copy(update=prices), town.alice)
    offers = town.ask(ListOffers(producer_id=farm.producer_id), town.alice)
    assert [(one.stock_mode, one.stock) for one in offers] == [("shared", 60)] * 2


def test_what_is_weighed_is_offered_by_the_half_kilogram_and_not_by_the_gram(town: Town) -> None:
    farm, market = a_farm(town), a_market(town)
    admit(town, market, farm)
    text = "name;unit;price\nPommes;kg;2,30\nJus;l;3\nPain;piece;4\n"
    town.ask(ImportProducts(producer_id=farm.producer_id, text=text, market_id=market.market_id), town.alice)
    offers = town.ask(ListOffers(market_id=market.market_id))
    assert [(one.minimum, one.step) for one in offers] == [(500, 500), (500, 500), (1, 1)]
