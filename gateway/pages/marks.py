"""A farm's quality marks: listed with until when they are good, added, written anew, ended."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.errors import NotFound
from contracts.products import Product
from contracts.quality import AddMark, ChangeMark, EndMark, ListMarks, QualityMark, Scope
from gateway import asking
from gateway.pages.farms import own_farm
from gateway.pages.fields import Form, written
from gateway.pages.products import all_products
from gateway.pages.site import go, pages, show

NEW_MARK = {"kind": "ab", "scope": str(Scope.ALL)}


@pages.get("/farms/<uuid:producer_id>/marks")
def marks(producer_id: UUID) -> Response:
    """What a farm has, and for which products."""
    return _marks(producer_id, Form(EndMark))


@pages.route("/farms/<uuid:producer_id>/marks/new", methods=["GET", "POST"])
def add_mark(producer_id: UUID) -> Response:
    """Add one."""
    form = Form(AddMark, NEW_MARK)
    if form.send(producer_id=producer_id):
        return go("marks", "added", producer_id=producer_id)
    return _form(producer_id, form, None)


@pages.route("/farms/<uuid:producer_id>/marks/<uuid:mark_id>", methods=["GET", "POST"])
def change_mark(producer_id: UUID, mark_id: UUID) -> Response:
    """Write one anew: a number that was wrong, a year that was added."""
    found: list[QualityMark] = asking.ask(ListMarks(producer_id=producer_id))
    mark = next((one for one in found if one.mark_id == mark_id), None)
    if mark is None:
        raise NotFound("no-such-mark", "This farm has no such mark.")
    form = Form(ChangeMark, written(mark))
    if form.send(mark_id=mark_id):
        return go("marks", "saved", producer_id=producer_id)
    return _form(producer_id, form, mark)


@pages.post("/farms/<uuid:producer_id>/marks/<uuid:mark_id>/end")
def end_mark(producer_id: UUID, mark_id: UUID) -> Response:
    """Say that the farm has it no longer."""
    form = Form(EndMark)
    if form.send(mark_id=mark_id):
        return go("marks", "mark-ended", producer_id=producer_id)
    return _marks(producer_id, form)


def _marks(producer_id: UUID, form: Form) -> Response:
    farm = own_farm(producer_id)
    found: list[QualityMark] = asking.ask(ListMarks(producer_id=producer_id))
    names = {one.product_id: one.name for one in _products(producer_id)}
    return show("marks.html", form.status, farm=farm, marks=found, names=names, form=form)


def _form(producer_id: UUID, form: Form, mark: QualityMark | None) -> Response:
    farm = own_farm(producer_id)
    products = [(one.product_id, one.name) for one in _products(producer_id)]
    words: dict[str, Any] = {"farm": farm, "mark": mark, "products": products}
    return show("mark_form.html", form.status, form=form, **words)


def _products(producer_id: UUID) -> list[Product]:
    return sorted(all_products(producer_id), key=lambda one: one.name)
