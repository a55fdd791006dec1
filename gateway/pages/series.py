"""The days of a series in the form that plans it: shown first, those that are proposed to be skipped unticked."""

from datetime import date, datetime
from uuid import UUID

from flask import request

from contracts.planning import PreviewSeries, Recurrence, SeriesDay
from gateway import asking


class Series:
    """What was typed of a series; days that were not seen yet are looked at before anything is planned."""

    def __init__(self, market_id: UUID, recurrence: Recurrence | None) -> None:
        self._market_id = market_id
        self._recurrence = recurrence
        self._first = _first() if recurrence else None
        self._venue_id = request.form.get("venue_id", type=UUID)

    @property
    def key(self) -> str:
        """What its days depend on."""
        if not self._recurrence or not self._first:
            return ""
        return f"{self._first} {self._recurrence.model_dump_json()} {self._venue_id}"

    @property
    def was_seen(self) -> bool:
        """Whether these very days were shown; a single distribution has none to show."""
        return request.form.get("seen", "") == self.key or not self.key

    @property
    def days(self) -> list[SeriesDay]:
        """Every day of the series with what it is."""
        if not self._recurrence or not self._first:
            return []
        where = {"market_id": self._market_id, "venue_id": self._venue_id}
        wanted = PreviewSeries(**where, first=self._first, recurrence=self._recurrence)
        found: list[SeriesDay] = asking.ask(wanted)
        return found

    @property
    def skipped(self) -> list[str]:
        """The days that were shown and are not ticked; a single distribution has none."""
        held = set(request.form.getlist("held"))
        return [day for day in request.form.getlist("day") if day not in held] if self.key else []

    def is_held(self, day: SeriesDay) -> bool:
        """Whether a day is ticked: as it was left, else unless it is proposed to be skipped."""
        return str(day.on) in request.form.getlist("held") if self.was_seen else not day.occasions


def _first() -> date | None:
    """The day of the first hand-over, once it can be read."""
    try:
        return datetime.fromisoformat(request.form.get("starts_at", "")).date()
    except ValueError:
        return None
