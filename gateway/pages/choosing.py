"""What members chose to be told of their markets' sales, and the link of a mail that ends it."""

from uuid import UUID

from flask import Response, request

from contracts.members import MyMemberships
from contracts.notifications import ChooseMessages, EndChoice, MyChoices, Wanted
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, show

LIMIT = 100
"""Markets that are shown by their names; hardly anybody is a member of more."""


@pages.route("/account/messages", methods=["GET", "POST"])
def my_choices() -> Response:
    """What one is told, market by market; each has a form of its own."""
    person()
    form = Form(ChooseMessages)
    if form.send():
        return go("my_choices", "saved")
    memberships = asking.ask(MyMemberships(limit=LIMIT)).memberships
    names = {one.market_id: one.market_name for one in memberships}
    chosen = [(names[one.market_id], one) for one in asking.ask(MyChoices()) if one.market_id in names]
    return show("choices.html", form.status, form=form, chosen=sorted(chosen, key=lambda it: it[0]))


@pages.route("/stop-messages/<uuid:secret>/<any(window_opened, closing_soon):wanted>", methods=["GET", "POST"])
def stop_messages(secret: UUID, wanted: str) -> Response:
    """Be told something no more. Looking at the page ends nothing: mail programs look too.

    A mail program posts here by itself (RFC 8058): it has no cookie and no form, and the secret is all it needs.
    """
    is_posted = request.method == "POST"
    if is_posted:
        asking.ask(EndChoice(secret=secret, wanted=Wanted(wanted)), key=asking.new_key())
    return show("stop_messages.html", wanted=wanted, is_ended=is_posted)
