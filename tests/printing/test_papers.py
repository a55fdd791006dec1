"""Papers: as many sheets as a table can hold, every row of the list on them, and no name is an order to typst."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.lots import Lot, ProductLots
from contracts.money import Unit
from contracts.orders import DistributionState, OrderState
from contracts.slots import Slot, SlotPlan
from gateway import csv_tables, writing
from gateway.printing.papers import Kind
from gateway.printing.typesetting import pdf
from tests.printing import sales
from tests.printing.reading import codes, reach, sheets, text

HEADED = [kind for kind in Kind if kind is not Kind.STICKERS]


def plain(words: str) -> str:
    return " ".join(words.split())


def quantity(number: int, unit: Unit) -> str:
    return plain(writing.quantity(number, unit, "fr"))


def missing(found: str, words: Iterable[str]) -> list[str]:
    """Those words that are not printed."""
    return [one for one in words if plain(one) not in found]


def test_53_baskets_fit_on_four_sheets() -> None:
    assert 1 < len(sheets(pdf(sales.of_size(Kind.HANDOVER, 53)))) <= 4


@pytest.mark.parametrize("count", [0, 1, 53, 500])
@pytest.mark.parametrize("kind", HEADED)
def test_every_sheet_says_which_paper_of_which_sale_it_is_and_how_many_there_are(kind: Kind, count: int) -> None:
    found = sheets(pdf(sales.of_size(kind, count)))
    for number, sheet in enumerate(found, start=1):
        assert not missing(sheet, ["Marché de Caromb", "mardi 24 novembre 2026 de 17:00 à 19:00", "Salle des fêtes"])
        assert sheet.endswith(f"imprimé mar. 24 nov. à 06:12 {number}/{len(found)}")
    assert count > 1 or len(found) == 1


def test_the_handover_list_has_every_line_of_every_order() -> None:
    found = text(pdf(sales.of_size(Kind.HANDOVER, 500)))
    rows = sales.baskets(500)
    wanted = {f"{quantity(line.quantity, line.unit)} {line.name}" for row in rows for line in row.lines}
    assert not missing(found, wanted | {row.name for row in rows})
    assert found.count("41,60 €") == 500


def test_a_slot_stands_beside_its_order_and_whoever_has_none_is_seen() -> None:
    slot = Slot(starts_at=sales.OPENS, ends_at=sales.OPENS + timedelta(minutes=15), time_zone="Europe/Paris")
    of = sales.sale(slots=SlotPlan(minutes=15, capacity=4))
    rows = [sales.basket(1, slot=slot), sales.basket(2)]
    found = text(pdf(sales.paper(Kind.HANDOVER, rows, of=of)))
    assert found.count("17:00–17:15") == found.count("sans créneau") == 1
    order = sales.ordered(1).model_copy(update={"slot": slot})
    assert "Créneau de retrait 17:00–17:15" in text(pdf(sales.paper(Kind.SLIP, order, sales.consent(), of=of)))


def test_the_handover_list_is_sorted_by_name_without_accents() -> None:
    rows = [sales.basket(number, name=name) for number, name in enumerate(("Zoé", "Émilie", "Bob", "eve"), start=1)]
    found = text(pdf(sales.paper(Kind.HANDOVER, rows)))
    assert found.index("Bob") < found.index("Émilie") < found.index("eve") < found.index("Zoé")


def test_who_ordered_stands_below_whom_it_is_for() -> None:
    rows = [sales.basket(1, name="Bob", recipient="Mamie Jeanne"), sales.basket(2, state=OrderState.HANDED_OVER)]
    found = text(pdf(sales.paper(Kind.HANDOVER, rows)))
    assert "Mamie Jeanne commandé par Bob" in found
    assert found.count("41,60 € remise") == 1


def test_what_is_short_is_not_on_the_list() -> None:
    eggs = sales.goods(7, quantity=0, short=2)
    row = sales.basket(1, lines=[sales.goods(0), eggs])
    assert eggs.name not in text(pdf(sales.paper(Kind.HANDOVER, [row])))


def test_a_farm_reads_its_totals_and_every_order_with_chilled_goods_apart() -> None:
    found = text(pdf(sales.of_size(Kind.PREPARATION, 53)))
    made = sales.preparation(53)
    assert not missing(found, (f"{quantity(it.quantity, it.unit)} {it.name}" for it in made.totals))
    assert not missing(found, (f"{order.number} {order.name}" for order in made.orders))
    assert found.index("Jus de pomme") < found.index("au frais") < found.index("Fromage de chèvre")
    assert "Total, TVA comprise 1 653,60 €" in found
    assert found.count("au frais 2 Fromage de chèvre frais") == 53


def test_each_order_has_one_cheque_amount_per_farm_and_they_add_up() -> None:
    row = sales.basket(1, products=7)
    found = text(pdf(sales.paper(Kind.CHEQUE_AMOUNTS, [row])))
    assert sum(cents for _, cents in row.payees) == row.total_cents and len(row.payees) == 5
    amounts = [f"{farm} {writing.money(cents, 'EUR', 'fr')}" for farm, cents in row.payees]
    assert not missing(found, amounts)


@pytest.mark.parametrize("kind", [Kind.PREPARATION, Kind.DELIVERY_NOTE])
def test_lots_are_printed_beside_their_product(kind: Kind) -> None:
    lots = [Lot(number="C-2611 A", use_by=date(2026, 12, 20)), Lot(number="#2")]
    if kind is Kind.PREPARATION:
        listed = sales.preparation(2)
        first = listed.totals[0].model_copy(update={"lots": lots})
        found = [listed.model_copy(update={"totals": [first, *listed.totals[1:]]})]
    else:
        rows = sales.farm_rows(2)
        found = [rows, [sales.presence()], [ProductLots(offer_id=rows[0].lines[0].offer_id, lots=lots)]]
    assert "lot C-2611 A (à consommer jusqu’au 20 décembre 2026), #2" in text(pdf(sales.paper(kind, *found)))


def test_a_delivery_note_adds_up_what_its_orders_say() -> None:
    found = text(pdf(sales.of_size(Kind.DELIVERY_NOTE, 53)))
    lines = [line for row in sales.farm_rows(53) for line in row.lines]
    sums = {line.offer_id: sum(one.quantity for one in lines if one.offer_id == line.offer_id) for line in lines}
    assert not missing(found, (f"{quantity(sums[line.offer_id], line.unit)} {line.name}" for line in lines))
    assert not missing(found, ["Apporté par Jean Bleu", "Remis au transporteur", "Reçu au marché"])


def test_the_telephone_list_says_what_is_missing_and_to_whom() -> None:
    found = text(pdf(sales.of_size(Kind.TELEPHONE, 53)))
    for row in sales.called(53):
        short = " · ".join(f"{quantity(it.short, it.unit)} {it.name} ({it.producer_name})" for it in row.short)
        assert not missing(found, [f"{row.number} {row.name} {row.phone} {short} 41,60 €"])
    (moved,) = (row.model_copy(update={"short": [], "shifted": True}) for row in sales.called(1))
    assert not missing(text(pdf(sales.paper(Kind.TELEPHONE, [moved]))), [f"{moved.phone} remise décalée 41,60 €"])
    assert "décalée" in csv_tables.telephone([moved], "fr").decode()


def test_a_slip_has_the_order_place_and_hour_and_both_names() -> None:
    found = text(pdf(sales.of_size(Kind.SLIP, 8)))
    assert not missing(found, ["Commande de Jeanne Perrin", "N° 12", "Malik Benali", "Total, TVA comprise 41,60 €"])
    assert not missing(found, (f"{quantity(one.quantity, one.unit)} {one.name}" for one in sales.ordered(8).lines))
    assert not missing(found, ["17 novembre 2026", "17 novembre 2027", "Un mot suffit pour y mettre fin"])
    still = sales.paper(Kind.SLIP, sales.ordered(1), sales.consent(), of=sales.sale(DistributionState.OPEN))
    assert "peut être changée ou annulée jusqu’au" in text(pdf(still))


def test_a_gift_s_slip_has_everything_but_a_price() -> None:
    gift = sales.ordered(8).model_copy(update={"recipient": "Tante Odette"})
    found = text(pdf(sales.paper(Kind.PICK_UP_SLIP, gift)))
    assert not missing(found, ["Bon de retrait", "Pour Tante Odette", "N° 12"])
    assert not missing(found, (f"{quantity(one.quantity, one.unit)} {one.name}" for one in gift.lines))
    assert "€" not in found and "Jeanne" not in found and "Malik" not in found
    assert codes(pdf(sales.paper(Kind.PICK_UP_SLIP, gift))) == [f"https://halle.example.org/o/{gift.order_id}"]


def test_the_handover_list_says_who_ordered_in_whose_name() -> None:
    found = text(pdf(sales.paper(Kind.HANDOVER, [sales.basket(1, name="Jeanne", mediator="Malik Benali")])))
    assert "Jeanne en médiation : Malik Benali" in found


def test_a_sticker_s_code_leads_to_its_order() -> None:
    paper = sales.of_size(Kind.STICKERS, 30)
    wanted = {f"https://halle.example.org/o/{row.order_id}" for row in sales.baskets(24)}
    assert set(codes(pdf(paper))) == wanted
    assert len(sheets(pdf(paper))) == 2


def test_orders_that_were_handed_over_need_no_sticker() -> None:
    rows = [sales.basket(1, name="Bob"), sales.basket(2, name="Malik", state=OrderState.ABSENT)]
    found = text(pdf(sales.paper(Kind.STICKERS, rows)))
    assert "Bob" in found and "Malik" not in found


@pytest.mark.parametrize(
    "kind, words",
    [
        (Kind.PREPARATION, "Rien n’a été commandé à la ferme."),
        (Kind.HANDOVER, "Personne n’a commandé."),
        (Kind.DELIVERY_NOTE, "Rien n’a été commandé à la ferme."),
        (Kind.TELEPHONE, "Personne à appeler : rien ne manque à ceux que nos mails n’atteignent pas."),
        (Kind.STICKERS, "Personne n’a commandé."),
        (Kind.CHEQUE_AMOUNTS, "Personne n’a commandé."),
    ],
)
def test_a_paper_of_nothing_says_so(kind: Kind, words: str) -> None:
    assert words in text(pdf(sales.of_size(kind, 0)))


def test_a_list_that_may_still_change_says_so_in_english_too() -> None:
    paper = sales.paper(Kind.HANDOVER, sales.baskets(1), language="en", of=sales.sale(DistributionState.OPEN))
    found = text(pdf(paper))
    assert not missing(found, ["Hand-over list", "Ordering is still open, until", "€41.60", "printed Tue"])


def everywhere(name: str) -> list[tuple[Kind, list[Any]]]:
    """Papers on which a person, a farm, a product and a carrier all have this name."""
    line = sales.goods(0, name=name, producer_name=name, short=1)
    row = sales.basket(1, name=name, recipient=name, code="K7M2QX", lines=[line])
    return [
        (Kind.HANDOVER, [[row]]),
        (Kind.STICKERS, [[row]]),
        (Kind.CHEQUE_AMOUNTS, [[row]]),
        (Kind.PREPARATION, [sales.preparation(1, line).model_copy(update={"producer_name": name})]),
        (Kind.DELIVERY_NOTE, [sales.farm_rows(1), [sales.presence(carrier=name, producer_name=name)], []]),
        (Kind.TELEPHONE, [[one.model_copy(update={"name": name, "recipient": name}) for one in sales.called(1)]]),
        (Kind.PICK_UP_SLIP, [sales.ordered(1).model_copy(update={"recipient": name, "lines": [line]})]),
        (Kind.SLIP, [sales.ordered(1).model_copy(update={"recipient": name, "lines": [line]}), sales.consent(name)]),
    ]


@pytest.mark.parametrize("name", sales.NASTY)
def test_a_name_is_printed_as_it_is_whatever_typst_might_read_in_it(name: str) -> None:
    for kind, found in everywhere(name):
        printed = text(pdf(sales.paper(kind, *found, of=sales.sale(venue_name=name, market_name=name))))
        assert printed.count(plain(name)) >= 2, (kind, printed)


@given(st.text(max_size=80))
@settings(max_examples=25, deadline=None)
def test_no_name_at_all_stops_a_list(name: str) -> None:
    for kind, found in everywhere(name):
        assert sheets(pdf(sales.paper(kind, *found)))


def test_a_word_longer_than_its_column_stays_in_it() -> None:
    made = pdf(sales.paper(Kind.HANDOVER, [sales.basket(1, name="@" * 80)]))
    assert text(made).count("@") == 80 and reach(made, "@") < 0.3


def test_the_same_paper_is_the_same_bytes() -> None:
    first, second = (pdf(sales.of_size(Kind.HANDOVER, 3)) for _ in range(2))
    assert first == second
