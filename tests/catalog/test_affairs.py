"""Papers and holidays: foreseen by farm and organiser, decided at the opening for the day of the hand-over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.affairs import AddHoliday, AddPaper, EndHoliday, EndPaper, ListHolidays, ListPapers, PaperStanding
from contracts.catalog import SaleSheetPublished
from contracts.errors import Malformed, NotAllowed, NotFound
from contracts.planning import Distribution, Recurrence
from contracts.quality import Lack, ListRefusedOffers
from services.catalog.rules import affairs
from services.catalog.rules.affairs import Affairs
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer, planned, wall

TODAY = date(2026, 10, 10)
HANDED_ON = date(2026, 10, 28)
"""Of the first of the sales, which opens on the 19th."""


class Cellar:
    """Alice sells wine and grapes at Odile's market, in two sales a week apart."""

    def __init__(self, town: Town) -> None:
        town.set_clock(datetime(2026, 10, 10, 10, tzinfo=UTC))
        self.town, self.market, self.farm = town, a_market(town), a_farm(town)
        admit(town, self.market, self.farm)
        wine: dict[str, Any] = {"name": "Vin", "unit": "piece", "alcohol_basis_points": 1350}
        for product in (a_product(town, self.farm, **wine), a_product(town, self.farm, name="Raisin")):
            an_offer(town, product, self.market)
        self.first, self.second = planned(town, self.market, wall(2026, 10, 26, 20), Recurrence(count=2))

    def paper(self, **fields: Any) -> Any:
        given = {"kind": "alcohol_licence", "number": "Caromb, 2024/17"} | fields
        return self.town.ask(AddPaper(producer_id=self.farm.producer_id, **given), self.town.alice)

    def away(self, from_on: date, to_on: date) -> Any:
        wanted = AddHoliday(producer_id=self.farm.producer_id, from_on=from_on, to_on=to_on)
        return self.town.ask(wanted, self.town.alice)

    def lacks(self, sale: Distribution) -> dict[str, tuple[Lack, date, date | None, bool]]:
        """What is kept off a sale, the same for farm and organiser."""
        asked = ListRefusedOffers(distribution_id=sale.distribution_id)
        seen, by_farm = (self.town.ask(asked, person) for person in (self.town.odile, self.town.alice))
        assert seen == by_farm
        return {one.name: (one.lack, one.on, one.valid_until, one.foreseen) for one in seen}

    def sold(self, sale: Distribution) -> list[str]:
        self.town.set_clock(sale.opens_at + timedelta(seconds=1))
        self.town.let_due()
        sheet: SaleSheetPublished = self.town.said(SaleSheetPublished)[-1][1]
        return sorted(line.name for line in sheet.lines)


@pytest.fixture
def cellar(town: Town) -> Cellar:
    return Cellar(town)


def test_alcohol_is_on_sale_only_under_a_licence_that_is_good_at_the_hand_over(cellar: Cellar) -> None:
    assert cellar.lacks(cellar.first) == {"Vin": (Lack.NO_LICENCE, HANDED_ON, None, True)}
    cellar.paper(kind="insurance")
    licence = cellar.paper(ends_on=HANDED_ON)
    assert cellar.lacks(cellar.first) == {}
    week_later = HANDED_ON + timedelta(days=7)
    assert cellar.lacks(cellar.second) == {"Vin": (Lack.LICENCE_EXPIRED, week_later, HANDED_ON, True)}
    assert cellar.sold(cellar.first) == ["Raisin", "Vin"]
    assert cellar.sold(cellar.second) == ["Raisin"]
    cellar.town.ask(EndPaper(paper_id=licence.paper_id), cellar.town.alice)
    assert cellar.lacks(cellar.second) == {"Vin": (Lack.LICENCE_EXPIRED, week_later, HANDED_ON, False)}


def test_a_holiday_takes_everything_off_the_sales_that_are_handed_over_in_it(cellar: Cellar) -> None:
    cellar.paper()
    holiday = cellar.away(HANDED_ON, HANDED_ON + timedelta(days=6))
    reason = (Lack.ON_HOLIDAY, HANDED_ON, HANDED_ON + timedelta(days=6), True)
    assert cellar.lacks(cellar.first) == {"Raisin": reason, "Vin": reason}
    assert cellar.lacks(cellar.second) == {}
    assert cellar.town.ask(ListHolidays(producer_id=cellar.farm.producer_id)) == [holiday]
    assert cellar.sold(cellar.first) == []
    cellar.town.ask(EndHoliday(holiday_id=holiday.holiday_id), cellar.town.alice)
    assert cellar.town.ask(ListHolidays(producer_id=cellar.farm.producer_id)) == []
    assert cellar.sold(cellar.second) == ["Raisin", "Vin"]


def test_a_farm_is_warned_thirty_days_before_the_end_of_a_paper(cellar: Cellar) -> None:
    ends = [None, TODAY + timedelta(days=30), TODAY + timedelta(days=29), TODAY, TODAY - timedelta(days=1)]
    made = [cellar.paper(kind="sanitary", ends_on=end) for end in ends]
    assert [one.standing for one in made] == ["good", "good", "ends_soon", "ends_soon", "expired"]
    assert cellar.town.ask(ListPapers(producer_id=cellar.farm.producer_id), cellar.town.alice) == made


def test_a_holiday_does_not_end_before_it_begins(cellar: Cellar) -> None:
    with pytest.raises(Malformed) as refused:
        cellar.away(HANDED_ON, HANDED_ON - timedelta(days=1))
    assert refused.value.details["fields"][0]["field"] == "to_on"


def test_a_farms_affairs_are_its_own(cellar: Cellar) -> None:
    paper, holiday = cellar.paper(), cellar.away(HANDED_ON, HANDED_ON)
    for person in (cellar.town.charlie, cellar.town.odile):
        with pytest.raises(NotAllowed):
            cellar.town.ask(ListPapers(producer_id=cellar.farm.producer_id), person)
        with pytest.raises(NotAllowed):
            cellar.town.ask(AddHoliday(producer_id=cellar.farm.producer_id, from_on=TODAY, to_on=TODAY), person)
        for command in (EndPaper(paper_id=paper.paper_id), EndHoliday(holiday_id=holiday.holiday_id)):
            with pytest.raises(NotFound):
                cellar.town.ask(command, person)
    assert cellar.lacks(cellar.first).keys() == {"Raisin", "Vin"}


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(st.lists(st.none() | DAYS, max_size=3), DAYS, st.booleans())
def test_a_licence_that_lets_alcohol_in_counts_on_every_day_before(
    licences: list[date | None], day: date, is_alcohol: bool
) -> None:
    found = Affairs([], licences, []).shortfall(is_alcohol, day)
    assert (found is None) == (not is_alcohol or any(affairs.is_good(end, day) for end in licences))
    if found is None:
        assert Affairs([], licences, []).shortfall(is_alcohol, day - timedelta(days=1)) is None
    for end in licences:
        assert (affairs.standing(end, day) is PaperStanding.EXPIRED) == (not affairs.is_good(end, day))
