"""A photo or a logo in a form: kept as soon as it comes, so that a refusal of the rest does not lose it.

A browser sends a file once. From then on the form says the photo's id, also where it is shown or sent again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import request

from contracts.errors import HalleError, Unavailable, malformed_field
from contracts.logos import KeepLogo
from contracts.messages import Refused
from contracts.photos import KeepPhoto, Picture
from gateway import asking, session
from gateway.api import photos
from gateway.developing import develop, develop_logo
from gateway.pages.fields import Form, note

LARGEST = 32 * 1024 * 1024
"""Bytes of a form with a file: more than a photo may have, so that the form can say that it is too large."""


def allow_photo() -> None:
    """Let a form be as large as a photo; before anything of it is read."""
    request.max_content_length = LARGEST


def take_photo(form: Form, producer_id: UUID) -> None:
    """Let a posted form say which photo it leaves: a new one, none, or the one that stands."""
    if "no_photo" in request.form:
        note("photo", "")
    if request.files.get("picture"):
        with _said(form):
            _keep(form, producer_id)


def take_logo(form: Form, market_id: UUID) -> bool:
    """Whether a form was posted with a market's logo, and it is kept."""
    if request.method == "POST":
        with _said(form):
            asking.ask(KeepLogo(market_id=market_id, picture=_picture(develop_logo)))
            return True
    return False


def _keep(form: Form, producer_id: UUID) -> None:
    kept = asking.ask(KeepPhoto(producer_id=producer_id, picture=_picture(develop)))
    if isinstance(kept, Refused):
        form.blame("picture", kept.code)
    else:
        note("photo", kept.photo)


def _picture(make: Callable[[bytes], bytes]) -> Picture:
    """The picture that was sent; Malformed where there is none, or what was sent is none."""
    session.require_csrf()
    file = request.files.get("picture")
    content = file.read() if file else b""
    if not content:
        raise malformed_field("picture", "Choose a file.", "missing")
    if len(content) > photos.LARGEST:
        raise malformed_field("picture", "This photo has more than 12 MB: send a smaller one.", "too-large")
    return photos.developed(content, make)


@contextmanager
def _said(form: Form) -> Iterator[None]:
    """Let the form say what went wrong, also that nobody answered: sent again by itself it would lack its file."""
    try:
        yield
    except Unavailable:
        form.take(malformed_field("picture", "The photo could not be prepared: send it again.", "busy"))
    except HalleError as error:
        form.take(error)
