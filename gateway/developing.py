"""A photo or a logo that somebody sent, decoded and made anew: upright, without what was written into it, in two sizes.

Runs in a process of its own (decisions/0018): files are made to break decoders, and a small one may be a huge picture.
"""

import io
from collections.abc import Callable

from PIL import Image, ImageOps, ImageStat
from pydantic import Field

from contracts.messages import Model
from contracts.photos import MOST_BYTES, Picture

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
"""Of what is decoded: a good telephone's; its file says how many before a decoder begins."""
LARGE, SMALL = 1200, 320
QUALITIES = (80, 60, 30, 0)
"""The first that is small enough is taken; at the last even noise is."""
WHITE, DARK = "#ffffff", "#20231e"
PALE = 186
"""The lightness, of 255, that has a contrast of 2 with white: what is paler cannot be seen on it."""
SEEN = 128
"""How opaque, of 255, what is seen of a logo is at least."""


class Developed(Model):
    """What became of a file: a picture, or why it is none."""

    picture: Picture | None = None
    fault: str = Field(default="", description="`not-a-photo` or `too-many-pixels`.")


def develop(file: bytes) -> bytes:
    """A photo as a `Developed`, in JSON: on white, where its file is transparent."""
    return _developed(file, lambda upright: WHITE).model_dump_json().encode()


def develop_logo(file: bytes) -> bytes:
    """The same for a logo, which stands on white everywhere: on a dark sheet of its own if it is made for the dark."""
    return _developed(file, _sheet_of_logo).model_dump_json().encode()


def _developed(file: bytes, colour_of: Callable[[Image.Image], str]) -> Developed:
    try:
        sheet = _decoded(file, colour_of)
    except Image.DecompressionBombError:
        return Developed(fault="too-many-pixels")
    except Exception:  # noqa: BLE001  (decoders raise whatever they stumble over; it is no photo then)
        return Developed(fault="not-a-photo")
    small = sheet.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Developed(
        picture=Picture(large=_written(sheet), small=_written(small), width=sheet.width, height=sheet.height)
    )


def _sheet_of_logo(upright: Image.Image) -> str:
    """Dark where most of what is seen would vanish on white."""
    seen = upright.getchannel("A").point(lambda alpha: 255 * (alpha >= SEEN))
    return DARK if ImageStat.Stat(upright.convert("L"), seen).median[0] > PALE else WHITE


def _decoded(file: bytes, colour_of: Callable[[Image.Image], str]) -> Image.Image:
    """The picture upright on a sheet of its own, which carries nothing of the file but colours."""
    with Image.open(io.BytesIO(file), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture.draft("RGB", (LARGE, LARGE))  # a JPEG is decoded no larger than it must be
        upright = ImageOps.exif_transpose(_reduced(picture)).convert("RGBA")
    sheet = Image.new("RGB", upright.size, colour_of(upright))
    sheet.paste(upright, mask=upright.getchannel("A"))
    return sheet


def _reduced(picture: Image.Image) -> Image.Image:
    """Reduced in full colours; a palette's cannot be mixed."""
    full = picture.convert("RGBA") if picture.mode in ("P", "PA") else picture
    full.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    return full


def _written(sheet: Image.Image) -> bytes:
    """As WebP, no larger than is kept."""
    for quality in QUALITIES:
        file = io.BytesIO()
        sheet.save(file, "WEBP", quality=quality)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()
