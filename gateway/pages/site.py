"""What all pages share: their blueprint, how one is shown, where one goes next."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from contracts.accounts import Identity
from contracts.members import Right
from contracts.planning import Distribution, ReadDistribution
from gateway import asking, session

pages = Blueprint("pages", __name__)


def show(template: str, status: int = 200, **words: Any) -> Response:
    """A page."""
    return make_response(render_template(template, **words), status)


def person() -> Identity:
    """Who is signed in; a stranger is sent to sign in, and comes back here."""
    identity = session.visitor().identity
    if identity is None:
        raise session.sign_in()
    return identity


def planned_as(distribution_id: UUID) -> Distribution:
    """When and where a distribution is, as catalog has it."""
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    return planned


def holds(right: Right) -> None:
    """Note that somebody holds a right: the menu shows it as soon as members has heard of it."""
    identity = session.visitor().identity
    if identity and all(held.right is not right for held in identity.rights):
        session.visitor().renew()


def has_right(right: Right, object_id: UUID | None) -> bool:
    """Whether the visitor holds a right, as far as a page shows one thing or another; services look for themselves."""
    identity = session.visitor().identity
    return identity is not None and any((held.right, held.object_id) == (right, object_id) for held in identity.rights)


def only_reads(planned: Distribution) -> bool:
    """Whether the visitor is an accountant of a distribution's market or of all, and no more: no button is shown."""
    keeps = any(has_right(right, planned.market_id) for right in (Right.ORGANISE, Right.TREASURY))
    hands_over = has_right(Right.HANDOVER, planned.distribution_id)
    accounts = has_right(Right.ACCOUNT, planned.market_id) or has_right(Right.ACCOUNT, None)
    return accounts and not keeps and not hands_over


def go(endpoint: str, said: str = "", **path: Any) -> Response:
    """On to another page after something was done; `said` names the notice that it opens with."""
    return go_to(url_for(f"pages.{endpoint}", **path, **_notice(said)))


def go_to(where: str) -> Response:
    """On to an address of this site."""
    return make_response(redirect(where, 303))


def to_sign_in(wanted: str = "") -> Response:
    """To the door, and back to what was wanted; a form that was sent in vain is told so there, unless it is kept."""
    in_vain = _notice("in-vain" if request.method == "POST" and not wanted else "")
    return go_to(f"{url_for('pages.sign_in')}?{urlencode({'next': wanted or _wanted()} | in_vain)}")


def safe(where: str) -> str:
    """An address of this site; the home page instead of any other."""
    is_ours = where.startswith("/") and not where.startswith(("//", "/\\")) and where.isprintable()
    return where if is_ours else "/"


def _notice(said: str) -> dict[str, Any]:
    return {"said": said} if said else {}


def _wanted() -> str:
    """The page that was asked for; of a form that has none of its own, the page it stood on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    has_page = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return request.path if has_page else safe(request.form.get("back", "/"))
