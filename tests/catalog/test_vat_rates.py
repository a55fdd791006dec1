"""VAT rates of products: written ahead with their first day, and looked at for the day of the hand-over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.affairs import WriteVatRegime
from contracts.catalog import Market, SaleSheetPublished
from contracts.errors import Conflict, Malformed, NotFound
from contracts.money import VatRegime
from contracts.planning import Distribution, Recurrence
from contracts.producers import Producer
from contracts.products import (
    ArchiveProduct,
    ChangeProduct,
    DatedRate,
    DropVatRate,
    ImportProducts,
    ListProducts,
    Product,
    ProductDetails,
    ReadOffer,
    WriteVatRate,
)
from services.catalog.rules import vat
from tests.catalog.cast import Town, a_product, an_offer, planned, wall
from tests.catalog.test_regimes import farm as farm
from tests.catalog.test_regimes import market as market

HANDED_ON = date(2026, 10, 28)
"""Of the first of three sales, a week apart; the first opens on the 19th."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def dated(*rates: tuple[int, int]) -> list[DatedRate]:
    """Rates that begin on days of October."""
    return [DatedRate.model_validate({"begins_on": date(2026, 10, day), "rate": rate}) for day, rate in rates]


@pytest.mark.parametrize(
    ("rates", "day", "holds", "to_come"),
    [
        ([], 10, 550, []),
        ([(11, 1000)], 10, 550, [1000]),
        ([(11, 1000)], 11, 1000, []),
        ([(11, 1000), (20, 2000)], 12, 1000, [2000]),
        ([(11, 1000), (20, 2000)], 31, 2000, []),
        ([(11, 1000), (12, 550)], 12, 550, []),
    ],
)
def test_the_last_rate_that_has_begun_holds(
    rates: list[tuple[int, int]], day: int, holds: int, to_come: list[int]
) -> None:
    said = vat.rated({"vat_basis_points": 550}, dated(*rates), date(2026, 10, day))
    assert (said["vat_basis_points"], [one.rate for one in said["vat_rates"]]) == (holds, to_come)


@pytest.mark.parametrize(
    ("exempt", "day", "holds", "to_come"),
    [(1, 10, 0, []), (15, 10, 550, [1000]), (15, 15, 0, []), (25, 10, 550, [1000, 2000]), (25, 20, 2000, [])],
)
def test_a_rate_counts_only_under_a_regime_with_vat(exempt: int, day: int, holds: int, to_come: list[int]) -> None:
    def regime(on: date) -> VatRegime:
        return VatRegime.FRANCHISE if on >= date(2026, 10, exempt) else VatRegime.NORMAL

    said = vat.taxed({"vat_basis_points": 550}, dated((11, 1000), (20, 2000)), regime, date(2026, 10, day))
    assert (said["vat_basis_points"], [one.rate for one in said["vat_rates"]]) == (holds, to_come)


@pytest.fixture
def carrots(town: Town, farm: Producer) -> Product:
    """At 5.5 %."""
    return a_product(town, farm)


def write(town: Town, product: Product, begins_on: date, rate: int) -> Product:
    wanted = {"product_id": product.product_id, "begins_on": begins_on, "rate": rate}
    answer: Product = town.ask(WriteVatRate.model_validate(wanted), town.alice)
    return answer


def shown(town: Town, product: Product) -> Product:
    """As its farm reads it now."""
    (found,) = town.ask(ListProducts(producer_id=product.producer_id), town.alice)
    return Product.model_validate(found)


def rates(product: Product) -> tuple[int, list[tuple[date, int]]]:
    return product.vat_basis_points, [(one.begins_on, one.rate) for one in product.vat_rates]


def change(town: Town, seen: Product, **changes: Any) -> Product:
    details = seen.model_dump(include=set(ProductDetails.model_fields)) | changes
    command = ChangeProduct(product_id=seen.product_id, version=seen.version, **details)
    answer: Product = town.ask(command, town.alice)
    return answer


def taxed(town: Town, sale: Distribution) -> int:
    """What the sheet of a sale says once it opens."""
    town.set_clock(sale.opens_at + timedelta(seconds=1))
    town.let_due()
    sheet: SaleSheetPublished = town.said(SaleSheetPublished)[-1][1]
    (line,) = sheet.lines
    return line.vat_basis_points


def test_the_rate_of_the_day_of_the_hand_over_decides(
    town: Town, market: Market, farm: Producer, carrots: Product
) -> None:
    an_offer(town, carrots, market)
    first, second, third = planned(town, market, wall(2026, 10, 26, 20), Recurrence(count=3))
    write(town, carrots, HANDED_ON + DAY, 1000)
    exempt = {"producer_id": farm.producer_id, "begins_on": HANDED_ON + 2 * WEEK, "regime": "franchise"}
    town.ask(WriteVatRegime.model_validate(exempt), town.alice)
    assert taxed(town, first) == 550
    assert taxed(town, second) == 1000, "published before the day, handed over after it"
    write(town, carrots, HANDED_ON + WEEK, 2000)
    assert taxed(town, third) == 0
    assert len(town.said(SaleSheetPublished)) == 3, "a published sheet stays as it is"


def test_on_the_day_itself_the_new_rate_holds(town: Town, market: Market, carrots: Product) -> None:
    an_offer(town, carrots, market)
    (sale,) = planned(town, market, wall(2026, 10, 26, 20))
    write(town, carrots, HANDED_ON, 1000)
    assert taxed(town, sale) == 1000


def test_what_is_sold_outside_a_sale_shows_the_rate_of_today_and_the_next(
    town: Town, farm: Producer, market: Market, carrots: Product
) -> None:
    offer = an_offer(town, carrots, market)

    def read() -> tuple[int, list[int]]:
        found = town.ask(ReadOffer(offer_id=offer.offer_id))
        return found.vat_basis_points, [one.rate for one in found.vat_rates]

    write(town, carrots, date(2026, 10, 11), 1000)
    assert read() == (550, [1000])
    town.set_clock(datetime(2026, 10, 10, 22, 30, tzinfo=UTC))
    assert read() == (1000, []), "it is the eleventh at home"
    write(town, carrots, date(2026, 10, 20), 2000)
    exempt = {"producer_id": farm.producer_id, "begins_on": date(2026, 10, 11), "regime": "flat_rate"}
    town.ask(WriteVatRegime.model_validate(exempt), town.alice)
    assert read() == (0, [])


def test_a_day_is_written_anew_and_taken_back(town: Town, carrots: Product) -> None:
    earlier, later = date(2027, 1, 1), date(2027, 7, 1)
    write(town, carrots, later, 2000)
    write(town, carrots, earlier, 210)
    assert rates(write(town, carrots, later, 1000)) == (550, [(earlier, 210), (later, 1000)])
    drop = DropVatRate(product_id=carrots.product_id, begins_on=earlier)
    assert rates(town.ask(drop, town.alice)) == (550, [(later, 1000)])
    with pytest.raises(NotFound):
        town.ask(drop, town.alice)
    assert rates(shown(town, carrots)) == (550, [(later, 1000)])


def test_only_days_to_come_are_written_or_taken_back(town: Town, carrots: Product) -> None:
    for day in (date(2026, 10, 9), date(2026, 10, 10)):
        with pytest.raises(Malformed) as refused:
            write(town, carrots, day, 1000)
        assert refused.value.details["fields"][0]["field"] == "begins_on"
    write(town, carrots, date(2026, 10, 11), 1000)
    town.set_clock(datetime(2026, 10, 11, 10, tzinfo=UTC))
    with pytest.raises(NotFound):
        town.ask(DropVatRate(product_id=carrots.product_id, begins_on=date(2026, 10, 11)), town.alice)
    assert rates(shown(town, carrots)) == (1000, [])


def test_who_writes_a_product_writes_the_rate_that_holds(town: Town, carrots: Product) -> None:
    write(town, carrots, date(2026, 10, 11), 1000)
    write(town, carrots, date(2026, 10, 12), 2000)
    write(town, carrots, date(2026, 11, 1), 210)
    assert rates(change(town, shown(town, carrots), vat_basis_points=0))[0] == 0
    town.set_clock(datetime(2026, 10, 12, 10, tzinfo=UTC))
    renamed = change(town, shown(town, carrots), name="Carottes de Créances")
    assert rates(renamed) == (2000, [(date(2026, 11, 1), 210)]), "what was not typed stays"
    assert rates(change(town, renamed, vat_basis_points=550)) == (550, [(date(2026, 11, 1), 210)])
    town.set_clock(datetime(2026, 11, 1, 10, tzinfo=UTC))
    assert rates(shown(town, carrots)) == (210, [])


def test_a_form_from_before_the_day_does_not_bring_the_old_rate_back(town: Town, carrots: Product) -> None:
    write(town, carrots, date(2026, 10, 11), 1000)
    opened = shown(town, carrots)
    town.set_clock(datetime(2026, 10, 11, 10, tzinfo=UTC))
    with pytest.raises(Conflict) as refused:
        change(town, opened)
    seen = shown(town, carrots)
    assert refused.value.details == {"version": seen.version}
    assert change(town, seen).version == seen.version + 1
    assert rates(shown(town, carrots)) == (1000, [])
    assert town.ask(ArchiveProduct(product_id=carrots.product_id), town.alice).version == seen.version + 2


def test_an_import_reads_and_writes_the_rate_of_today(town: Town, farm: Producer, carrots: Product) -> None:
    def imported(text: str) -> str:
        report = town.ask(ImportProducts(producer_id=farm.producer_id, text=text), town.alice)
        return str(report.lines[0].outcome)

    write(town, carrots, date(2026, 10, 11), 1000)
    write(town, carrots, date(2026, 11, 1), 210)
    town.set_clock(datetime(2026, 10, 11, 10, tzinfo=UTC))
    assert imported("name;unit;vat\nCarottes;kg;10\n") == "same"
    assert imported("name;unit;price\nCarottes;kg;2,80\n") == "changed"
    assert rates(shown(town, carrots)) == (1000, [(date(2026, 11, 1), 210)])
    before = shown(town, carrots).version
    assert imported("name;unit;vat\nCarottes;kg;5,5\n") == "changed"
    assert rates(shown(town, carrots)) == (550, [(date(2026, 11, 1), 210)])
    assert shown(town, carrots).version == before + 1


def test_a_products_rates_are_its_farms(town: Town, carrots: Product) -> None:
    write(town, carrots, HANDED_ON, 1000)
    ids: dict[str, Any] = {"product_id": carrots.product_id, "begins_on": HANDED_ON}
    for person in (town.charlie, town.odile):
        for command in (WriteVatRate(rate=0, **ids), DropVatRate(**ids)):
            with pytest.raises(NotFound):
                town.ask(command, person)
    assert rates(shown(town, carrots)) == (550, [(HANDED_ON, 1000)])
