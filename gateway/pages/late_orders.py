"""Somebody telephones after the close and has no order: looked for among the members, or named as a guest."""

from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.late_orders import FindMembers, ForgetGuest, MemberFound, PlaceLateOrder
from gateway import asking
from gateway.pages import late
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show

LATE_ORDERS = "/distributions/<uuid:distribution_id>/late-orders"
GUEST = "guest"
"""What is chosen for somebody without an account."""


@pages.route(LATE_ORDERS, methods=["GET", "POST"])
def late_order(distribution_id: UUID) -> Response:
    """Look for a name, choose a person, write one product of a farm that said yes; others follow on the order."""
    person()
    sought = request.values.get("sought", "").strip()
    members = _members(distribution_id, sought)
    free = [one for one in members if one.order_id is None]
    form = Form(PlaceLateOrder, {"name": sought, "person_id": "" if free else GUEST})
    if request.method == "POST" and late.send(form, distribution_id, distribution_id=distribution_id, **_whose(form)):
        return go("day_order", "late-order", distribution_id=distribution_id, order_id=form.answer.order_id)
    planned = planned_as(distribution_id)
    words = {"members": members, "free": free, "planned": planned, "offers": late.choices(planned), "sought": sought}
    return show("late_order.html", form.status, form=form, guest=GUEST, **words)


@pages.post("/distributions/<uuid:distribution_id>/day/<uuid:order_id>/guest")
def forget_guest(distribution_id: UUID, order_id: UUID) -> Response:
    """Drop the name of whom an order was written for."""
    person()
    form = Form(ForgetGuest)
    said = "name-forgotten" if form.send(order_id=order_id) else ""
    return go("day_order", said, distribution_id=distribution_id, order_id=order_id)


def _members(distribution_id: UUID, sought: str) -> list[MemberFound]:
    if len(sought) < 2:
        return []
    found: list[MemberFound] = asking.ask(FindMembers(distribution_id=distribution_id, name=sought[:120]))
    return found


def _whose(form: Form) -> dict[str, Any]:
    """The member that was chosen, or the guest as typed."""
    chosen = request.form.get("person_id", "")
    if not chosen:
        form.blame("person_id", "missing")
    if chosen != GUEST:
        return {"person_id": chosen or None, "name": None, "phone": None}
    return {"person_id": None}
