"""Halls and squares that towns lend to markets: who asks, who answers, on what conditions, until when.

Days and hours are those of a clock on the place's wall. Catalog owns it; who lends holds `lend` on the town.
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from contracts.affairs import Day
from contracts.catalog import Limit
from contracts.identity import Insee
from contracts.members import Email, Grant, Right, Until
from contracts.messages import Command, Event, Model, Refused, Shape, Version
from contracts.planning import VenueDetails


def _without_zone(hour: time) -> time:
    if hour.tzinfo is not None:
        raise ValueError("is an hour at the place, without a zone")
    return hour


Hour = Annotated[time, AfterValidator(_without_zone)]
Weekday = Annotated[int, Field(ge=1, le=7)]
"""1 is Monday."""


class TownVenue(VenueDetails):
    """A hall or a square that a town lends; its owner is the town."""

    venue_id: UUID
    insee: str
    town: str
    version: Version


class AddTownVenue(
    VenueDetails, Command, door="catalog.add_town_venue", answers=TownVenue, acts=True, by=(Right.LEND,)
):
    """Add a hall or a square that a town lends, for those who lend in its name."""

    insee: Insee


class ChangeTownVenue(
    VenueDetails, Command, door="catalog.change_town_venue", answers=TownVenue, acts=True, by=(Right.LEND,)
):
    """Write one anew, for those who lend in the town's name. Conflict `venue-changed`."""

    venue_id: UUID
    version: Version


class ListTownVenues(Command, door="catalog.list_town_venues", answers=list[TownVenue], open_to_strangers=True):
    """What a town lends, oldest first."""

    insee: Insee
    after: UUID | None = None
    limit: Limit = 100


class LoanState(StrEnum):
    """`ended` is a loan whose term was cut short by notice: it holds until its new last day."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class LoanTimes(Model):
    """When a place is wanted: from a day through a day, on all of its days or on some weekdays, between two hours."""

    from_on: Day
    until_on: Day
    weekdays: list[Weekday] = Field(default=[], max_length=7)
    """None: on every day."""
    from_hour: Hour
    until_hour: Hour


class LoanTerms(Model):
    """On what conditions a town lends."""

    keys_with: str = Field(default="", max_length=200)
    """Who has the keys."""
    keys_when: str = Field(default="", max_length=200)
    """When they are fetched and brought back."""
    insurance_by: Day | None = None
    """By when the town wants the market's certificate of insurance."""
    conditions: str = Field(default="", max_length=2000)


class Loan(LoanTimes, LoanTerms):
    """A request for a place, and what became of it."""

    loan_id: UUID
    version: Version
    state: LoanState
    venue_id: UUID
    venue_name: str
    insee: str
    town: str
    market_id: UUID
    market_name: str
    entity_name: str
    """Who is behind the market."""
    contact_email: str | None = None
    contact_phone: str | None = None
    purpose: str
    term_from: date | None = None
    term_until: date | None = None
    """The days for which it was granted, or until which notice was given."""
    reason: str = ""
    """Of the town's no, or of the notice."""
    asked_at: datetime
    clashes: list[str] = Field(default=[])
    """Markets that want or have the same place at the same time; only for those who lend it."""

    def is_on(self, day: date) -> bool:
        """Whether the place is lent on a day."""
        if self.term_from is None or self.term_until is None:
            return False
        return self.term_from <= day <= self.term_until and (not self.weekdays or day.isoweekday() in self.weekdays)


class LoanChanged(
    Event,
    name="catalog.loan_changed.v1",
    shape=Shape.FACT,
    about="loan_id",
    heard_by=("notifications.tell_loan",),
):
    """Said when a place is asked for, lent, refused, given back or taken back: both sides are told."""

    loan_id: UUID
    loan: Loan
    by_person: UUID
    """Who did it, and so knows."""
    time_zone: str
    displaced: list[datetime] = Field(default=[])
    """Hand-overs to come of the market that have no place any more: they stand, and need another."""


class AskLoan(LoanTimes, Command, door="catalog.ask_loan", answers=Loan | Refused, acts=True, by=(Right.ORGANISE,)):
    """Ask a town for a hall or a square, for a market's organisers.

    Refused `lent-already`: somebody has it at that time; `details["markets"]` names those that the asker may know of.
    """

    market_id: UUID
    venue_id: UUID
    purpose: Annotated[str, Field(min_length=1, max_length=500)]


class AnswerLoan(LoanTerms, Command, door="catalog.answer_loan", answers=Loan | Refused, acts=True, by=(Right.LEND,)):
    """A town's yes or no, by somebody who lends in its name; for a market of one's own by a second person, if any.

    NotAllowed `not-yours`, `own-market`. Refused `loan-answered`, `lent-already`. A no has its reason; a yes lies
    within the days that were asked for. The yes of a second person to a market of an engaged producer that waits for
    its approval, and says who is behind it, approves it.
    """

    loan_id: UUID
    version: Version
    answer: Literal[LoanState.GRANTED, LoanState.REFUSED]
    term_from: Day | None = None
    term_until: Day | None = None
    """Nothing: all the days that were asked for."""
    reason: Annotated[str, Field(max_length=1000)] = ""


class WithdrawLoan(Command, door="catalog.withdraw_loan", answers=Loan | Refused, acts=True, by=(Right.ORGANISE,)):
    """A market wants a place no longer that nobody has answered for yet. Refused `loan-answered`."""

    loan_id: UUID


class EndLoan(Command, door="catalog.end_loan", answers=Loan | Refused, acts=True, by=(Right.LEND, Right.ORGANISE)):
    """Give notice of a loan by its last day, from either side; the town says why. Refused `not-lent`.

    Nothing is cancelled by it: hand-overs after that day are shown to their organisers as needing another place.
    """

    loan_id: UUID
    version: Version
    last_on: Day
    reason: Annotated[str, Field(max_length=1000)] = ""


class ListLoans(Command, door="catalog.list_loans", answers=list[Loan]):
    """A market's loans for its organisers, or a town's for those who lend in its name; oldest first."""

    market_id: UUID | None = None
    insee: Insee | None = None
    after: UUID | None = None
    limit: Limit = 100


class TakenDetails(Model):
    """From which day through which a place is taken, and by what: a fair, an election Sunday."""

    from_on: Day
    to_on: Day
    reason: Annotated[str, Field(min_length=1, max_length=120)]


class TakenDays(TakenDetails):
    """Days on which a town uses a place itself, whoever has it by a loan."""

    taken_id: UUID
    venue_id: UUID
    venue_name: str


class AddTakenDays(
    TakenDetails, Command, door="catalog.add_taken_days", answers=TakenDays, acts=True, by=(Right.LEND,)
):
    """A town needs a place itself, says somebody who lends in its name.

    These days are proposed to be skipped when a series is previewed there, and no hand-over is planned on them. One
    that is planned already stands, and is shown as needing another place.
    """

    venue_id: UUID


class EndTakenDays(Command, door="catalog.end_taken_days", answers=TakenDays, acts=True, by=(Right.LEND,)):
    """The town does not need the place after all; answers the days as they were."""

    taken_id: UUID


class ListTakenDays(Command, door="catalog.list_taken_days", answers=list[TakenDays]):
    """The days that are not over on which a town's places are taken, the next first, for those who lend in its name."""

    insee: Insee


class AppointLender(
    Command, door="members.appoint_lender", answers=Grant | Refused, acts=True, by=(Right.OPERATE, Right.LEND)
):
    """Let somebody lend a town's places in its name, or say until when; for operators and those who do already.

    NotAllowed `right-missing`. Refused `unknown-email`.
    """

    email: Email
    insee: Insee
    valid_until: Until | None = None
