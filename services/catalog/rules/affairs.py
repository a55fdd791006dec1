"""What holds of a farm on a day: whether it brings its goods, and may, and its VAT regime. Pure."""

from datetime import date, timedelta
from typing import NamedTuple

from contracts.affairs import WARNED_DAYS, HolidayDetails, PaperStanding
from contracts.money import VatRegime
from contracts.products import Fault
from contracts.quality import Lack


class Affairs(NamedTuple):
    """A farm's holidays, from a day through a day, the last days of its licences for alcohol, its VAT regimes."""

    holidays: list[tuple[date, date]]
    licences: list[date | None]
    regimes: list[tuple[date, VatRegime]]
    """Each with its first day, in the order of these."""

    def shortfall(self, is_alcohol: bool, day: date) -> tuple[Lack, date | None] | None:
        """Why a product is not handed over on a day, with the last day of what is in the way; nothing where it is."""
        away = [to_on for from_on, to_on in self.holidays if from_on <= day <= to_on]
        if away:
            return Lack.ON_HOLIDAY, max(away)
        if not is_alcohol or any(is_good(ends_on, day) for ends_on in self.licences):
            return None
        last_days = [ends_on for ends_on in self.licences if ends_on is not None]
        return (Lack.LICENCE_EXPIRED, max(last_days)) if last_days else (Lack.NO_LICENCE, None)

    def regime(self, day: date) -> VatRegime:
        """The VAT regime on a day."""
        begun = [regime for begins_on, regime in self.regimes if begins_on <= day]
        return begun[-1] if begun else VatRegime.NORMAL


def is_good(ends_on: date | None, day: date) -> bool:
    """Whether a paper still counts on a day."""
    return ends_on is None or day <= ends_on


def standing(ends_on: date | None, today: date) -> PaperStanding:
    """How a paper stands: a farm is warned before its end."""
    if not is_good(ends_on, today):
        return PaperStanding.EXPIRED
    soon = not is_good(ends_on, today + timedelta(days=WARNED_DAYS))
    return PaperStanding.ENDS_SOON if soon else PaperStanding.GOOD


def holiday_fault(wanted: HolidayDetails) -> Fault | None:
    """A holiday does not end before it begins."""
    if wanted.to_on < wanted.from_on:
        return Fault(field="to_on", code="order", message="The last day cannot be before the first.")
    return None
