"""An organiser gives a sale that people have ordered in another hour: the consequences first, then one button."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response

from contracts.orders import DistributionState, Order, OrderState, SaleSheet
from contracts.shifting import ReadShift, Shift, ShiftSale
from contracts.wall import on_the_wall
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show

SHIFTABLE = (DistributionState.OPEN, DistributionState.CLOSED)


@pages.route("/distributions/<uuid:distribution_id>/shift", methods=["GET", "POST"])
def shift_sale(distribution_id: UUID) -> Response:
    """Shift a sale; while its people are told the page says how far that is."""
    person()
    form = Form(ShiftSale)
    if form.send(distribution_id=distribution_id):
        return go("shift_sale", "shifted", distribution_id=distribution_id)
    found: Shift = asking.ask(ReadShift(distribution_id=distribution_id))
    form = form if form.refusal else Form(ShiftSale, _as_it_is(found))
    words = {"found": found, "may_shift": found.state in SHIFTABLE, "planned": planned_as(distribution_id)}
    return show("sale_shift.html", form.status, form=form, **words)


def may_cancel_freely(order: Order, sale: SaleSheet | None) -> bool:
    """Whether to offer it, because the sale was shifted; orders decides."""
    if order.state is not OrderState.PLACED or sale is None or sale.free_until is None:
        return False
    return sale.state in SHIFTABLE and datetime.now(UTC) < sale.free_until


def _as_it_is(found: Shift) -> dict[str, Any]:
    times = {name: getattr(found, name) for name in ("closes_at", "starts_at", "ends_at")}
    return {name: on_the_wall(at, found.time_zone).strftime("%Y-%m-%dT%H:%M") for name, at in times.items()}
