"""Lines added after the close: at the counter and on a farm's page of an order, with the log of those that were."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import request

from contracts.catalog import SheetLine
from contracts.errors import NotFound, Unavailable
from contracts.late import AddLateLines, LateLine, ListLateLines, Substitute
from contracts.money import Unit
from contracts.orders import OrderLine
from contracts.planning import Distribution, Stage
from gateway import asking
from gateway.pages import formats, numbers
from gateway.pages.fields import Form
from gateway.pages.languages import _
from gateway.reception import reception
from gateway.sheets import Shown

STAGES = (Stage.CLOSED, Stage.HANDOVER)
"""In which lines are added."""
LIMITS = ("minimum", "maximum", "step")


def choices(planned: Distribution, producer_id: UUID | None = None) -> list[tuple[str, str]]:
    """What may be added, of one farm or of all, each with what is left; nothing before the close or after the books.

    Nothing while the sheet cannot be had, too: an order is handed over and paid without it.
    """
    if planned.state not in STAGES:
        return []
    with suppress(NotFound, Unavailable):
        shown = _sheet(planned.distribution_id)
        left = shown.left_of
        lines = [one for one in shown.model.lines if left.get(str(one.offer_id)) != 0]
        wanted = [one for one in lines if producer_id in (None, one.producer_id)]
        return [(str(one.offer_id), _words(one, left.get(str(one.offer_id)))) for one in wanted]
    return []


def added(distribution_id: UUID, *, order_id: UUID | None = None, producer_id: UUID | None = None) -> list[LateLine]:
    """What was added, as far as the visitor may see it: to one order, of one farm."""
    found: list[LateLine] = asking.ask(ListLateLines(distribution_id=distribution_id))
    return [one for one in found if order_id in (None, one.order_id) and producer_id in (None, one.producer_id)]


def form() -> Form:
    """What was typed: a line more, or one in place of another."""
    return Form(Substitute if request.form.get("instead_of") else AddLateLines)


def replacing(ordered: Iterable[OrderLine]) -> Form:
    """An empty form; where the address names a line of `ordered` that is short, for something in its place."""
    line = next((one for one in ordered if str(one.offer_id) == request.args.get("instead_of")), None)
    if line is None:
        return Form(AddLateLines)
    return Form(Substitute, {"instead_of": str(line.offer_id), "short": numbers.typed_measure(line.short, line.unit)})


def send(form: Form, distribution_id: UUID, /, ordered: Iterable[OrderLine] = (), **about: Any) -> bool:
    """Whether what was typed was added, perhaps in place of one `ordered`; else each fault stands at its field."""
    offers = {str(line.offer_id): line for line in _sheet(distribution_id).model.lines}
    line = offers.get(request.form.get("offer_id", ""))
    if line is None:
        form.blame("offer_id", "missing")
    quantity = _quantity(form, "quantity", line.unit) if line else None
    replaced = next((one for one in ordered if str(one.offer_id) == request.form.get("instead_of")), None)
    short = _quantity(form, "short", replaced.unit) if replaced else None
    if line is None or quantity is None or (replaced and short is None):
        form.refuse("malformed", status=400)
        return False
    wish = {"offer_id": line.offer_id, "quantity": quantity}
    what: dict[str, Any] = {**wish, "short": short} if replaced else {"lines": [wish]}
    if form.send(producer_id=line.producer_id, **about, **what):
        return True
    _blame(form, line)
    return False


def _sheet(distribution_id: UUID) -> Shown:
    return reception().sheets.of(str(distribution_id))


def _words(line: SheetLine, left: int | None) -> str:
    name = f"{line.name} – {line.producer_name}"
    if left is None:
        return f"{name} ({formats.per_unit(line.unit)})"
    return _("%(name)s (il en reste %(left)s)", name=name, left=formats.quantity(left, line.unit))


def _quantity(form: Form, field: str, unit: Unit) -> int | None:
    try:
        quantity = numbers.measured(request.form.get(field, ""), unit)
    except ValueError:
        quantity = 0
    if 1 <= quantity <= 1_000_000:
        return quantity
    form.blame(field, "number")
    return None


def _blame(form: Form, line: SheetLine) -> None:
    """Let what the service says of `lines.0` stand at the quantity, with the line's limits or what is left of it."""
    for fault in form.details.get("fields", []):
        if form.faults.pop(fault["field"], None) and fault["field"].startswith("lines."):
            form.blame("quantity", fault["code"], _limits(line))
        else:
            form.blame(fault["field"], fault["code"])
    if form.code == "sold-out":
        left = formats.quantity(form.details["lines"][0]["left"], line.unit)
        form.blame("quantity", form.code, {"left": left})


def _limits(line: SheetLine) -> dict[str, Any]:
    limits = {name: getattr(line, name) for name in LIMITS}
    return {name: formats.quantity(number, line.unit) for name, number in limits.items() if number is not None}
