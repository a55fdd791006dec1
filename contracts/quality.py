"""Quality marks, and what a market demands of them: kept by catalog, snapshotted by every sale sheet.

A mark belongs to a farm, covers all of its products or some, and is good through its last day in the zone of the market
that asks. "Organic" may be said only under `ab`: in conversion is not organic, nor is Nature & Progrès alone.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.members import Right
from contracts.messages import Command, Model, Version


class MarkKind(StrEnum):
    AB = "ab"
    DEMETER = "demeter"
    NATURE_ET_PROGRES = "nature_et_progres"
    BIO_COHERENCE = "bio_coherence"
    LABEL_ROUGE = "label_rouge"
    AOP = "aop"
    IGP = "igp"
    HVE = "hve"
    IN_CONVERSION = "in_conversion"


class Certificate(Model):
    """What stands behind a mark on a sheet; of several of one kind the one that is good the longest."""

    kind: str
    certifier: str = ""
    number: str = ""
    valid_until: date | None = None
    ends_at: datetime | None = None
    """The instant from which it is void: the end of that day in the market's zone."""


class Scope(StrEnum):
    """Which products of its farm a mark covers; `all` are also those that come later."""

    ALL = "all"
    NAMED = "named"


class Floor(StrEnum):
    """The least that a market asks of every product, by a mark that is good when the sale opens."""

    NONE = "none"
    ORGANIC = "organic"
    """AB, and nothing instead of it."""
    OFFICIAL = "official"
    """A sign of the State: AB, Label Rouge, AOP or IGP."""


class MarkDetails(Model):
    """What a farm's certificate says."""

    kind: MarkKind
    certifier: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    scope: Scope = Scope.ALL
    product_ids: list[UUID] = Field(default=[], max_length=2000)
    """Of a scope that names its products."""
    valid_until: date | None = Field(default=None, ge=date(2000, 1, 1), le=date(2100, 1, 1))
    """The last day on which it is good; of a kind that is given for a time."""


class QualityMark(Model):
    """A mark as its farm keeps it; one that was carried over from a product may have no certifier yet."""

    mark_id: UUID
    producer_id: UUID
    version: Version
    kind: MarkKind
    certifier: str
    number: str
    scope: Scope
    product_ids: list[UUID]
    valid_until: date | None
    valid: bool
    """Whether it is good today; one without the last day that its kind needs is not."""


class AddMark(MarkDetails, Command, door="catalog.add_mark", answers=QualityMark, acts=True, by=(Right.SELL,)):
    """Add a mark to a farm, for those who sell for it; it counts from the next sale sheet on."""

    producer_id: UUID


class ChangeMark(MarkDetails, Command, door="catalog.change_mark", answers=QualityMark, acts=True, by=(Right.SELL,)):
    """Write a mark anew, for the next sheets. `version` is the one seen; Conflict if it moved."""

    mark_id: UUID
    version: Version


class EndMark(Command, door="catalog.end_mark", answers=QualityMark, acts=True, by=(Right.SELL,)):
    """A farm has a mark no longer: it is on no sheet that opens from now on. Answers it as it was."""

    mark_id: UUID


class ListMarks(Command, door="catalog.list_marks", answers=list[QualityMark]):
    """A farm's marks for those who sell for it, oldest first; also those that have expired."""

    producer_id: UUID


class Lack(StrEnum):
    """Why a product is kept off a sale, the first that is so: its farm is away, or may not sell it, or lacks a mark."""

    ON_HOLIDAY = "on_holiday"
    """The farm is away on the day of the hand-over."""
    LICENCE_EXPIRED = "licence_expired"
    """The farm's licence for alcohol ends before the hand-over."""
    NO_LICENCE = "no_licence"
    """The farm has no licence for alcohol on file."""
    EXPIRED = "expired"
    """The mark that covers it was good until a day that has passed."""
    UNDATED = "undated"
    """The mark that covers it has no last day."""
    IN_CONVERSION = "in_conversion"
    OTHER_PRODUCTS = "other_products"
    """The farm has the mark, for other products."""
    OTHER_MARK = "other_mark"
    """It has marks, and none of those that are asked for."""
    NO_MARK = "no_mark"


class RefusedOffer(Model):
    """An offer that is not on a sale sheet, or would not be, because of its farm or of the market's quality policy."""

    distribution_id: UUID
    offer_id: UUID
    producer_id: UUID
    producer_name: str
    name: str
    lack: Lack
    on: date
    """The day that was asked about: of the opening for marks, of the hand-over for holidays and licences."""
    valid_until: date | None = None
    """The last day of the mark or licence that has expired, or of the holiday."""
    marks: list[MarkKind] = Field(default=[])
    """What the product has that day."""
    foreseen: bool
    """While the sale has not opened: as the marks stand now."""


class ListRefusedOffers(Command, door="catalog.list_refused_offers", answers=list[RefusedOffer]):
    """What is kept off a sale: by the market's quality policy, by a farm's holidays, by a licence that it lacks.

    All of it for the sale's organisers; for others that of the farms they sell for.
    """

    distribution_id: UUID
