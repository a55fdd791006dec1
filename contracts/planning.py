"""Venues, admissions, distributions and who takes part: what is settled before a sale opens.

Times are given and kept as wall time of the market's zone: a time that does not exist is read by
the offset before the gap, one that comes twice is the first. Once open, it belongs to orders.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field, NaiveDatetime

from contracts.catalog import Latitude, Limit, Longitude, Title
from contracts.members import Right
from contracts.messages import Command, Model, Refused, Version
from contracts.quality import Floor
from contracts.slots import SlotCapacity, SlotPlan, WantedSlots
from contracts.wall import WallTime


class Stage(StrEnum):
    """Where a distribution stands. Catalog moves it to `open` or `cancelled`; the rest is heard."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    HANDOVER = "handover"
    CLOSING_BOOKS = "closing_books"
    FINAL = "final"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class PlaceLack(StrEnum):
    """Why a distribution needs another place."""

    UNLENT = "unlent"
    """Its town does not lend it to the market then, or not any more."""
    TAKEN = "taken"
    """Its town needs it itself that day."""


class VenueDetails(Model):
    """A pick-up place. Without a point it lies where the market, or its town, does."""

    name: Title
    address: str = Field(min_length=1, max_length=300)
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    access: str = Field(default="", max_length=1000)
    hours: str = Field(default="", max_length=500)
    """When its doors are open, in words; a hand-over has its own hours."""
    fridge_shelves: int = Field(default=0, ge=0, le=500)
    """Of its fridge; none where there is no fridge."""
    slot_capacity: SlotCapacity | None = None
    """Orders that it has room for in one slot of a hand-over: what is planned here has at most so many."""
    owner_name: str = Field(default="", max_length=120)
    """Whose it is, where it is not the market's own."""
    owner_contact: str = Field(default="", max_length=200)
    """Whom to call about it: shown to those who organise the market."""


class Venue(VenueDetails):
    """A pick-up place of a market: its own, or one that a town lends to it."""

    venue_id: UUID
    market_id: UUID
    """The market that uses it."""
    version: Version = 1
    insee: str | None = None
    """The town that lends it, and writes it; nothing where it is the market's own."""


class AddVenue(VenueDetails, Command, door="catalog.add_venue", answers=Venue, acts=True, by=(Right.ORGANISE,)):
    """Add a pick-up place to a market, for its organisers."""

    market_id: UUID


class ChangeVenue(VenueDetails, Command, door="catalog.change_venue", answers=Venue, acts=True, by=(Right.ORGANISE,)):
    """Write a pick-up place anew, for its market's organisers. `version` is the one seen; Conflict if it moved.

    A sale that has opened keeps the name and the address that it opened with.
    """

    venue_id: UUID
    version: Version


class ListVenues(Command, door="catalog.list_venues", answers=list[Venue], open_to_strangers=True):
    """A market's pick-up places, oldest first."""

    market_id: UUID
    after: UUID | None = None
    limit: Limit = 100


class AdmissionState(StrEnum):
    """`admitted` needs both: `asked` is the farm's yes alone, `invited` the market's."""

    ASKED = "asked"
    INVITED = "invited"
    ADMITTED = "admitted"
    ENDED = "ended"


class Admission(Model):
    """Where a farm stands with a market."""

    market_id: UUID
    market_name: str
    producer_id: UUID
    producer_name: str
    state: AdmissionState
    quality_floor: Floor = Floor.NONE
    """What the market asks of every product."""
    terms_accepted: bool = True
    """Whether the farm accepted charter and payment policy as they are now."""
    accepted_name: str = ""
    """Who accepted them last for the farm, as they wrote it."""
    accepted_at: datetime | None = None
    distance_km: float | None = None
    """From the farm's town to the market, as the crow flies."""
    max_distance_km: int | None = None
    far_reason: str = ""
    """Why a farm beyond the market's distance was admitted."""
    usual_venue_ids: list[UUID] = Field(default=[])
    """Where the farm comes unless it says otherwise for a day; none for everywhere."""


class AskToSell(Command, door="catalog.ask_to_sell", answers=Admission, acts=True, by=(Right.SELL,)):
    """A farm's yes to a market, by somebody who sells for it."""

    market_id: UUID
    producer_id: UUID


class AdmitProducer(
    Command, door="catalog.admit_producer", answers=Admission | Refused, acts=True, by=(Right.ORGANISE,)
):
    """The market's yes to a farm, by an organiser. The farm's is asking, or its first offer.

    Refused `too-far`: the farm lies beyond the market's distance, and no reason is given.
    """

    market_id: UUID
    producer_id: UUID
    far_reason: str = Field(default="", max_length=500)


class AcceptTerms(Command, door="catalog.accept_terms", answers=Admission, acts=True, by=(Right.SELL,)):
    """A farm's word that it accepts a market's charter and payment policy, by somebody who sells for it.

    Conflict `terms-changed`. NotFound where farm and market have nothing to do with one another.
    """

    market_id: UUID
    producer_id: UUID
    terms_version: Version
    name: Title
    """Who says so, as they write it."""


class ChooseUsualPlaces(Command, door="catalog.choose_usual_places", answers=Admission, acts=True, by=(Right.SELL,)):
    """At which of a market's places a farm comes, by somebody who sells for it; it may say otherwise for a day.

    It holds for what is planned, later ones included, where the farm said nothing for the day; a sale that has opened
    stays as it is. Malformed `venue_ids` `unknown`: not a place of this market. NotFound where farm and market have
    nothing to do with one another.
    """

    market_id: UUID
    producer_id: UUID
    venue_ids: list[UUID] = Field(default=[], max_length=100)
    """None for everywhere."""


class EndAdmission(
    Command, door="catalog.end_admission", answers=Admission, acts=True, by=(Right.ORGANISE, Right.SELL)
):
    """Either side's no: the farm's offers there are withdrawn. Asking or inviting begins anew."""

    market_id: UUID
    producer_id: UUID


class ListAdmissions(Command, door="catalog.list_admissions", answers=list[Admission]):
    """A market's farms for its organisers, or a farm's markets for those who sell for it."""

    market_id: UUID | None = None
    producer_id: UUID | None = None
    after: UUID | None = None
    """The last farm (or market) of the page before."""
    limit: Limit = 100


class DistributionDetails(Model):
    """When and where, in the market's wall time: opens < closes <= starts <= ends."""

    venue_id: UUID
    opens_at: WallTime
    closes_at: WallTime
    starts_at: WallTime
    ends_at: WallTime
    slots: WantedSlots | None = None
    """They fill the hand-over: Malformed `slots` `uneven`, `too-long` (more than a day).

    Malformed `slots.capacity` `missing`: the place names none either; `too-many`: it has room for fewer.
    """


class Recurrence(Model):
    """Again and again: every `interval` weeks, or on the same weekday of every `interval`-th month.

    The fifth of a weekday means the last one of each month.
    """

    every: Literal["week", "month"] = "week"
    interval: int = Field(default=1, ge=1, le=52)
    count: int = Field(ge=1, le=104)
    """How many in all, with the first."""


class OccasionKind(StrEnum):
    """Why a day of a series is proposed to be skipped."""

    PUBLIC_HOLIDAY = "public_holiday"
    SCHOOL_HOLIDAY = "school_holiday"
    """Of the school zone in which the market lies."""
    PLACE_TAKEN = "place_taken"
    """The town needs its place itself: for a fair, or an election."""


class Occasion(Model):
    """What a day is, by its name in the language of the asker."""

    kind: OccasionKind
    name: str


class SeriesDay(Model):
    """A day of a series; one with an occasion is proposed to be skipped."""

    on: date
    occasions: list[Occasion]


class PreviewSeries(Command, door="catalog.preview_series", answers=list[SeriesDay]):
    """The days of a series before it is planned, for organisers: they decide which of them are skipped."""

    market_id: UUID
    first: date
    """Of its first hand-over, at the market's place."""
    recurrence: Recurrence
    venue_id: UUID | None = None
    """Of a town's place also the days are said on which the town needs it itself."""


class Distribution(Model):
    """A distribution as planned, or as orders last said: instants, and their wall time."""

    distribution_id: UUID
    version: Version
    market_id: UUID
    market_name: str
    venue_id: UUID
    venue_name: str
    venue_address: str
    venue_access: str = ""
    venue_hours: str = ""
    fridge_shelves: int = 0
    place_lack: PlaceLack | None = None
    """Of a town's place that the market has no more: it stands, and needs another."""
    state: Stage
    time_zone: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    wall_opens_at: NaiveDatetime
    wall_closes_at: NaiveDatetime
    wall_starts_at: NaiveDatetime
    wall_ends_at: NaiveDatetime
    slots: SlotPlan | None = None


class PlanDistribution(
    DistributionDetails,
    Command,
    door="catalog.plan_distribution",
    answers=list[Distribution],
    acts=True,
    by=(Right.ORGANISE,),
):
    """Plan one distribution or a series, for organisers; each opens by itself at its second.

    NotAllowed `market-asked`: nobody approved the market yet, and its founder sells for no engaged producer.
    Malformed `venue_id` `unlent`: its town does not lend the place to the market on one of the days, or then; `taken`:
    it needs the place itself.
    """

    market_id: UUID
    recurrence: Recurrence | None = None
    skipped: list[date] = Field(default=[], max_length=104)
    """Days of the series on which nothing is handed over; not all of them."""


class ChangeDistribution(
    DistributionDetails,
    Command,
    door="catalog.change_distribution",
    answers=Distribution | Refused,
    acts=True,
    by=(Right.ORGANISE,),
):
    """Plan a distribution anew while it has not opened. Refused: `not-planned`."""

    distribution_id: UUID
    version: Version


class CancelDistribution(
    Command, door="catalog.cancel_distribution", answers=Distribution | Refused, acts=True, by=(Right.ORGANISE,)
):
    """Call a distribution off before it opens. Refused: `not-planned` (then orders cancels it)."""

    distribution_id: UUID


class ReadDistribution(Command, door="catalog.read_distribution", answers=Distribution, open_to_strangers=True):
    """A distribution of a market that the asker may know of."""

    distribution_id: UUID


class ListDistributions(Command, door="catalog.list_distributions", answers=list[Distribution], open_to_strangers=True):
    """A market's distributions by their start; those that ended only where `past` asks for them."""

    market_id: UUID
    past: bool = False
    newest_first: bool = False
    after: UUID | None = None
    limit: Limit = 50


class Presence(StrEnum):
    """An admitted farm takes part unless it declines."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Participation(Model):
    """Whether and how a farm takes part in a distribution."""

    distribution_id: UUID
    producer_id: UUID
    producer_name: str
    presence: Presence
    closes_at: datetime
    """Of its own lines, never after the distribution's."""
    threshold_cents: int | None = None
    """It comes from this total on."""


class Participate(Command, door="catalog.participate", answers=Participation | Refused, acts=True, by=(Right.SELL,)):
    """Say whether a farm takes part, for its sellers. Refused: `not-planned`, `not-admitted`."""

    distribution_id: UUID
    producer_id: UUID
    presence: Presence
    closes_at: WallTime | None = None
    """Wall time of the market; nothing for the distribution's own close."""
    threshold_cents: int | None = Field(default=None, ge=1, le=10_000_000)


class ListParticipations(Command, door="catalog.list_participations", answers=list[Participation]):
    """All admitted farms of a distribution for its organisers; for others those they sell for."""

    distribution_id: UUID
