"""Who orders for the same household: named, invited, accepted, ended."""

from uuid import UUID

from flask import Response, request

from contracts.households import EndAdult, Household, JoinHousehold, MyHousehold, NameAdult
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, show
from gateway.session import visitor


@pages.route("/account/household", methods=["GET", "POST"])
def household() -> Response:
    """With whom one orders; somebody new."""
    person()
    form = Form(NameAdult)
    if form.send():
        return go("household", "invited" if request.form.get("email", "").strip() else "saved")
    return _page(form)


@pages.post("/account/household/<uuid:adult_id>/acceptance")
def join_household(adult_id: UUID) -> Response:
    """Order for the household that invites one."""
    return _settle(Form(JoinHousehold), adult_id, "joined")


@pages.post("/account/household/<uuid:adult_id>/end")
def end_adult(adult_id: UUID) -> Response:
    """Take somebody off one's household, or leave another's, or decline."""
    return _settle(Form(EndAdult), adult_id, "ended")


def _settle(form: Form, adult_id: UUID, said: str) -> Response:
    if form.send(adult_id=adult_id):
        visitor().renew()
        return go("household", said)
    return _page(form)


def _page(form: Form) -> Response:
    found: Household = asking.ask(MyHousehold())
    return show("household.html", form.status, form=form, found=found)
