"""A distribution is planned; before it opens it is called off, or held at other hours or another place. By catalog."""

from datetime import datetime
from uuid import UUID

from contracts.messages import Event, Shape, Version


class DistributionPlanned(
    Event,
    name="catalog.distribution_planned.v1",
    shape=Shape.FACT,
    about="distribution_id",
    heard_by=("members.know_plan",),
):
    """Said once, in the transaction that plans it, of each of a series. Whose it is never changes."""

    distribution_id: UUID
    market_id: UUID


class PlanChanged(
    Event,
    name="catalog.plan_changed.v1",
    shape=Shape.FACT,
    about="distribution_id",
    heard_by=("notifications.tell_farms_of_plan",),
):
    """Said when hours, close or place of a planned distribution are others, or it is called off; not of its opening.

    For farms that had said they come. Who takes part without a word made no plan that hung on it.
    """

    distribution_id: UUID
    version: Version
    market_id: UUID
    market_name: str
    time_zone: str
    cancelled: bool = False
    was_starts_at: datetime
    was_venue_name: str
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    venue_name: str
    producers: list[UUID]
    """Who had said so; never empty."""
