"""A farm's papers, holidays and VAT regime, each with its days: kept by catalog, looked at for every hand-over."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.members import Right
from contracts.messages import Command, Model
from contracts.money import VatRegime

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
WARNED_DAYS = 30
"""Before its last day a paper ends soon."""


class PaperKind(StrEnum):
    """What a paper is; alcohol is on sale only under a licence for it."""

    INSURANCE = "insurance"
    SANITARY = "sanitary"
    ALCOHOL_LICENCE = "alcohol_licence"
    OTHER = "other"


class PaperStanding(StrEnum):
    """How a paper stands today."""

    GOOD = "good"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"


class PaperDetails(Model):
    """What a farm has in writing."""

    kind: PaperKind
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    """Of the contract, the declaration or the licence, with who gave it."""
    ends_on: Day | None = None
    """Its last day; nothing where it has none."""


class FarmPaper(PaperDetails):
    """A paper as its farm keeps it."""

    paper_id: UUID
    producer_id: UUID
    standing: PaperStanding


class AddPaper(PaperDetails, Command, door="catalog.add_paper", answers=FarmPaper, acts=True, by=(Right.SELL,)):
    """Add a paper to a farm, for those who sell for it. What is renewed is added anew, and the old one ended."""

    producer_id: UUID


class EndPaper(Command, door="catalog.end_paper", answers=FarmPaper, acts=True, by=(Right.SELL,)):
    """A farm has a paper no longer; answers it as it was."""

    paper_id: UUID


class ListPapers(Command, door="catalog.list_papers", answers=list[FarmPaper]):
    """A farm's papers for those who sell for it, oldest first; also those that have expired."""

    producer_id: UUID


class HolidayDetails(Model):
    """From which day through which a farm brings nothing."""

    from_on: Day
    to_on: Day


class Holiday(HolidayDetails):
    """A holiday as anybody may read it."""

    holiday_id: UUID
    producer_id: UUID


class AddHoliday(HolidayDetails, Command, door="catalog.add_holiday", answers=Holiday, acts=True, by=(Right.SELL,)):
    """Take a farm's offers off the sheets of every hand-over in these days, for those who sell for it.

    A sheet that is published stays as it is: the farm drops out of that sale.
    """

    producer_id: UUID


class EndHoliday(Command, door="catalog.end_holiday", answers=Holiday, acts=True, by=(Right.SELL,)):
    """There is no such holiday; answers it as it was."""

    holiday_id: UUID


class ListHolidays(Command, door="catalog.list_holidays", answers=list[Holiday], open_to_strangers=True):
    """A farm's holidays that are not over, the next first."""

    producer_id: UUID


class DatedRegime(Model):
    """A VAT regime, and the first day of it; the next one ends it. Before the first a farm is under the normal one."""

    begins_on: Day
    regime: VatRegime


class WriteVatRegime(
    DatedRegime, Command, door="catalog.write_vat_regime", answers=list[DatedRegime], acts=True, by=(Right.SELL,)
):
    """Say under which regime a farm is from a day on, for those who sell for it; the same day again is written anew.

    It holds for the hand-overs from that day, of the sales that open from now on. Answers all of the farm's.
    """

    producer_id: UUID


class DropVatRegime(Command, door="catalog.drop_vat_regime", answers=list[DatedRegime], acts=True, by=(Right.SELL,)):
    """Nothing changed on this day. NotFound where nothing was written of it. Answers all of the farm's."""

    producer_id: UUID
    begins_on: Day


class ListVatRegimes(Command, door="catalog.list_vat_regimes", answers=list[DatedRegime]):
    """A farm's regimes for those who sell for it, the first one first."""

    producer_id: UUID
