"""Wall time, words and boxes: tables of cases, and what always holds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.planning import Recurrence
from contracts.wall import instant
from services.catalog import rules
from services.catalog.actions.distributions import days
from services.catalog.rules import Box, Times, WallTimes, cell, fold, times_fault, words
from tests.catalog.cast import wall

PARIS = "Europe/Paris"
ZONES = [PARIS, "Europe/London", "America/New_York", "Australia/Lord_Howe", "Indian/Reunion"]
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (wall(2027, 3, 28, 2, 30), (2027, 3, 28, 1, 30)),  # does not exist
        (wall(2027, 3, 28, 1, 59), (2027, 3, 28, 0, 59)),
        (wall(2027, 3, 28, 3, 0), (2027, 3, 28, 1, 0)),
        (wall(2026, 10, 25, 2, 30), (2026, 10, 25, 0, 30)),  # comes twice: the first
        (wall(2026, 10, 25, 3, 0), (2026, 10, 25, 2, 0)),
        (wall(2026, 10, 21, 20, 0), (2026, 10, 21, 18, 0)),
        (wall(2026, 10, 28, 20, 0), (2026, 10, 28, 19, 0)),
    ],
)
def test_wall_time_of_paris_is_one_instant(local: datetime, utc: tuple[int, ...]) -> None:
    assert instant(local, PARIS) == datetime(*utc, tzinfo=UTC)  # type: ignore[arg-type,misc]


@given(st.datetimes(min_value=wall(2020, 1, 1), max_value=wall(2040, 1, 1)), st.sampled_from(ZONES))
def test_an_hour_that_exists_once_reads_the_same_on_the_wall(local: datetime, zone: str) -> None:
    back = instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert back == local or abs(back - local) in (timedelta(hours=1), timedelta(minutes=30))


@given(
    st.lists(
        st.datetimes(min_value=wall(2026, 3, 20), max_value=wall(2026, 4, 5)),
        min_size=4,
        max_size=4,
    ),
    st.sampled_from(ZONES),
)
def test_what_is_accepted_is_in_order_after_it_became_instants(walls: list[datetime], zone: str) -> None:
    times = WallTimes(*sorted(walls)).instants(zone)
    in_order = times.opens_at < times.closes_at <= times.starts_at <= times.ends_at
    assert (times_fault(times, LONG_AGO) is None) == in_order


def test_a_window_inside_the_missing_hour_is_refused() -> None:
    night = WallTimes(*(wall(2027, 3, 28, h, m) for h, m in ((1, 0), (2, 59), (3, 0), (4, 0))))
    fault = times_fault(night.instants(PARIS), LONG_AGO)
    assert fault
    assert fault.field == "starts_at"


def test_a_window_that_is_over_is_refused() -> None:
    times = Times(*(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)))
    fault = times_fault(times, datetime(2026, 1, 2, tzinfo=UTC))
    assert fault
    assert fault.code == "past"


@pytest.mark.parametrize(
    ("first", "recurrence", "expected"),
    [
        ((2026, 10, 14), {"count": 3}, ["2026-10-14", "2026-10-21", "2026-10-28"]),
        ((2026, 10, 14), {"count": 2, "interval": 2}, ["2026-10-14", "2026-10-28"]),
        ((2026, 10, 14), {"every": "month", "count": 2}, ["2026-10-14", "2026-11-11"]),
        ((2026, 10, 30), {"every": "month", "count": 2}, ["2026-10-30", "2026-11-27"]),
        ((2026, 12, 2), {"every": "month", "interval": 3, "count": 2}, ["2026-12-02", "2027-03-03"]),
    ],
)
def test_a_series_keeps_its_weekday(
    first: tuple[int, int, int], recurrence: dict[str, object], expected: list[str]
) -> None:
    found = days(wall(*first).date(), Recurrence.model_validate(recurrence))
    assert [day.isoformat() for day in found] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ŒUFS", "oeuf"),
        ("Pommes de terre", "pomme-de-terre"),
        ("poireaux", "POIREAU"),
        ("chevaux", "cheval"),
        ("bocaux", "bocal"),
        ("tuyaux", "tuyau"),
        ("noix", "Noix"),
        ("L'huile d'olive", "huile olive"),
        ("épinards", "epinard"),
        ("biologiques", "bio"),
        ("choux-fleurs", "chou fleur"),
        ("Jus de pommes", "jus pomme"),
    ],
)
def test_words_are_alike_however_they_are_written(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_words_that_differ_stay_apart() -> None:
    assert words("lait") != words("laitue")
    assert words("riz") == ["riz"]


@given(st.text(max_size=60))
@example("𝕬 ℡ ŒUFS ẞ")
def test_words_of_anything_are_found_again_by_themselves(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once
    assert all("'" not in word and "\\" not in word and " " not in word for word in once)
    assert fold(fold(text)) == fold(text)


@given(st.floats(-85, 85), st.floats(-170, 170), st.integers(1, 60), st.floats(0, 6.28))
def test_a_box_holds_its_circle_and_its_cells_hold_the_box(
    latitude: float, longitude: float, radius_km: int, direction: float
) -> None:
    import math

    box = Box.around(latitude, longitude, radius_km)
    north = latitude + math.cos(direction) * radius_km / 111.3
    east_km = math.sin(direction) * radius_km
    east = longitude + east_km / (111.3 * math.cos(math.radians(north)))
    assert box.south <= north <= box.north
    assert box.west <= east <= box.east
    if box.cells():
        assert cell(north, east) in box.cells()


@pytest.mark.parametrize(("points", "notice"), [(0, False), (120, False), (121, True)])
def test_the_age_notice_begins_above_one_point_two(points: int, notice: bool) -> None:
    assert rules.needs_alcohol_notice(points) is notice
