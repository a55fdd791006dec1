"""A mediator's people, their consents, and in whose name one orders; for consumers, what they consented to."""

from uuid import UUID

from flask import Response, request

from contracts.consents import (
    AddPerson,
    AppointMediator,
    EndConsent,
    ErasePerson,
    GiveConsent,
    MyPeople,
    ReadConsent,
    RenewConsent,
)
from contracts.members import Right
from gateway import asking, session
from gateway.pages import acting, appointing
from gateway.pages.fields import Form
from gateway.pages.places import PlaceForm
from gateway.pages.site import go, go_to, pages, person, safe, show
from gateway.writing import folded

PEOPLE = "/people"


@pages.route(PEOPLE, methods=["GET", "POST"])
def my_people() -> Response:
    """Those who consented, and somebody new without e-mail."""
    towns = appointing.own_towns(Right.MEDIATE)
    form = Form(AddPerson)
    if form.send(language=request.form.get("language") or "fr"):
        return go("my_people", "person-added")
    return _people(form, towns)


@pages.post(f"{PEOPLE}/<uuid:consumer_id>/act")
def act_for(consumer_id: UUID) -> Response:
    """Order in somebody's name from now on."""
    form = Form(ReadConsent)
    if not form.send(consumer_id=consumer_id):
        return _people(form, appointing.own_towns(Right.MEDIATE))
    response = go("home")
    acting.begin(response, consumer_id)
    return response


@pages.post(f"{PEOPLE}/stop")
def stop_acting() -> Response:
    """Order in one's own name again."""
    session.require_csrf()
    response = go("my_people")
    acting.stop(response)
    return response


@pages.post("/consents/<uuid:consent_id>/renewal")
def renew_consent(consent_id: UUID) -> Response:
    """Write down that somebody has signed again."""
    return _settle(Form(RenewConsent), consent_id, "saved")


@pages.post("/consents/<uuid:consent_id>/end")
def end_consent(consent_id: UUID) -> Response:
    """End one at once, from either side's page."""
    form = Form(EndConsent)
    back = safe(request.form.get("back") or "/account").partition("?")[0]
    if form.send(consent_id=consent_id):
        return go_to(f"{back}?said=consent-ended")
    return go_to(f"{back}?said=not-done")


@pages.post("/consents/<uuid:consent_id>/erasure")
def erase_person(consent_id: UUID) -> Response:
    """Forget somebody without e-mail, for good."""
    return _settle(Form(ErasePerson), consent_id, "person-erased")


@pages.route("/account/consents", methods=["GET", "POST"])
def give_consent() -> Response:
    """Let a mediator order in one's name."""
    person()
    form = PlaceForm(GiveConsent)
    if form.send_from():
        return go("account", "saved")
    return show("consent_form.html", form.status, form=form)


@pages.route("/mediators", methods=["GET", "POST"])
def mediators() -> Response:
    """Who mediates in a town."""
    return appointing.appointed("mediators", AppointMediator, Right.MEDIATE)


@pages.post("/mediators/<uuid:grant_id>/end")
def end_mediation(grant_id: UUID) -> Response:
    """Take the right back; consents for this mediator are worth nothing from then on."""
    return appointing.ended("mediators", grant_id)


def _settle(form: Form, consent_id: UUID, said: str) -> Response:
    """Send what is asked about one consent, and show them all again."""
    if form.send(consent_id=consent_id):
        return go("my_people", said)
    return _people(form, appointing.own_towns(Right.MEDIATE))


def _people(form: Form, towns: list[str]) -> Response:
    page = asking.ask(MyPeople(after=request.args.get("after", type=UUID)))
    found = sorted(page.consents, key=lambda one: (not one.holds, folded(one.consumer_name)))
    words = {"people": found, "following": page.following, "towns": towns, "choices": [(one, one) for one in towns]}
    return show("people.html", form.status, form=form, **words)
