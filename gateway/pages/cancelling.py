"""An organiser cancels a sale that people have ordered in: the consequences first, then one button."""

from uuid import UUID

from flask import Response

from contracts.cancelling import Cancellation, CancelSale, ReadCancellation
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show


@pages.route("/distributions/<uuid:distribution_id>/cancel", methods=["GET", "POST"])
def cancel_sale(distribution_id: UUID) -> Response:
    """Cancel a sale that has opened; while its orders are called off the page says how far that is."""
    person()
    form = Form(CancelSale)
    if form.send(distribution_id=distribution_id):
        return go("cancel_sale", distribution_id=distribution_id)
    found: Cancellation = asking.ask(ReadCancellation(distribution_id=distribution_id))
    return show("sale_cancel.html", form.status, form=form, found=found, planned=planned_as(distribution_id))
