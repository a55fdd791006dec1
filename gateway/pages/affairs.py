"""A farm's papers with their last day, and its holidays: one page, for both are seldom looked at."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.affairs import AddHoliday, AddPaper, EndHoliday, EndPaper, ListHolidays, ListPapers
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


def _affairs(producer_id: UUID, paper: Form | None = None, holiday: Form | None = None) -> Response:
    farm = own_farm(producer_id)
    sent = paper or holiday or Form(AddPaper)
    words: dict[str, Any] = {
        "papers": asking.ask(ListPapers(producer_id=producer_id)),
        "holidays": asking.ask(ListHolidays(producer_id=producer_id)),
    }
    forms = {"form": sent, "paper": paper or Form(AddPaper), "holiday": holiday or Form(AddHoliday)}
    return show("affairs.html", sent.status, farm=farm, **forms, **words)
