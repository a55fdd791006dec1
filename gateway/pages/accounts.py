"""One's own account: made, confirmed by mail, given a new password or address, changed, downloaded, erased."""

from typing import Any

from flask import Response, request

from contracts.accounts import (
    AskConfirmation,
    AskNewAddress,
    AskReset,
    ChangeAccount,
    ChangePassword,
    ConfirmEmail,
    EraseAccount,
    MyAccount,
    ResetPassword,
    SignUp,
)
from contracts.consents import MyConsents
from contracts.households import MyHousehold
from contracts.members import MyMemberships
from gateway import asking, exporting, session
from gateway.pages import money, sessions
from gateway.pages.fields import Form, written
from gateway.pages.home import keep_language
from gateway.pages.languages import spoken
from gateway.pages.site import go, go_to, pages, person, safe, show
from gateway.session import visitor


@pages.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> Response:
    """Ask for an account; a letter follows."""
    form = Form(SignUp)
    wanted = safe(request.values.get("next") or "/")
    if form.send(language=spoken()):
        letter = show("letter_sent.html", email=request.form["email"], kind="confirm", form=Form(AskConfirmation))
        return sessions.keep_wanted(letter, wanted)
    return show("sign_up.html", form.status, form=form, wanted=wanted)


@pages.post("/sign-up/letter")
def ask_confirmation() -> Response:
    """Have the letter written again."""
    form = Form(AskConfirmation)
    is_sent = form.send()
    kind = "confirm-again" if is_sent else "confirm"
    return show("letter_sent.html", form.status, email=request.form.get("email", ""), kind=kind, form=form)


@pages.route("/confirm", methods=["GET", "POST"])
def confirm() -> Response:
    """Follow the letter's link. Looking at the page confirms nothing: mail programs look too."""
    form = Form(ConfirmEmail)
    if form.send():
        return go("account" if visitor().identity else "sign_in", "confirmed")
    secret = request.values.get("secret", "")
    return show("confirm.html", form.status, form=form, secret=secret, resend=Form(AskConfirmation))


@pages.route("/forgotten-password", methods=["GET", "POST"])
def forgotten_password() -> Response:
    """Have a letter written with a link to a new password."""
    form = Form(AskReset)
    if form.send():
        return show("letter_sent.html", email=request.form["email"], kind="reset", form=form)
    return show("forgotten_password.html", form.status, form=form)


@pages.route("/reset-password", methods=["GET", "POST"])
def reset_password() -> Response:
    """Choose the new password."""
    form = Form(ResetPassword)
    if form.send():
        return go("sign_in", "password-set")
    return show("reset_password.html", form.status, form=form, secret=request.values.get("secret", ""))


@pages.route("/account", methods=["GET", "POST"])
def account() -> Response:
    """What one may see and change of it."""
    person()
    form = Form(ChangeAccount)
    if form.send():
        visitor().renew()
        response = go("account", "saved")
        keep_language(response, form.answer.language)
        return response
    found = asking.ask(MyAccount())
    form = form if form.refusal else Form(ChangeAccount, written(found))
    memberships = asking.ask(MyMemberships()).memberships
    consents = [one for one in asking.ask(MyConsents()).consents if one.ended_at is None]
    words: dict[str, Any] = {"household": asking.ask(MyHousehold())}
    words |= {"account": found, "memberships": memberships, "balances": money.balances(), "consents": consents}
    return show("account.html", form.status, form=form, **words)


@pages.get("/account/data")
def own_data() -> Response:
    """What the instance keeps about oneself, to be downloaded."""
    person()
    return show("own_data.html")


@pages.get("/account/data.zip")
def own_data_zip() -> Response:
    """The archive; where a service is away, a page says so and nothing is downloaded."""
    person()
    return exporting.download()


@pages.route("/account/password", methods=["GET", "POST"])
def change_password() -> Response:
    """Set a new password; the other devices are signed out."""
    person()
    form = Form(ChangePassword)
    if form.send():
        visitor().renew()
        return go("account", "password-changed")
    return show("password.html", form.status, form=form)


@pages.route("/account/address", methods=["GET", "POST"])
def change_address() -> Response:
    """Ask for another address; the account has it once the letter's link is followed."""
    person()
    form = Form(AskNewAddress)
    if form.send():
        return show("letter_sent.html", email=request.form["email"], kind="address", form=form)
    return show("address.html", form.status, form=form)


@pages.route("/account/erase", methods=["GET", "POST"])
def erase_account() -> Response:
    """End the account for good."""
    person()
    form = Form(EraseAccount)
    if form.send():
        response = go_to("/?said=erased")
        session.drop_cookie(response)
        return response
    return show("erase.html", form.status, form=form)
