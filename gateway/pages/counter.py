"""One order at the counter, and as one farm sees it: handed over and paid, each without waiting for the other."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.day import FarmRow, ReadFarmLines, SetHandover
from contracts.errors import NotFound
from contracts.late import AddLateLines
from contracts.lists import HandoverRow, ReadHandover
from contracts.members import Right
from contracts.orders import Order, OrderState, ReadOrder
from contracts.payments import Adjust, TakePayment
from gateway import asking
from gateway.pages import late, money
from gateway.pages.fields import Form
from gateway.pages.orders import sale_of
from gateway.pages.site import go, has_right, pages, person, planned_as, show

COUNTER = "/distributions/<uuid:distribution_id>/day/<uuid:order_id>"
FARM_ORDER = "/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>/orders/<uuid:order_id>"


@pages.route(COUNTER, methods=["GET", "POST"])
def day_order(distribution_id: UUID, order_id: UUID) -> Response:
    """One order at the counter: what is in it, what is due for it, and what became of it."""
    person()
    form = Form(SetHandover)
    if form.send(order_id=order_id):
        return go("day", f"order-{form.answer.state}", distribution_id=distribution_id)
    return _counter(distribution_id, order_id, form=form)


@pages.post(f"{COUNTER}/payments")
def take_payment(distribution_id: UUID, order_id: UUID) -> Response:
    """Take the money for it."""
    person()
    form = Form(TakePayment)
    if form.send(order_id=order_id, parts=money.parts(form)):
        return go("day_order", "taken", distribution_id=distribution_id, order_id=order_id)
    return _counter(distribution_id, order_id, take=form)


@pages.post(f"{COUNTER}/late-lines")
def add_late_line(distribution_id: UUID, order_id: UUID) -> Response:
    """Add to it what a farm agreed to bring as well, or instead of something that is short."""
    person()
    form = late.form()
    found: Order = asking.ask(ReadOrder(order_id=order_id))
    if late.send(form, distribution_id, found.lines, order_id=order_id):
        return go("day_order", "line-added", distribution_id=distribution_id, order_id=order_id)
    return _counter(distribution_id, order_id, adding=form)


@pages.get("/o/<uuid:order_id>")
def scanned(order_id: UUID) -> Response:
    """Where a sticker's code leads: those who hand over to the counter, a consumer to the order itself."""
    identity = person()
    found: Order = asking.ask(ReadOrder(order_id=order_id))
    whose = {held.object_id for held in identity.rights if held.right in (Right.ORGANISE, Right.HANDOVER)}
    own = {identity.person_id, identity.home and identity.home.consumer_id}
    if found.consumer_id in own and whose.isdisjoint({found.market_id, found.distribution_id}):
        return go("order", order_id=order_id)
    return go("day_order", distribution_id=found.distribution_id, order_id=order_id)


@pages.get(FARM_ORDER)
def farm_order(distribution_id: UUID, producer_id: UUID, order_id: UUID) -> Response:
    """One order as a farm sees it: its own lines, its own money."""
    person()
    return _farm_order(distribution_id, producer_id, order_id)


@pages.post(f"{FARM_ORDER}/payments")
def take_as_farm(distribution_id: UUID, producer_id: UUID, order_id: UUID) -> Response:
    """Take the money for it as the farm; later on, too, straight to the farm."""
    person()
    form = Form(TakePayment)
    if form.send(order_id=order_id, parts=money.parts(form)):
        return go("farm_order", "taken", distribution_id=distribution_id, producer_id=producer_id, order_id=order_id)
    return _farm_order(distribution_id, producer_id, order_id, take=form)


@pages.post(f"{FARM_ORDER}/adjustments")
def adjust(distribution_id: UUID, producer_id: UUID, order_id: UUID) -> Response:
    """Lower what is owed to the farm, with a reason."""
    person()
    form = Form(Adjust)
    if form.send(order_id=order_id, part=money.part(form, "part.amount_cents", producer_id)):
        return go("farm_order", "adjusted", distribution_id=distribution_id, producer_id=producer_id, order_id=order_id)
    return _farm_order(distribution_id, producer_id, order_id, lower=form)


@pages.post(f"{FARM_ORDER}/late-lines")
def add_late_line_as_farm(distribution_id: UUID, producer_id: UUID, order_id: UUID) -> Response:
    """Add to it what the farm will bring as well, or instead of something of its own that is short."""
    person()
    form = late.form()
    row = _row(distribution_id, producer_id, order_id)
    if late.send(form, distribution_id, row.lines, order_id=order_id):
        where = {"distribution_id": distribution_id, "producer_id": producer_id, "order_id": order_id}
        return go("farm_order", "line-added", **where)
    return _farm_order(distribution_id, producer_id, order_id, adding=form)


def _counter(distribution_id: UUID, order_id: UUID, **sent: Form) -> Response:
    """The page, with the form that was sent and has faults in its place."""
    found: Order = asking.ask(ReadOrder(order_id=order_id))
    row: HandoverRow = asking.ask(ReadHandover(order_id=order_id))
    owed = money.of_order(found)
    desks = money.desks(owed) if owed else []
    planned = planned_as(distribution_id)
    forms = {"form": Form(SetHandover), "adding": Form(AddLateLines)}
    forms |= {"take": Form(TakePayment, {"desk_id": desks[0][0] if desks else ""})} | sent
    words: dict[str, Any] = {
        "order": found,
        "row": row,
        "planned": planned,
        "owed": owed,
        "has_alcohol": _has_alcohol(found),
        "desks": desks,
        "offers": late.choices(planned) if found.state is OrderState.PLACED else [],
        "added": late.added(distribution_id, order_id=order_id) if found.number else [],
    }
    where = {"distribution_id": distribution_id, "order_id": order_id}
    return show("day_order.html", _status(sent), where=where, **forms, **words)


def _has_alcohol(order: Order) -> bool:
    """Whether somebody's age is to be looked at; what is short of the order is not handed over."""
    sale = sale_of(order)
    strong = {line.offer_id for line in sale.lines if line.alcohol} if sale else set()
    return any(line.offer_id in strong and line.quantity for line in order.lines)


def _farm_order(distribution_id: UUID, producer_id: UUID, order_id: UUID, **sent: Form) -> Response:
    """The same as one farm sees it."""
    row = _row(distribution_id, producer_id, order_id)
    owed = money.as_known(order_id)
    planned = planned_as(distribution_id)
    forms = {"take": Form(TakePayment), "lower": Form(Adjust), "adding": late.replacing(row.lines)} | sent
    words: dict[str, Any] = {
        "row": row,
        "planned": planned,
        "sells": has_right(Right.SELL, producer_id),
        "offers": late.choices(planned, producer_id) if row.state is OrderState.PLACED else [],
        "added": late.added(distribution_id, order_id=order_id, producer_id=producer_id) if row.number else [],
        "owed": money.of_farm(owed, producer_id) if owed else None,
        "where": {"distribution_id": distribution_id, "order_id": order_id, "producer_id": producer_id},
    }
    return show("farm_order.html", _status(sent), **forms, **words)


def _row(distribution_id: UUID, producer_id: UUID, order_id: UUID) -> FarmRow:
    """What an order has of a farm."""
    rows: list[FarmRow] = asking.ask(ReadFarmLines(distribution_id=distribution_id, producer_id=producer_id))
    row = next((one for one in rows if one.order_id == order_id), None)
    if row is None:
        raise NotFound("no-such-order", "The farm has no such order.")
    return row


def _status(sent: dict[str, Form]) -> int:
    return max((form.status for form in sent.values()), default=200)
