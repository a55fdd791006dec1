"""Photos made anew: upright, small, without what was written into them; what is no photo is none."""

import io
from typing import Any

import pytest
from PIL import Image

from contracts.photos import MOST_BYTES, Picture
from gateway.album import Album
from gateway.developing import Developed, develop, develop_logo

ORIENTATION, GPS, LATITUDE_REF = 0x0112, 0x8825, 1
TURNED = 6
"""Taken with the telephone upright: what is stored lies on its side."""


def a_file(width: int = 1600, height: int = 800, kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, kind, **more)
    return file.getvalue()


def taken_at_home() -> bytes:
    """A telephone's photo: red above blue, stored on its side, with the place in it."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    exif.get_ifd(GPS)[LATITUDE_REF] = "N"
    stored = Image.new("RGB", (1600, 800), "red")
    stored.paste("blue", (800, 0, 1600, 800))
    file = io.BytesIO()
    stored.save(file, "JPEG", exif=exif, comment=b"at home", quality=95)
    return file.getvalue()


def developed(file: bytes) -> Developed:
    return Developed.model_validate_json(develop(file))


def picture(file: bytes) -> Picture:
    found = developed(file).picture
    assert found
    return found


def opened(file: bytes) -> Image.Image:
    return Image.open(io.BytesIO(file))


def test_a_photo_is_upright_and_says_nothing_of_the_place_where_it_was_taken() -> None:
    assert dict(opened(taken_at_home()).getexif().get_ifd(GPS)) == {LATITUDE_REF: "N"}
    made = picture(taken_at_home())
    large = opened(made.large)
    assert large.format == "WEBP" and large.size == (made.width, made.height) == (600, 1200)
    assert large.getpixel((300, 100))[0] > 200 and large.getpixel((300, 1100))[2] > 200  # type: ignore[index]
    for file in (made.large, made.small):
        assert not opened(file).getexif() and b"EXIF" not in file and b"at home" not in file


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "1"), ("WEBP", "RGB")]
)
def test_whatever_the_colours_it_becomes_webp_in_two_sizes(kind: str, mode: str) -> None:
    made = picture(a_file(kind=kind, mode=mode))
    assert [opened(file).size for file in (made.large, made.small)] == [(1200, 600), (320, 160)]


@pytest.mark.parametrize(
    ("letters", "sheet"), [("#1f5a3d", 255), ("#f5a623", 255), ("#ffffff", 32), ("#ffe97a", 32), ("#000000", 255)]
)
def test_a_transparent_logo_is_readable_whatever_its_colour(letters: str, sheet: int) -> None:
    drawn = Image.new("RGBA", (400, 200))
    drawn.paste(letters, (100, 50, 300, 150))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    found = Developed.model_validate_json(develop_logo(file.getvalue())).picture
    assert found
    red = [opened(found.large).getpixel(place)[0] for place in ((10, 10), (200, 100))]  # type: ignore[index]
    assert abs(red[0] - sheet) < 8 and abs(red[1] - int(letters[1:3], 16)) < 8


def test_a_small_photo_stays_as_small_as_it_is() -> None:
    made = picture(a_file(200, 100))
    assert opened(made.large).size == opened(made.small).size == (200, 100)


def test_the_noisiest_photo_is_small_enough_to_be_kept() -> None:
    file = io.BytesIO()
    Image.effect_noise((1500, 1500), 250).convert("RGB").save(file, "JPEG", quality=95)
    assert len(file.getvalue()) > MOST_BYTES >= len(picture(file.getvalue()).large)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        a_file(kind="GIF", mode="L"),
        a_file(kind="TIFF"),
        a_file(kind="BMP"),
        a_file()[:-900],
        a_file(kind="PNG")[:-40],
        b"\xff\xd8\xff" + bytes(2000),
    ],
)
def test_what_is_no_photo_is_refused(file: bytes) -> None:
    assert developed(file).fault == "not-a-photo"


def test_a_small_file_that_holds_a_huge_picture_is_not_decoded() -> None:
    bomb = a_file(20_000, 20_000, "PNG", "1", optimize=False)
    assert len(bomb) < 100_000
    assert developed(bomb).fault == "too-many-pixels"


def test_what_follows_a_photo_in_its_file_is_left_behind() -> None:
    made = picture(a_file() + b"<script>alert(1)</script>")
    assert b"script" not in made.large + made.small


def test_an_album_asks_once_and_forgets_what_was_not_looked_at() -> None:
    asked: list[str] = []

    def source(photo: str, size: str) -> bytes:
        asked.append(photo)
        return bytes(40)

    album = Album(source, limit=100)
    for photo in ("a", "b", "a", "c", "a", "b"):
        assert album.of(photo, "small") == bytes(40)
    assert asked == ["a", "b", "c", "b"]
