"""Planning a series: its dates are shown before anything is planned, and what is ticked is what is planned."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import malformed_field
from contracts.planning import Occasion, PlanDistribution, PreviewSeries, SeriesDay
from gateway.pages.distributions import proposed
from tests import cast
from tests.pages.conftest import FakeLine, raises
from tests.pages.reading import Page, read
from tests.pages.test_pages import VENUE, distribution
from tests.pages.test_pages import town as town

PATH = f"/organise/{cast.MARKET}/plan"
CHRISTMAS = Occasion(kind="public_holiday", name="Noël")
DAYS = [date(2026, 12, 18), date(2026, 12, 25), date(2027, 1, 1)]
TIMES = {
    "opens_at": "2026-12-12T18:00", "closes_at": "2026-12-16T20:00", "starts_at": "2026-12-18T17:00",
    "ends_at": "2026-12-18T19:00", "venue_id": str(VENUE.venue_id), "every": "week", "interval": "1", "count": "3",
}  # fmt: skip


@pytest.fixture
def planning(town: FakeLine) -> FakeLine:
    occasions: list[list[Occasion]] = [[], [CHRISTMAS], []]
    pairs = zip(DAYS, occasions, strict=True)
    town.answers[PreviewSeries] = [SeriesDay(on=day, occasions=those) for day, those in pairs]
    town.answers[PlanDistribution] = [distribution()]
    return town


def dates(page: Page) -> dict[str, bool]:
    """The dates that a page shows, and whether they are ticked."""
    return {one["value"]: "checked" in one for one in page.controls if one.get("name") == "held"}


def looked_at(bob: FlaskClient) -> tuple[Page, dict[str, Any]]:
    """The page with the dates, and what its form sends as it stands."""
    page = read(bob.post(PATH, data=read(bob.get(PATH)).form("").fields | TIMES))
    ticked = [day for day, held in dates(page).items() if held]
    return page, page.form("").fields | TIMES | {"day": list(dates(page)), "held": ticked}


def skipped(planning: FakeLine) -> list[date]:
    (asked,) = planning.acts()
    assert isinstance(asked, PlanDistribution) and asked.recurrence is not None and asked.recurrence.count == 3
    return asked.skipped


def test_the_dates_are_shown_first_and_holidays_are_unticked(bob: FlaskClient, planning: FakeLine) -> None:
    page, sent = looked_at(bob)
    assert planning.acts() == [] and "Rien n’est encore prévu" in page.text
    assert dates(page) == {"2026-12-18": True, "2026-12-25": False, "2027-01-01": True}
    assert "vendredi 25 décembre 2026 Noël" in page.text
    assert bob.post(PATH, data=sent).status_code == 303
    assert skipped(planning) == [date(2026, 12, 25)]


def test_the_organiser_decides(bob: FlaskClient, planning: FakeLine) -> None:
    _, sent = looked_at(bob)
    assert bob.post(PATH, data=sent | {"held": ["2026-12-25"]}).status_code == 303
    assert skipped(planning) == [date(2026, 12, 18), date(2027, 1, 1)]


def test_other_dates_are_shown_before_they_are_planned(bob: FlaskClient, planning: FakeLine) -> None:
    """What was ticked for one series says nothing of another."""
    _, sent = looked_at(bob)
    page = read(bob.post(PATH, data=sent | {"interval": "2", "held": []}))
    assert planning.acts() == [] and dates(page)["2026-12-18"]


def test_whoever_thinks_better_of_a_series_plans_one_distribution(bob: FlaskClient, planning: FakeLine) -> None:
    _, sent = looked_at(bob)
    assert bob.post(PATH, data=sent | {"every": ""}).status_code == 303
    (asked,) = planning.acts()
    assert isinstance(asked, PlanDistribution) and asked.recurrence is None and asked.skipped == []


def test_what_was_ticked_is_kept_when_something_else_is_wrong(bob: FlaskClient, planning: FakeLine) -> None:
    planning.answers[PlanDistribution] = raises(malformed_field("skipped", "Leave a day of the series.", "all"))
    _, sent = looked_at(bob)
    answer = bob.post(PATH, data=sent | {"held": []})
    assert answer.status_code == 400
    page = read(answer)
    assert not any(dates(page).values()) and "#skipped" in page.links and "Laissez au moins une date." in page.text


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001 (wall times)
def test_what_is_proposed_first_opens_in_time(now: datetime) -> None:
    times = ("opens_at", "closes_at", "starts_at", "ends_at")
    walls = [datetime.fromisoformat(proposed(now)[name]) for name in times]
    assert [now, *walls] == sorted({now, *walls}) and walls[0] - now <= timedelta(days=7)
    assert [wall.strftime("%a %H") for wall in walls] == ["Sun 18", "Wed 20", "Fri 17", "Fri 19"]
