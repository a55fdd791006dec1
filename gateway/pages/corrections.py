"""Money given back, and movements undone: by whoever took it at the counter, or by the farm."""

from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.errors import NotFound
from contracts.payments import GiveBack, OrderMoney, ReadOrderMoney, UndoMovement
from gateway import asking
from gateway.pages import money, numbers
from gateway.pages.counter import COUNTER, FARM_ORDER
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show

AT_COUNTER: dict[str, Any] = {"producer_id": None}


@pages.route(f"{COUNTER}/payback", methods=["GET", "POST"], defaults=AT_COUNTER)
@pages.route(f"{FARM_ORDER}/payback", methods=["GET", "POST"])
def give_back(distribution_id: UUID, order_id: UUID, producer_id: UUID | None) -> Response:
    """Give money back: what was paid too much, to begin with."""
    person()
    where: dict[str, Any] = {"distribution_id": distribution_id, "order_id": order_id, "producer_id": producer_id}
    form = Form(GiveBack)
    part = money.part(form, "part.amount_cents", producer_id or request.form.get("producer_id", ""))
    if form.send(order_id=order_id, part=part):
        return _on("given-back", **where)
    owed = _owed(order_id, producer_id)
    form = form if form.refusal else Form(GiveBack, _too_much(owed))
    desks = [] if producer_id else money.desks(owed)
    words = {"owed": owed, "planned": planned_as(distribution_id), "where": where}
    return show("payback.html", form.status, form=form, desks=desks, **words)


@pages.route(f"{COUNTER}/movements/<uuid:movement_id>/undo", methods=["GET", "POST"], defaults=AT_COUNTER)
@pages.route(f"{FARM_ORDER}/movements/<uuid:movement_id>/undo", methods=["GET", "POST"])
def undo_movement(distribution_id: UUID, order_id: UUID, movement_id: UUID, producer_id: UUID | None) -> Response:
    """Take back what was written by mistake, once it is said why."""
    person()
    where: dict[str, Any] = {"distribution_id": distribution_id, "order_id": order_id, "producer_id": producer_id}
    form = Form(UndoMovement)
    if form.send(movement_id=movement_id):
        return _on("undone", **where)
    owed = _owed(order_id, producer_id)
    movement = next((one for one in owed.movements if one.movement_id == movement_id), None)
    if movement is None:
        raise NotFound("no-such-movement", "There is no such movement of this order.")
    words = {"owed": owed, "movement": movement, "planned": planned_as(distribution_id), "where": where}
    return show("undo.html", form.status, form=form, **words)


def _on(said: str, *, producer_id: UUID | None, **where: UUID) -> Response:
    """Back to the page that it was done from."""
    if producer_id is None:
        return go("day_order", said, **where)
    return go("farm_order", said, producer_id=producer_id, **where)


def _owed(order_id: UUID, producer_id: UUID | None) -> OrderMoney:
    found: OrderMoney = asking.ask(ReadOrderMoney(order_id=order_id))
    return money.of_farm(found, producer_id) if producer_id else found


def _too_much(owed: OrderMoney) -> dict[str, str]:
    """The first farm that owes something back, and how much."""
    for one in owed.sellers:
        if one.due_cents < 0:
            return {"producer_id": str(one.producer_id), "part.amount_cents": numbers.typed_cents(-one.due_cents)}
    return {}
