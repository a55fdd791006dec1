"""The day on a telephone: who comes, what a farm really brought, a farm that does not come."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, request

from contracts.day import (
    DropOut,
    DropOutFigures,
    FarmRow,
    PreviewSharing,
    ReadDropOut,
    ReadFarmLines,
    ReadTelephoneList,
    Settled,
    SettleLines,
    ShareShortage,
    Sharing,
)
from contracts.lists import HandoverRow, ReadHandoverList
from contracts.money import Unit
from contracts.orders import OrderLine, OrderState, ReadSaleSheet
from gateway import asking
from gateway.pages import late, numbers, slots
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show

DAY = "/distributions/<uuid:distribution_id>/day"
FARM_DAY = "/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>"


@pages.get(DAY)
def day(distribution_id: UUID) -> Response:
    """Everybody who comes, with a button each; found by name, number or code."""
    person()
    rows: list[HandoverRow] = asking.ask(ReadHandoverList(distribution_id=distribution_id))
    counts = {state: sum(row.state is state for row in rows) for state in OrderState}
    shown, planned = slots.sorted_rows(slots.only_wanted(rows)), planned_as(distribution_id)
    return show("day.html", rows=shown, planned=planned, counts=counts, choices=slots.choices(rows))


@pages.route(f"{FARM_DAY}/day", methods=["GET", "POST"])
def farm_day(distribution_id: UUID, producer_id: UUID) -> Response:
    """What a farm brought, order by order: what is short, and what was weighed."""
    person()
    where: dict[str, Any] = {"distribution_id": distribution_id, "producer_id": producer_id}
    rows: list[FarmRow] = asking.ask(ReadFarmLines(distribution_id=distribution_id, producer_id=producer_id))
    form = Form(SettleLines, dict(pair for row in rows for line in row.lines for pair in _fields(row.order_id, line)))
    changed = [one for one in _typed(rows, form) if one.settled != _as_shown(one)]
    if request.method == "POST" and not changed and not form.faults:
        return go("farm_day", "", **where)
    if form.send(lines=[one.settled for one in changed], **where):
        return go("farm_day", "saved", **where)
    _blame_typed(form, changed)
    offers = {line.offer_id: line for row in rows for line in row.lines}
    added = late.added(distribution_id, producer_id=producer_id) if any(row.number for row in rows) else []
    words = {"rows": rows, "offers": offers, "added": added, "planned": planned_as(distribution_id)}
    return show("farm_day.html", form.status, form=form, **words, **where)


@pages.route("/distributions/<uuid:distribution_id>/offers/<uuid:offer_id>/sharing", methods=["GET", "POST"])
def sharing(distribution_id: UUID, offer_id: UUID) -> Response:
    """Fewer came than were ordered: who gets what, shown before it is done."""
    person()
    sheet = asking.ask(ReadSaleSheet(distribution_id=distribution_id))
    line = next((one for one in sheet.lines if one.offer_id == offer_id), None)
    if line is None:
        return go("day", distribution_id=distribution_id)
    form = Form(ShareShortage, {"rule": line.share_rule}, came=lambda text: numbers.measured(text, line.unit))
    preview = Form(PreviewSharing, came=lambda text: numbers.measured(text, line.unit))
    where: dict[str, Any] = {"distribution_id": distribution_id, "offer_id": offer_id}
    if "do" in request.form and form.send(**where):
        return go("farm_day", "shared", distribution_id=distribution_id, producer_id=line.producer_id)
    seen: Sharing | None = preview.answer if preview.send(**where) else None
    shown = preview if preview.refusal else form
    return show("sharing.html", shown.status, form=shown, line=line, planned=planned_as(distribution_id), seen=seen)


@pages.route(f"{FARM_DAY}/drop-out", methods=["GET", "POST"])
def drop_out(distribution_id: UUID, producer_id: UUID) -> Response:
    """A farm does not come: the consequences first, then one button."""
    person()
    where: dict[str, Any] = {"distribution_id": distribution_id, "producer_id": producer_id}
    form = Form(DropOut)
    if form.send(**where):
        return go("drop_out", **where)
    found: DropOutFigures = asking.ask(ReadDropOut(distribution_id=distribution_id, producer_id=producer_id))
    return show("drop_out.html", form.status, form=form, found=found, planned=planned_as(distribution_id))


@pages.get("/distributions/<uuid:distribution_id>/telephone-list")
def telephone_list(distribution_id: UUID) -> Response:
    """Whom to call, and what to say."""
    person()
    rows = asking.ask(ReadTelephoneList(distribution_id=distribution_id))
    return show("telephone.html", rows=rows, planned=planned_as(distribution_id))


class _Typed(NamedTuple):
    """A line as it was typed."""

    order_id: UUID
    line: OrderLine
    settled: Settled


def _fields(order_id: UUID, line: OrderLine) -> Iterator[tuple[str, str]]:
    """What the fields of a line show; two who fill in one table at once write each what he changed."""
    field = f"{order_id}.{line.offer_id}"
    yield f"short.{field}", numbers.typed_measure(line.short or None, line.unit)
    yield f"grams.{field}", numbers.typed_measure(line.weighed_grams, Unit.KILOGRAM)
    yield f"was.{field}", f"{line.short} {line.weighed_grams or 0}" if line.short or line.weighed_grams else ""


def _typed(rows: list[FarmRow], form: Form) -> Iterator[_Typed]:
    """Each line of the form, where one was sent; what is no number is blamed."""
    for row in rows:
        for line in row.lines:
            field = f"{row.order_id}.{line.offer_id}"
            if f"short.{field}" not in request.form:
                continue  # added since the page was shown
            short = _number(form, f"short.{field}", partial(numbers.measured, unit=line.unit)) or 0
            grams = _number(form, f"grams.{field}", partial(numbers.exact, times=1000))
            yield _Typed(row.order_id, line, _settled(row.order_id, line.offer_id, short, grams))


def _number(form: Form, field: str, read: Callable[[str], int]) -> int | None:
    text = request.form.get(field, "").strip()
    try:
        return read(text) if text else None
    except ValueError:
        form.blame(field, "number")
        return None


def _settled(order_id: UUID, offer_id: UUID, short: int, grams: int | None) -> Settled:
    """As typed, whatever it is: the service says what is wrong with it."""
    return Settled.model_construct(order_id=order_id, offer_id=offer_id, short=short, grams=grams or None)


def _as_shown(one: _Typed) -> Settled | None:
    """As the line stood when the form was shown, which may be long ago."""
    was = request.form.get(f"was.{one.order_id}.{one.line.offer_id}", "0 0").split()
    if len(was) != 2 or not all(number.isdecimal() for number in was):
        return None
    return _settled(one.order_id, one.line.offer_id, int(was[0]), int(was[1]))


def _blame_typed(form: Form, sent: list[_Typed]) -> None:
    """Let the faults of `lines.3.short` stand at the field that was typed."""
    for name in [name for name in form.faults if name.startswith("lines.")]:
        _, place, what = name.split(".")
        one = sent[int(place)]
        form.faults[f"{what}.{one.order_id}.{one.line.offer_id}"] = form.faults.pop(name)
