"""Holidays in a series are proposed to be skipped, where the market lies; its organiser decides."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contracts.errors import Malformed, NotAllowed
from contracts.planning import (
    AddVenue,
    ListDistributions,
    OccasionKind,
    PlanDistribution,
    PreviewSeries,
    Recurrence,
    SeriesDay,
)
from services.catalog import occasions
from tests.catalog.cast import Town, a_market, wall

PUBLIC, SCHOOL = OccasionKind.PUBLIC_HOLIDAY, OccasionKind.SCHOOL_HOLIDAY
FRIDAY = wall(2026, 12, 18, 17)
FIVE = Recurrence(count=5)


def previewed(town: Town, **market: Any) -> list[SeriesDay]:
    command = PreviewSeries(market_id=a_market(town, **market).market_id, first=FRIDAY.date(), recurrence=FIVE)
    found: list[SeriesDay] = town.ask(command, town.odile)
    return found


def kinds(day: date, department: str) -> list[OccasionKind]:
    return [one.kind for one in occasions.of(day, department, "fr")]


def test_christmas_and_the_holidays_of_the_school_zone_are_proposed_to_be_skipped(town: Town) -> None:
    found = [(day.on, [one.name for one in day.occasions]) for day in previewed(town)]
    assert found == [
        (date(2026, 12, 18), []),
        (date(2026, 12, 25), ["Noël", "Vacances de Noël"]),
        (date(2027, 1, 1), ["Jour de l'an", "Vacances de Noël"]),
        (date(2027, 1, 8), []),
        (date(2027, 1, 15), []),
    ]


@pytest.mark.parametrize(
    "day, department, expected",
    [
        (date(2027, 2, 24), "84", [SCHOOL]),  # winter in zone B
        (date(2027, 2, 24), "69", [SCHOOL]),  # and in zone A
        (date(2027, 2, 24), "75", []),
        (date(2027, 3, 26), "67", [PUBLIC]),  # Good Friday in Alsace
        (date(2027, 3, 26), "84", []),
        (date(2027, 7, 20), "2A", []),  # Corsica sets its own
        (date(2026, 5, 22), "972", [PUBLIC]),  # the end of slavery on Martinique
        (date(2026, 5, 22), "84", []),
        (date(2027, 7, 14), "57", [PUBLIC, SCHOOL]),
        (date(2028, 10, 25), "84", []),  # not decreed yet
    ],
)
def test_a_day_is_what_it_is_in_its_department(day: date, department: str, expected: list[OccasionKind]) -> None:
    assert kinds(day, department) == expected


def test_every_department_of_the_mainland_is_in_one_school_zone() -> None:
    mainland = {f"{number:02}" for number in range(1, 96)} - {"20"}
    assert set(occasions.ZONE_OF) == mainland
    assert len([one for those in occasions._ZONES.values() for one in those.split()]) == len(mainland)


def plan(town: Town, *skipped: date) -> Any:
    market = a_market(town)
    place = AddVenue(market_id=market.market_id, name="Salle", address="Place")
    venue = town.ask(place, town.odile)
    times: dict[str, datetime] = {
        "opens_at": FRIDAY - timedelta(days=6), "closes_at": FRIDAY - timedelta(days=2), "starts_at": FRIDAY,
        "ends_at": FRIDAY + timedelta(hours=2),
    }  # fmt: skip
    wanted = {"market_id": market.market_id, "venue_id": venue.venue_id, "recurrence": FIVE, "skipped": list(skipped)}
    town.ask(PlanDistribution(**wanted, **times), town.odile)
    return [one.wall_starts_at.date() for one in town.ask(ListDistributions(market_id=market.market_id), town.odile)]


def test_what_the_organiser_skips_is_not_planned_be_it_a_holiday_or_not(town: Town) -> None:
    held = plan(town, date(2026, 12, 18), date(2026, 12, 25))
    assert held == [date(2027, 1, 1), date(2027, 1, 8), date(2027, 1, 15)]


def test_a_series_keeps_a_day_and_skips_only_its_own(town: Town) -> None:
    all_of_them = [FRIDAY.date() + timedelta(weeks=week) for week in range(5)]
    for skipped, code in (([date(2026, 12, 24)], "unknown"), (all_of_them, "all")):
        with pytest.raises(Malformed) as refused:
            plan(town, *skipped)
        (fault,) = refused.value.details["fields"]
        assert (fault["field"], fault["code"]) == ("skipped", code)


def test_a_series_is_looked_at_by_those_who_may_plan_it(town: Town) -> None:
    wanted = PreviewSeries(market_id=a_market(town).market_id, first=FRIDAY.date(), recurrence=FIVE)
    with pytest.raises(NotAllowed):
        town.ask(wanted, town.charlie)


def test_a_year_that_was_mistyped_is_refused_by_its_field(town: Town) -> None:
    market = a_market(town, time_zone="America/Martinique")
    venue = town.ask(AddVenue(market_id=market.market_id, name="Salle", address="Place"), town.odile)
    ids = {"market_id": market.market_id, "venue_id": venue.venue_id}
    for year in (1, 9999):
        times = dict.fromkeys(("opens_at", "closes_at", "starts_at", "ends_at"), wall(year, 12, 31, 23, 30))
        times |= {"opens_at": wall(year, 12, 31, 20)}
        with pytest.raises(ValueError, match="opens_at"):
            town.ask(PlanDistribution(**ids, **times), town.odile)
