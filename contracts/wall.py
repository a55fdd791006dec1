"""Wall time of a market's zone and the instants it means."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, NaiveDatetime

HOME_ZONE = "Europe/Paris"
"""Of the days of a farm, a town or the instance, which no market's wall shows."""

WallTime = Annotated[NaiveDatetime, Field(ge=datetime(2000, 1, 1), le=datetime(2100, 1, 1))]  # noqa: DTZ001
"""One that somebody gives: every zone has its instant."""


def instant(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a wall time.

    One that does not exist is read by the offset before the gap; one that comes twice is the first.
    """
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def is_to_come(day: date, now: datetime) -> bool:
    """Whether a day has begun nowhere yet: the first zone is 14 hours ahead of UTC."""
    return day > (now + timedelta(hours=14)).date()


def midnight(day: date, zone: str) -> datetime:
    """The UTC instant at which a day begins."""
    return instant(datetime.combine(day, time()), zone)


def on_the_wall(at: datetime, zone: str) -> datetime:
    """What a clock on the wall shows at an instant."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
