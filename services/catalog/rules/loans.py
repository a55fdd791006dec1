"""When a place is lent, and whether two loans are in one another's way. Pure."""

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import NamedTuple

from contracts.loans import LoanTimes
from contracts.products import Fault

WEEK = range(1, 8)


class Span(NamedTuple):
    """From a day through a day, on some weekdays or on all, between two hours."""

    from_on: date
    until_on: date
    weekdays: Collection[int]
    from_hour: time
    until_hour: time

    @property
    def is_empty(self) -> bool:
        """Whether none of its weekdays lies between its days."""
        days = min((self.until_on - self.from_on).days + 1, len(WEEK))
        held = {(self.from_on + timedelta(days=number)).isoweekday() for number in range(days)}
        return not held & set(self.weekdays or WEEK)

    def clashes_with(self, other: "Span") -> bool:
        """Whether both want some hour of some day."""
        if self.until_hour <= other.from_hour or other.until_hour <= self.from_hour:
            return False
        weekdays = set(self.weekdays or WEEK) & set(other.weekdays or WEEK)
        first, last = max(self.from_on, other.from_on), min(self.until_on, other.until_on)
        return bool(weekdays) and not Span(first, last, weekdays, self.from_hour, self.until_hour).is_empty


def wanted_span(wanted: LoanTimes) -> Span:
    """What was asked for."""
    return Span(wanted.from_on, wanted.until_on, wanted.weekdays, wanted.from_hour, wanted.until_hour)


def times_fault(wanted: Span, today: date) -> Fault | None:
    """Why nothing can be asked for like this: it has days to come, and hours in their order."""
    if wanted.until_on < wanted.from_on:
        return _fault("until_on", "order", "The last day cannot be before the first.")
    if wanted.until_on < today:
        return _fault("until_on", "past", "These days are over.")
    if wanted.until_hour <= wanted.from_hour:
        return _fault("until_hour", "order", "The place is given back after it is taken.")
    if wanted.is_empty:
        return _fault("weekdays", "none", "None of these weekdays lies between the two days.")
    return None


def term_fault(term: Span, asked: Span) -> Fault | None:
    """Why a place cannot be granted for these days: they lie within those that were asked for."""
    if not asked.from_on <= term.from_on <= asked.until_on:
        return _fault("term_from", "outside", "Grant days that were asked for.")
    if not term.from_on <= term.until_on <= asked.until_on:
        return _fault("term_until", "outside", "Grant days that were asked for.")
    if term.is_empty:
        return _fault("term_until", "none", "None of the weekdays lies between the two days.")
    return None


def notice_fault(last_on: date, term_until: date, today: date) -> Fault | None:
    """Why notice cannot be given by this day: it is today or later, and shortens the term."""
    if last_on < today:
        return _fault("last_on", "past", "Notice is given for today or a later day.")
    if last_on >= term_until:
        return _fault("last_on", "order", "The loan ends by itself before that.")
    return None


def _fault(field: str, code: str, message: str) -> Fault:
    return Fault(field=field, code=code, message=message)
