"""VAT regimes: written with their first day, and looked at for the day of the hand-over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.affairs import DatedRegime, DropVatRegime, ListVatRegimes, WriteVatRegime
from contracts.catalog import Market, SaleSheetPublished
from contracts.errors import NotAllowed, NotFound
from contracts.money import VatRegime
from contracts.planning import Distribution, Recurrence
from contracts.producers import Producer
from contracts.products import Offer, ReadOffer
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer, planned, wall

HANDED_ON = date(2026, 10, 28)
"""Of the first of three sales, a week apart; the first opens on the 19th."""
WEEK = timedelta(days=7)


@pytest.fixture
def farm(town: Town) -> Producer:
    town.set_clock(datetime(2026, 10, 10, 10, tzinfo=UTC))
    return a_farm(town)


@pytest.fixture
def market(town: Town, farm: Producer) -> Market:
    market = a_market(town)
    admit(town, market, farm)
    return market


@pytest.fixture
def offer(town: Town, farm: Producer, market: Market) -> Offer:
    """Carrots at 5.5 %."""
    return an_offer(town, a_product(town, farm), market)


def write(town: Town, farm: Producer, begins_on: date, regime: VatRegime) -> list[DatedRegime]:
    known: list[DatedRegime] = town.ask(
        WriteVatRegime(producer_id=farm.producer_id, begins_on=begins_on, regime=regime), town.alice
    )
    return known


def taxed(town: Town, sale: Distribution) -> tuple[VatRegime, int]:
    """What the sheet of a sale says once it opens."""
    town.set_clock(sale.opens_at + timedelta(seconds=1))
    town.let_due()
    sheet: SaleSheetPublished = town.said(SaleSheetPublished)[-1][1]
    (line,) = sheet.lines
    return line.vat_regime, line.vat_basis_points


@pytest.mark.usefixtures("offer")
def test_the_regime_of_the_day_of_the_hand_over_decides(town: Town, farm: Producer, market: Market) -> None:
    first, second, third = planned(town, market, wall(2026, 10, 26, 20), Recurrence(count=3))
    write(town, farm, HANDED_ON + timedelta(days=1), VatRegime.FRANCHISE)
    write(town, farm, HANDED_ON + 2 * WEEK, VatRegime.NORMAL)
    assert taxed(town, first) == (VatRegime.NORMAL, 550)
    assert taxed(town, second) == (VatRegime.FRANCHISE, 0)
    assert taxed(town, third) == (VatRegime.NORMAL, 550)


def test_what_is_sold_outside_a_sale_shows_the_regime_of_today(town: Town, farm: Producer, offer: Offer) -> None:
    def shown() -> tuple[VatRegime, int]:
        found = town.ask(ReadOffer(offer_id=offer.offer_id))
        return found.vat_regime, found.vat_basis_points

    write(town, farm, date(2026, 10, 11), VatRegime.FLAT_RATE)
    assert shown() == (VatRegime.NORMAL, 550)
    town.set_clock(datetime(2026, 10, 10, 22, 30, tzinfo=UTC))
    assert shown() == (VatRegime.FLAT_RATE, 0), "it is the eleventh at home"


def test_a_day_is_written_anew_and_taken_back(town: Town, farm: Producer) -> None:
    earlier, later = date(2026, 1, 1), date(2027, 1, 1)
    write(town, farm, later, VatRegime.FRANCHISE)
    write(town, farm, earlier, VatRegime.FLAT_RATE)
    known = write(town, farm, later, VatRegime.NORMAL)
    assert [(one.begins_on, one.regime) for one in known] == [(earlier, "flat_rate"), (later, "normal")]
    drop = DropVatRegime(producer_id=farm.producer_id, begins_on=earlier)
    assert [one.begins_on for one in town.ask(drop, town.alice)] == [later]
    with pytest.raises(NotFound):
        town.ask(drop, town.alice)


def test_a_farms_regimes_are_its_own(town: Town, farm: Producer) -> None:
    day = {"producer_id": farm.producer_id, "begins_on": HANDED_ON}
    write(town, farm, HANDED_ON, VatRegime.FRANCHISE)
    for person in (town.charlie, town.odile):
        for command in (WriteVatRegime(regime=VatRegime.NORMAL, **day), DropVatRegime(**day)):
            with pytest.raises(NotAllowed):
                town.ask(command, person)
        with pytest.raises(NotAllowed):
            town.ask(ListVatRegimes(producer_id=farm.producer_id), person)
    assert len(town.ask(ListVatRegimes(producer_id=farm.producer_id), town.alice)) == 1
