"""Photos of farms and of what they sell: kept by catalog, named by the digest of their content. Logos are in `logos`.

The gateway decodes what was uploaded, in a process of its own, and makes it anew: no byte of the file is kept.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from contracts.members import Right
from contracts.messages import Command, Model, Refused

PhotoId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of the large picture: another picture has another name, so that a copy of it is good for ever."""
MOST_BYTES = 400_000
"""Of a picture as it is kept."""
WebP = Annotated[bytes, Field(min_length=1, max_length=MOST_BYTES)]


class PhotoSize(StrEnum):
    """How a photo is shown: beside a name, or on a page of its own."""

    LARGE = "large"
    SMALL = "small"


class Picture(Model):
    """A photo in its two sizes, as WebP without metadata; bytes travel as base64."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    large: WebP
    """At most 1200 pixels wide and high."""
    small: WebP
    """At most 320."""
    width: int = Field(ge=1, le=1200)
    height: int = Field(ge=1, le=1200)


class Photo(Model):
    """A photo that a farm keeps; products and farms name it."""

    photo: PhotoId
    width: int
    height: int


class PhotoFile(Model):
    """The bytes of one size, WebP."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    content: bytes


class KeepPhoto(Command, door="catalog.keep_photo", answers=Photo | Refused, acts=True, by=(Right.SELL,)):
    """Keep a photo for a farm, for those who sell for it; its products, and the farm itself, are then shown by its id.

    The body is a JPEG, PNG or WebP file. Of 500 photos of a farm the oldest that nothing shows makes room for the next;
    Refused: `too-many-photos`, where all of them are in use.
    """

    producer_id: UUID
    picture: Picture


class ReadPhoto(Command, door="catalog.read_photo", answers=PhotoFile, open_to_strangers=True):
    """A photo, or a market's logo, in one size; whoever knows its id may see it."""

    photo: PhotoId
    size: PhotoSize
