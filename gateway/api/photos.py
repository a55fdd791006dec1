"""Photos and logos: a file becomes a picture in a process of its own, answered to whoever knows its id."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from contracts.errors import malformed_field
from contracts.logos import KeepLogo, RemoveLogo
from contracts.photos import KeepPhoto, Picture, ReadPhoto
from gateway.api import door
from gateway.api.door import Route
from gateway.developing import Developed, develop, develop_logo
from gateway.reception import reception

LARGEST = 12 * 1024 * 1024
"""Bytes of a file."""
IMAGES, WEBP = "image/*", "image/webp"
FOR_EVER = "public, max-age=31536000, immutable"
PHOTO = Route(
    "GET",
    "/photos/<photo>/<size>",
    ReadPhoto,
    answers={"description": "A picture", "content": {WEBP: {"schema": {"type": "string"}}}},
)
FAULTS = {
    "not-a-photo": "This is no photo that can be read: send a JPEG, PNG or WebP file.",
    "too-many-pixels": "This photo has more than 50 million pixels: send a smaller one.",
}


def developed(file: bytes, make: Callable[[bytes], bytes] = develop) -> Picture:
    """The picture that a file holds; Malformed where it holds none."""
    found = Developed.model_validate_json(reception().darkroom.run(make, file))
    if found.picture is None:
        raise malformed_field("picture", FAULTS[found.fault], found.fault)
    return found.picture


def read_photo(**path: str) -> Response:
    """A photo as it is kept; another picture has another address."""
    asked = door.parse(PHOTO, path)
    file = reception().album.of(**asked.model_dump())
    return Response(file, content_type=WEBP, headers={"Cache-Control": FOR_EVER})


def _picture(make: Callable[[bytes], bytes]) -> dict[str, Any]:
    request.max_content_length = LARGEST
    if not request.mimetype.startswith("image/"):
        raise UnsupportedMediaType("Send the file itself as a body of type image/jpeg, image/png or image/webp.")
    return developed(request.get_data(), make).model_dump(mode="json")


PHOTO_SENT = {"picture": partial(_picture, develop)}
LOGO_SENT = {"picture": partial(_picture, develop_logo)}
LOGO = "/markets/<uuid:market_id>/logo"
part = door.part("photos", "Photos of farms and products, logos of markets: JPEG, PNG, WebP up to 12 MB, kept as WebP.")
door.add(
    part,
    Route("POST", "/producers/<uuid:producer_id>/photos", KeepPhoto, 201, given=PHOTO_SENT, file=IMAGES),
    Route("PUT", LOGO, KeepLogo, given=LOGO_SENT, file=IMAGES),
    Route("DELETE", LOGO, RemoveLogo),
)
door.add_by(part, PHOTO, read_photo)
