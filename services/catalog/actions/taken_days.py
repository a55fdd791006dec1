"""A town needs a place itself on some days, for a fair or an election; what is planned then stands and is shown."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from contracts.errors import malformed_field
from contracts.loans import AddTakenDays, ListTakenDays, TakenDays, TakenDetails
from contracts.planning import Occasion, OccasionKind
from contracts.wall import HOME_ZONE
from services.catalog.actions.refusals import found, mine
from services.catalog.store import taken_days as store
from services.catalog.store import venues


def add(tx: Connection, taken_id: UUID, wanted: AddTakenDays, asker: UUID) -> TakenDays:
    """Enter days of a place that `asker` lends."""
    venue = mine(venues.load_town_venue(tx, wanted.venue_id, asker), "venue")
    if wanted.to_on < wanted.from_on:
        raise malformed_field("to_on", "The last day cannot be before the first.", "order")
    row = wanted.model_dump(include={*TakenDetails.model_fields, "venue_id"})
    store.add(tx, row | {"id": taken_id, "entered_by": asker})
    return TakenDays(**row, taken_id=taken_id, venue_name=venue.name)


def end(tx: Connection, taken_id: UUID, asker: UUID) -> TakenDays:
    """The town does not need the place after all."""
    seen = found(store.load(tx, taken_id, asker), "taken-days")
    store.end(tx, taken_id)
    return TakenDays(**seen._mapping)


def of_town(tx: Connection, wanted: ListTakenDays, asker: UUID, now: datetime) -> list[TakenDays]:
    """When the places of a town are taken."""
    today = now.astimezone(ZoneInfo(HOME_ZONE)).date()
    return [TakenDays(**row._mapping) for row in store.of_town(tx, wanted.insee, today, asker)]


def occasions_at(tx: Connection, venue_id: UUID, days: list[date]) -> dict[date, list[Occasion]]:
    """By which of its own occasions a town needs a place, for each of some days."""
    taken = store.of_venue(tx, venue_id)
    return {day: [_occasion(row.reason) for row in taken if row.from_on <= day <= row.to_on] for day in days}


def _occasion(reason: str) -> Occasion:
    return Occasion(kind=OccasionKind.PLACE_TAKEN, name=reason)
