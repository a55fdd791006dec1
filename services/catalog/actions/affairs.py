"""Papers and holidays of farms, and what they mean for a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from bus import clock
from contracts.affairs import AddHoliday, AddPaper, FarmPaper, Holiday, HolidayDetails, PaperDetails
from contracts.wall import HOME_ZONE
from services.catalog.actions.refusals import found, mine, no_fault
from services.catalog.rules import affairs as rules
from services.catalog.rules.affairs import Affairs
from services.catalog.store import affairs as store
from services.catalog.store import producers
from services.catalog.store.farm_tables import farm_papers, holidays


def add_paper(tx: Connection, paper_id: UUID, wanted: AddPaper, asker: UUID) -> FarmPaper:
    """Add a paper to a farm that `asker` sells for."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    row = wanted.model_dump(include={*PaperDetails.model_fields, "producer_id"})
    store.add(tx, farm_papers, row | {"id": paper_id})
    standing = rules.standing(wanted.ends_on, _today(tx))
    return FarmPaper(**row, paper_id=paper_id, standing=standing)


def end_paper(tx: Connection, paper_id: UUID, asker: UUID) -> FarmPaper:
    """A farm has a paper no longer; it answers as it was."""
    return _paper(found(store.end(tx, farm_papers, paper_id, asker), "paper"), _today(tx))


def list_papers(tx: Connection, producer_id: UUID, asker: UUID) -> list[FarmPaper]:
    """The papers of a farm that `asker` sells for."""
    mine(producers.load(tx, producer_id, asker), "producer")
    today = _today(tx)
    return [_paper(row, today) for row in store.papers(tx, producer_id)]


def add_holiday(tx: Connection, holiday_id: UUID, wanted: AddHoliday, asker: UUID) -> Holiday:
    """A farm that `asker` sells for brings nothing in these days."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    no_fault(rules.holiday_fault(wanted))
    row = wanted.model_dump(include={*HolidayDetails.model_fields, "producer_id"})
    store.add(tx, holidays, row | {"id": holiday_id})
    return Holiday(**row, holiday_id=holiday_id)


def end_holiday(tx: Connection, holiday_id: UUID, asker: UUID) -> Holiday:
    """There is no such holiday; it answers as it was."""
    return _holiday(found(store.end(tx, holidays, holiday_id, asker), "holiday"))


def list_holidays(tx: Connection, producer_id: UUID) -> list[Holiday]:
    """When a farm is away; anybody may read it."""
    return [_holiday(row) for row in store.holidays_from(tx, [producer_id], _today(tx))]


def affairs_of(tx: Connection, producer_ids: Iterable[UUID], day: date) -> dict[UUID, Affairs]:
    """What some farms may bring on a day: every farm has an answer."""
    farms = set(producer_ids)
    of_farm: dict[UUID, Affairs] = defaultdict(lambda: Affairs([], []))
    for row in store.holidays_from(tx, farms, day):
        of_farm[row.producer_id].holidays.append((row.from_on, row.to_on))
    for row in store.licences(tx, farms):
        of_farm[row.producer_id].licences.append(row.ends_on)
    return of_farm


def _paper(row: Row[Any], today: date) -> FarmPaper:
    return FarmPaper(**row._mapping, paper_id=row.id, standing=rules.standing(row.ends_on, today))


def _holiday(row: Row[Any]) -> Holiday:
    return Holiday(**row._mapping, holiday_id=row.id)


def _today(tx: Connection) -> date:
    return clock.now(tx).astimezone(ZoneInfo(HOME_ZONE)).date()
