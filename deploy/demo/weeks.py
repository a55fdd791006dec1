"""The days of the story: every week has its opening, its orders and its hand-overs, counted from one day."""

from datetime import date, datetime, time, timedelta
from typing import Any

from deploy.demo.markets import MarketPlan, Venue


class Weeks:
    """The weeks around the one whose municipal hand-over is going on at `now`, in wall time."""

    def __init__(self, now: datetime, past: int) -> None:
        self.hour = time(now.hour)
        self.today = now.date()
        self.past = past

    def first_day(self) -> datetime:
        """When everything is founded: a week before the first sale's hand-over."""
        return datetime.combine(self._day(-self.past) - timedelta(days=7), time(9))

    def shopping(self, week: int) -> datetime:
        """All sales of the week are open then."""
        return datetime.combine(self._day(week) - timedelta(days=1), time(10))

    def municipal_evening(self, week: int) -> datetime:
        """The municipal market hands over."""
        return datetime.combine(self._day(week), self.hour) + timedelta(minutes=30)

    def other_evening(self, week: int) -> datetime:
        """All others hand over."""
        return datetime.combine(self._day(week) + timedelta(days=3), time(17, 45))

    def plan(self, market: MarketPlan, venue: Venue) -> dict[str, Any]:
        """When the first sale at a venue opens, closes and hands over, as a plan says it."""
        day = self._day(-self.past)
        hour = time.fromisoformat(venue.starts) if venue.starts else self.hour
        starts_at = datetime.combine(day + timedelta(days=venue.day), hour)
        times = {
            "opens_at": _at(day, *market.opens),
            "closes_at": _at(day, *market.closes),
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=venue.hours),
        }
        return {name: moment.isoformat() for name, moment in times.items()}

    def _day(self, week: int) -> date:
        return self.today + timedelta(weeks=week)


def _at(day: date, days: int, hour: str) -> datetime:
    return datetime.combine(day + timedelta(days=days), time.fromisoformat(hour))
