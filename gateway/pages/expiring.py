"""Marks that expired while a sale was open: the orders concerned, and what the organisers decide about them."""

from uuid import UUID

from flask import Response

from contracts.day import FarmRow, ReadFarmLines
from contracts.expiring import DecideExpiredMarks, ExpiredMarks, ListExpiredMarks
from contracts.orders import OrderLine
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.markets import organises
from gateway.pages.site import go, pages, person, planned_as, show


@pages.get("/distributions/<uuid:distribution_id>/expired-marks")
def expired_marks(distribution_id: UUID) -> Response:
    """What expired, farm by farm, with its orders."""
    return _expired_marks(distribution_id, Form(DecideExpiredMarks))


@pages.post("/distributions/<uuid:distribution_id>/expired-marks/<uuid:expiry_id>")
def decide_expired_marks(distribution_id: UUID, expiry_id: UUID) -> Response:
    """Keep the orders, or withdraw the lines from them."""
    form = Form(DecideExpiredMarks)
    if form.send(expiry_id=expiry_id):
        return go("expired_marks", f"marks-{form.answer.decision}", distribution_id=distribution_id)
    return _expired_marks(distribution_id, form)


def _expired_marks(distribution_id: UUID, form: Form) -> Response:
    person()
    found: list[ExpiredMarks] = asking.ask(ListExpiredMarks(distribution_id=distribution_id))
    planned = planned_as(distribution_id)
    shown = [(one, _holding(one)) for one in found]
    may_decide = organises(planned.market_id)
    return show("expired_marks.html", form.status, form=form, found=shown, planned=planned, may_decide=may_decide)


def _holding(expired: ExpiredMarks) -> list[tuple[FarmRow, list[OrderLine]]]:
    """The orders that have, or had, some of what expired."""
    where = {"distribution_id": expired.distribution_id, "producer_id": expired.producer_id}
    rows: list[FarmRow] = asking.ask(ReadFarmLines(**where))
    found = [(row, [line for line in row.lines if line.offer_id in expired.offers]) for row in rows]
    return [(row, lines) for row, lines in found if lines]
