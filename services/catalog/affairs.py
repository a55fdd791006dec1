"""The doors of catalog about a farm's papers, holidays and VAT regimes; `service.Doors` has them with all others."""

# A door's sentence is its command's docstring.

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus.doors import Call, answer
from contracts import affairs
from services.catalog.actions import affairs as papers


class AffairsDoors:
    """Questions about what holds of a farm on a day."""

    @answer(affairs.AddPaper)
    def add_paper(self, tx: Connection, command: affairs.AddPaper, call: Call) -> affairs.FarmPaper:
        return papers.add_paper(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(affairs.EndPaper)
    def end_paper(self, tx: Connection, command: affairs.EndPaper, call: Call) -> affairs.FarmPaper:
        return papers.end_paper(tx, command.paper_id, call.asker.person_id)

    @answer(affairs.ListPapers)
    def list_papers(self, tx: Connection, command: affairs.ListPapers, call: Call) -> list[affairs.FarmPaper]:
        return papers.list_papers(tx, command.producer_id, call.asker.person_id)

    @answer(affairs.AddHoliday)
    def add_holiday(self, tx: Connection, command: affairs.AddHoliday, call: Call) -> affairs.Holiday:
        return papers.add_holiday(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(affairs.EndHoliday)
    def end_holiday(self, tx: Connection, command: affairs.EndHoliday, call: Call) -> affairs.Holiday:
        return papers.end_holiday(tx, command.holiday_id, call.asker.person_id)

    @answer(affairs.ListHolidays)
    def list_holidays(self, tx: Connection, command: affairs.ListHolidays, call: Call) -> list[affairs.Holiday]:
        return papers.list_holidays(tx, command.producer_id)

    @answer(affairs.WriteVatRegime)
    def write_vat_regime(
        self, tx: Connection, command: affairs.WriteVatRegime, call: Call
    ) -> list[affairs.DatedRegime]:
        return papers.write_regime(tx, command, call.asker.person_id)

    @answer(affairs.DropVatRegime)
    def drop_vat_regime(self, tx: Connection, command: affairs.DropVatRegime, call: Call) -> list[affairs.DatedRegime]:
        return papers.drop_regime(tx, command, call.asker.person_id)

    @answer(affairs.ListVatRegimes)
    def list_vat_regimes(
        self, tx: Connection, command: affairs.ListVatRegimes, call: Call
    ) -> list[affairs.DatedRegime]:
        return papers.list_regimes(tx, command.producer_id, call.asker.person_id)
