"""What an operator decides: the markets that wait for their approval, and the plans of farms."""

from uuid import UUID

from flask import Response, request

from contracts.approval import DecideApproval, ListApprovals
from contracts.identity import Approval
from contracts.producers import SetProducerPlan
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, show


@pages.get("/operate/markets")
def approvals() -> Response:
    """Markets by their approval: those that wait first of all."""
    return _approvals(Form(DecideApproval))


@pages.post("/operate/markets/<uuid:market_id>")
def decide_approval(market_id: UUID) -> Response:
    """Approve or decline one."""
    form = Form(DecideApproval)
    if form.send(market_id=market_id):
        return go("approvals", f"market-{form.answer.approval}")
    return _approvals(form)


@pages.post("/producers/<uuid:producer_id>/plan")
def set_producer_plan(producer_id: UUID) -> Response:
    """Say which plan a farm is on."""
    form = Form(SetProducerPlan)
    done = form.send(producer_id=producer_id)
    return go("producer", "saved" if done else "not-done", producer_id=producer_id)


def _approvals(form: Form) -> Response:
    person()
    asked = request.args.get("approval", "")
    approval = Approval(asked) if asked in list(Approval) else Approval.PENDING
    found = asking.ask(ListApprovals(approval=approval, after=request.args.get("after", type=UUID)))
    return show("approvals.html", form.status, form=form, markets=found, approval=approval, approvals=list(Approval))
