"""A price raised while people order: consequences first; then buyers confirm it, or drop the line."""

from uuid import UUID

from flask import Response

from contracts.orders import AmendOrder
from contracts.raising import ConfirmPrice, PriceRaise, RaisePrice, ReadPriceRaise
from gateway import asking
from gateway.pages import acting, numbers
from gateway.pages.fields import Form
from gateway.pages.orders import order_page
from gateway.pages.site import go, pages, person, planned_as, show
from gateway.reception import reception


@pages.route("/distributions/<uuid:distribution_id>/offers/<uuid:offer_id>/raise", methods=["GET", "POST"])
def raise_price(distribution_id: UUID, offer_id: UUID) -> Response:
    """Ask more for an offer, once whom that asks was seen."""
    person()
    form = Form(RaisePrice, price_cents=numbers.cents)
    if form.send(distribution_id=distribution_id, offer_id=offer_id):
        reception().sheets.drop(str(distribution_id))
        return go("raise_price", "raised", distribution_id=distribution_id, offer_id=offer_id)
    found: PriceRaise = asking.ask(ReadPriceRaise(distribution_id=distribution_id, offer_id=offer_id))
    return show("raise.html", form.status, form=form, found=found, planned=planned_as(distribution_id))


@pages.post("/orders/<uuid:order_id>/lines/<uuid:offer_id>/confirm")
def confirm_price(order_id: UUID, offer_id: UUID) -> Response:
    """Agree to a raised price."""
    form = Form(ConfirmPrice)
    if form.send(order_id=order_id, offer_id=offer_id, **acting.in_whose_name()):
        return go("order", "changed", order_id=order_id)
    return order_page(order_id, form)


@pages.post("/orders/<uuid:order_id>/lines/<uuid:offer_id>/drop")
def drop_line(order_id: UUID, offer_id: UUID) -> Response:
    """Take a line out of an order rather than pay its raised price."""
    form = Form(AmendOrder)
    nothing = [{"offer_id": offer_id, "quantity": 0}]
    if form.send(order_id=order_id, lines=nothing, **acting.in_whose_name()):
        return go("order", "changed", order_id=order_id)
    return order_page(order_id, form)
