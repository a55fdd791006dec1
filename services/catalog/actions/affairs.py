"""Papers, holidays and VAT regimes of farms, and what they mean for a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from bus import clock
from contracts.affairs import (
    AddHoliday,
    AddPaper,
    DatedRegime,
    DropVatRegime,
    FarmPaper,
    Holiday,
    HolidayDetails,
    PaperDetails,
    WriteVatRegime,
)
from contracts.errors import NotFound
from contracts.money import VatRegime
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
    standing = rules.standing(wanted.ends_on, today_at_home(tx))
    return FarmPaper(**row, paper_id=paper_id, standing=standing)


def end_paper(tx: Connection, paper_id: UUID, asker: UUID) -> FarmPaper:
    """A farm has a paper no longer; it answers as it was."""
    return _paper(found(store.end(tx, farm_papers, paper_id, asker), "paper"), today_at_home(tx))


def list_papers(tx: Connection, producer_id: UUID, asker: UUID) -> list[FarmPaper]:
    """The papers of a farm that `asker` sells for."""
    mine(producers.load(tx, producer_id, asker), "producer")
    today = today_at_home(tx)
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
    return [_holiday(row) for row in store.holidays_from(tx, [producer_id], today_at_home(tx))]


def write_regime(tx: Connection, wanted: WriteVatRegime, asker: UUID) -> list[DatedRegime]:
    """A farm that `asker` sells for is under a VAT regime from a day on."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    store.write_regime(tx, wanted.model_dump())
    return _regimes(tx, wanted.producer_id)


def drop_regime(tx: Connection, wanted: DropVatRegime, asker: UUID) -> list[DatedRegime]:
    """A farm that `asker` sells for went on as before on this day."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    if not store.drop_regime(tx, wanted.producer_id, wanted.begins_on):
        raise NotFound("no-such-regime", "No VAT regime begins on this day.")
    return _regimes(tx, wanted.producer_id)


def list_regimes(tx: Connection, producer_id: UUID, asker: UUID) -> list[DatedRegime]:
    """Under which VAT regime a farm that `asker` sells for was, is and will be."""
    mine(producers.load(tx, producer_id, asker), "producer")
    return _regimes(tx, producer_id)


def affairs_of(tx: Connection, producer_ids: Iterable[UUID], day: date) -> dict[UUID, Affairs]:
    """What holds of some farms on a day: every farm has an answer."""
    farms = set(producer_ids)
    of_farm: dict[UUID, Affairs] = defaultdict(lambda: Affairs([], [], []))
    for row in store.holidays_from(tx, farms, day):
        of_farm[row.producer_id].holidays.append((row.from_on, row.to_on))
    for row in store.licences(tx, farms):
        of_farm[row.producer_id].licences.append(row.ends_on)
    for row in store.regimes(tx, farms):
        of_farm[row.producer_id].regimes.append((row.begins_on, VatRegime(row.regime)))
    return of_farm


def today_at_home(tx: Connection) -> date:
    """The day of what no market's wall shows."""
    return clock.now(tx).astimezone(ZoneInfo(HOME_ZONE)).date()


def _regimes(tx: Connection, producer_id: UUID) -> list[DatedRegime]:
    return [DatedRegime(**row._mapping) for row in store.regimes(tx, [producer_id])]


def _paper(row: Row[Any], today: date) -> FarmPaper:
    return FarmPaper(**row._mapping, paper_id=row.id, standing=rules.standing(row.ends_on, today))


def _holiday(row: Row[Any]) -> Holiday:
    return Holiday(**row._mapping, holiday_id=row.id)
