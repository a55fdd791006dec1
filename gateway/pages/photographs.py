"""A photo in a form: kept as soon as it comes, so that a refusal of the rest does not lose it.

A browser sends a file once. From then on the form says the photo's id, also where it is shown or sent again.
"""

from uuid import UUID

from flask import request

from contracts.errors import HalleError, Unavailable
from contracts.messages import Refused
from contracts.photos import KeepPhoto
from gateway import asking, session
from gateway.api import photos
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
    file = request.files.get("picture")
    if not file:
        return
    try:
        session.require_csrf()
        _keep(form, producer_id, file.read())
    except Unavailable:
        form.blame("picture", "busy")
    except HalleError as error:
        form.take(error)


def _keep(form: Form, producer_id: UUID, file: bytes) -> None:
    if len(file) > photos.LARGEST:
        form.blame("picture", "too-large")
        return
    kept = asking.ask(KeepPhoto(producer_id=producer_id, picture=photos.developed(file)))
    if isinstance(kept, Refused):
        form.blame("picture", kept.code)
    else:
        note("photo", kept.photo)
