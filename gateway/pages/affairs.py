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
    form = Form(AddPaper)
    if form.send(producer_id=producer_id):
        return go("affairs", "added", producer_id=producer_id)
    return _affairs(producer_id, paper=form)


@pages.post(f"{PATH}/papers/<uuid:paper_id>/end")
def end_paper(producer_id: UUID, paper_id: UUID) -> Response:
    """Say that the farm has it no longer."""
    form = Form(EndPaper)
    if form.send(paper_id=paper_id):
        return go("affairs", "saved", producer_id=producer_id)
    return _affairs(producer_id, paper=form)


@pages.post(f"{PATH}/holidays")
def add_holiday(producer_id: UUID) -> Response:
    """Say when the farm is away."""
    form = Form(AddHoliday)
    if form.send(producer_id=producer_id):
        return go("affairs", "added", producer_id=producer_id)
    return _affairs(producer_id, holiday=form)


@pages.post(f"{PATH}/holidays/<uuid:holiday_id>/end")
def end_holiday(producer_id: UUID, holiday_id: UUID) -> Response:
    """Say that it is not away after all."""
    form = Form(EndHoliday)
    if form.send(holiday_id=holiday_id):
        return go("affairs", "saved", producer_id=producer_id)
    return _affairs(producer_id, holiday=form)


@pages.post(f"{PATH}/vat-regimes")
def write_vat_regime(producer_id: UUID) -> Response:
    """Say under which VAT regime the farm is from a day on."""
    form = Form(WriteVatRegime)
    if form.send(producer_id=producer_id):
        return go("affairs", "saved", producer_id=producer_id)
    return _affairs(producer_id, regime=form)


@pages.post(f"{PATH}/vat-regimes/<since>/drop")
def drop_vat_regime(producer_id: UUID, since: str) -> Response:
    """Say that nothing changed on that day."""
    form = Form(DropVatRegime)
    if form.send(producer_id=producer_id, since=since):
        return go("affairs", "saved", producer_id=producer_id)
    return _affairs(producer_id, regime=form)


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
