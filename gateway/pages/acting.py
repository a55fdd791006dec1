"""In whose name a mediator's browser is ordering: a cookie says whom somebody chose, and decides nothing.

A form carries the person it was shown for, so that what was typed for one is never sent for another. Members is asked
at each page; once it says no, the page says so and the choice is forgotten.
"""

from contextlib import suppress
from uuid import UUID

from flask import Response, g, request

from contracts.accounts import Home
from contracts.consents import Consent, ReadConsent
from contracts.errors import NotAllowed, Unavailable
from gateway import asking, session
from gateway.pages.site import pages

FIELD = "on_behalf_of"
COOKIE = "acting"


def consent() -> Consent | None:
    """By which the visitor acts in the request in hand; NotAllowed `no-consent` once it is withdrawn."""
    if "acting" not in g:
        chosen = _chosen()
        g.acting = _ask(chosen) if chosen else None
    found: Consent | None = g.acting
    return found


def shown() -> Consent | None:
    """The same for a page that stands without."""
    with suppress(NotAllowed, Unavailable):
        return consent()
    return None


def in_whose_name() -> dict[str, UUID]:
    """The field of a command that names the consumer; for most not even the field, which orders may not know yet."""
    found = consent()
    return {FIELD: found.consumer_id} if found else {}


def at_home() -> Home | None:
    """The household of somebody else that the visitor orders for; not while acting as a mediator."""
    return _home() if _chosen() is None else None


def for_whom() -> dict[str, UUID]:
    """The same for a new order: of the person in whose name a mediator acts, or else of the visitor's household.

    A form is sent for whom it was shown for, also where the visitor has joined or left a household since.
    """
    home = at_home()
    is_meant = request.method != "POST" or (home and request.form.get(FIELD) == str(home.consumer_id))
    return {FIELD: home.consumer_id} if home and is_meant else in_whose_name()


def begin(response: Response, consumer_id: UUID) -> None:
    """Act for somebody from the next page on, until it is stopped or the browser closed."""
    session.set_cookie(response, COOKIE, str(consumer_id), None)


def stop(response: Response) -> None:
    """Act for oneself again."""
    session.set_cookie(response, COOKIE, "", 0)


@pages.after_request
def forget_what_is_over(response: Response) -> Response:
    """A consent that was refused is not asked for again."""
    if g.get("consent_is_over"):
        stop(response)
    return response


def _ask(consumer_id: UUID) -> Consent:
    try:
        found: Consent = asking.ask(ReadConsent(consumer_id=consumer_id))
    except NotAllowed as refused:
        g.consent_is_over = refused.code == "no-consent"
        raise
    return found


def _home() -> Home | None:
    identity = session.visitor().identity
    return identity.home if identity else None


def _chosen() -> UUID | None:
    """Whom the form was shown for; of other pages, whom the cookie names. One's household is nobody else's name."""
    if session.visitor().identity is None:
        return None
    is_sent = request.method == "POST"
    text = request.form.get(FIELD, "") if is_sent else request.cookies.get(session.cookie_name(COOKIE), "")
    home = _home()
    with suppress(ValueError):
        return None if home and text == str(home.consumer_id) else UUID(text)
    return None
