"""Faults as pages: signing in where that helps, trying again where the outcome is unknown."""

from typing import Any

from flask import Response, g, request

from bus import trace
from gateway import asking
from gateway.pages import sentences
from gateway.pages.languages import N_, _
from gateway.pages.site import show, to_sign_in

PAUSE = 3
"""Seconds before a page is loaded again by itself."""
NOT_SENT_AGAIN = frozenset({"csrf_token", "tries"})
TITLES = {
    400: N_("Cela n’a pas été compris"), 403: N_("Ce n’est pas permis"), 404: N_("Cette page n’existe pas"),
    405: N_("Cette page n’existe pas"), 409: N_("Cela a changé entre-temps"), 413: N_("C’est trop gros"),
    429: N_("Un instant"), 500: N_("Quelque chose s’est cassé"),
}  # fmt: skip


def page(status: int, code: str, sentence: str, details: dict[str, Any]) -> Response:
    """What a person sees of a fault."""
    if status == 401:
        return to_sign_in()
    if status == 503:
        return _again()
    title = _(TITLES.get(status, N_("Cela n’a pas marché")))
    words = {"title": title, "sentence": sentences.of_refusal(code, details, status)}
    return show("fault.html", status, **words, details=details, trace_id=trace.trace_id())


def _again() -> Response:
    """The outcome is unknown: the same form with the same key, sent again by itself."""
    tries = request.form.get("tries", "0")
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_SENT_AGAIN]
    fields = [(name, g.get("noted", {}).get(name, value)) for name, value in typed]
    is_form = request.method == "POST" and any(name == asking.FORM_KEY for name, _ in fields)
    number = int(tries) + 1 if tries.isdecimal() else 1
    response = show("again.html", 503, fields=fields, is_form=is_form, tries=number)
    response.headers["Retry-After"] = str(PAUSE)
    if request.method == "GET":
        response.headers["Refresh"] = str(PAUSE)
    return response
