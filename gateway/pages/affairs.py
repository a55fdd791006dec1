"""A farm's papers with their last day, its holidays, its VAT regime: one page, for all are seldom looked at."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.affairs import (
    AddHoliday,
    AddPaper,
    DropVatRegime,
    EndHoliday,
    EndPaper,
    ListHolidays,
    ListPapers,
    ListVatRegimes,
    WriteVatRegime,
)
from gateway import asking
from gateway.pages.farms import own_farm
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, show

PATH = "/farms/<uuid:producer_id>/affairs"


@pages.get(PATH)
def affairs(producer_id: UUID) -> Response:
    """What a farm has in writing, and when it is away."""
    return _affairs(producer_id)


@pages.post(f"{PATH}/papers")
def add_paper(producer_id: UUID) -> Response:
    """Add a paper."""
    return _settle(producer_id, "paper", Form(AddPaper), "added", producer_id=producer_id)


@pages.post(f"{PATH}/papers/<uuid:paper_id>/end")
def end_paper(producer_id: UUID, paper_id: UUID) -> Response:
    """Say that the farm has it no longer."""
    return _settle(producer_id, "paper", Form(EndPaper), "saved", paper_id=paper_id)


@pages.post(f"{PATH}/holidays")
def add_holiday(producer_id: UUID) -> Response:
    """Say when the farm is away."""
    return _settle(producer_id, "holiday", Form(AddHoliday), "added", producer_id=producer_id)


@pages.post(f"{PATH}/holidays/<uuid:holiday_id>/end")
def end_holiday(producer_id: UUID, holiday_id: UUID) -> Response:
    """Say that it is not away after all."""
    return _settle(producer_id, "holiday", Form(EndHoliday), "saved", holiday_id=holiday_id)


@pages.post(f"{PATH}/vat-regimes")
def write_vat_regime(producer_id: UUID) -> Response:
    """Say under which VAT regime the farm is from a day on."""
    return _settle(producer_id, "regime", Form(WriteVatRegime), "saved", producer_id=producer_id)


@pages.post(f"{PATH}/vat-regimes/<begins_on>/drop")
def drop_vat_regime(producer_id: UUID, begins_on: str) -> Response:
    """Say that nothing changed on that day."""
    return _settle(producer_id, "regime", Form(DropVatRegime), "saved", producer_id=producer_id, begins_on=begins_on)


def _settle(farm_id: UUID, part: str, form: Form, said: str, **fixed: Any) -> Response:
    """Send what was typed in one part of the page, and show the page again."""
    if form.send(**fixed):
        return go("affairs", said, producer_id=farm_id)
    return _affairs(farm_id, **{part: form})


def _affairs(producer_id: UUID, **sent: Form) -> Response:
    farm = own_farm(producer_id)
    words: dict[str, Any] = {
        "papers": asking.ask(ListPapers(producer_id=producer_id)),
        "holidays": asking.ask(ListHolidays(producer_id=producer_id)),
        "regimes": asking.ask(ListVatRegimes(producer_id=producer_id)),
    }
    forms = {"paper": Form(AddPaper), "holiday": Form(AddHoliday), "regime": Form(WriteVatRegime)} | sent
    form = next(iter(sent.values()), forms["paper"])
    return show("affairs.html", form.status, farm=farm, form=form, **forms, **words)
