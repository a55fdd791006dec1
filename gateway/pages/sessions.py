"""Signing in and out, and the devices on which one is signed in."""

from uuid import UUID

from flask import Response, request

from contracts.accounts import EndOtherSessions, EndSession, ListSessions, SignIn, SignOut
from gateway import asking, session
from gateway.pages import acting
from gateway.pages.fields import Form
from gateway.pages.site import go, go_to, pages, person, safe, show
from gateway.reception import reception
from gateway.session import visitor

BROWSERS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip
"""What a browser says of itself, and how it is called; the first that fits."""

WANTED, DAY = "wanted", 24 * 3600
"""The cookie that says where somebody was going who signed up, and had a letter to read first."""
LONGEST = 2000
"""Characters of an address that is kept in it."""


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """Open a session, then on to what was wanted."""
    kept = request.cookies.get(session.cookie_name(WANTED))
    wanted = safe(request.values.get("next") or kept or "/")
    if request.method == "GET" and visitor().identity:
        return go_to(wanted)
    form = Form(SignIn)
    if form.send(address=visitor().address, device=request.user_agent.string[:300]):
        response = go_to(wanted)
        session.keep_cookie(response, form.answer.secret)
        acting.stop(response)  # whomever the last visitor of this browser acted for
        if kept:
            session.set_cookie(response, WANTED, "", 0)
        return response
    return show("sign_in.html", form.status, form=form, wanted=wanted)


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the session of this browser."""
    session.require_csrf()
    secret = visitor().secret
    if secret:
        asking.ask(SignOut(secret=secret))
        reception().identities.forget(secret)
    response = go("home", "signed-out")
    session.drop_cookie(response)
    return response


@pages.get("/account/sessions")
def my_sessions() -> Response:
    """Where one is signed in."""
    return _sessions(Form(EndSession))


@pages.post("/account/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> Response:
    """End one of them."""
    form = Form(EndSession)
    if form.send(session_id=session_id):
        return go("my_sessions", "session-ended")
    return _sessions(form)


@pages.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """End all but this one."""
    form = Form(EndOtherSessions)
    if form.send():
        return go("my_sessions", "sessions-ended")
    return _sessions(form)


def keep_wanted(response: Response, wanted: str) -> Response:
    """Let this browser, when it signs in, go on to where it was going."""
    if wanted != "/" and len(wanted) <= LONGEST:
        session.set_cookie(response, WANTED, wanted, DAY)
    return response


def _device(told: str) -> str:
    """A browser and its system, as people call them; nothing where neither is known."""
    names = [next((name for sign, name in known if sign in told), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names))


def _sessions(form: Form) -> Response:
    person()
    sessions = [(one, _device(one.device)) for one in asking.ask(ListSessions())]
    return show("sessions.html", form.status, sessions=sessions, form=form)
