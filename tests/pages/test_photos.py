"""A photo in a farm's forms: kept as soon as it comes, shown again after a refusal, removed by a box."""

import io
import re
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image

from contracts.errors import Unavailable
from contracts.messages import Command
from contracts.photos import KeepPhoto, Photo, PhotoFile, ReadPhoto
from contracts.producers import MyProducers, Producer
from contracts.products import ChangeProduct, ListProducts, Product
from tests import cast
from tests.pages.conftest import FakeLine, raises, sell

OLD, PRODUCT = "0" * 64, UUID(int=301)
PATH = f"/farms/{cast.FARM}/products/{PRODUCT}"
TYPED = {"name": "Carottes", "unit": "kg", "category": "vegetables", "vat_basis_points": "550", "version": "3"}


def keep(command: Command) -> Photo:
    assert isinstance(command, KeepPhoto)
    digest = sha256(command.picture.large).hexdigest()
    return Photo(photo=digest, width=command.picture.width, height=command.picture.height)


@pytest.fixture(autouse=True)
def farm(line: FakeLine) -> None:
    about: dict[str, Any] = {"producer_id": cast.FARM, "version": 1, "unit": "kg", "legal_name": "Alice Roux"}
    product = Product.model_validate(about | {"product_id": PRODUCT, "name": "Carottes", "photo": OLD, "version": 3})
    farm = about | {"farm_name": "Ferme du Rieu", "insee": "84030", "town": "Caromb"}
    line.answers |= {MyProducers: [Producer.model_validate(farm)], ListProducts: [product], ChangeProduct: product}
    line.answers[KeepPhoto] = keep


def photographed(client: FlaskClient, file: bytes = b"", **typed: str) -> Any:
    """Send the product's form as a browser does."""
    page = client.get(PATH).text
    tokens = dict(re.findall(r'name="(csrf_token|idempotency_key|photo)" value="([^"]*)"', page))
    chosen = {"picture": (io.BytesIO(file), "photo.jpg")} if file else {}
    return client.post(PATH, data=tokens | TYPED | typed | chosen, content_type="multipart/form-data")


def a_jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(file, "JPEG")
    return file.getvalue()


def photo_of(line: FakeLine) -> str | None:
    changed = line.acts()[-1]
    assert isinstance(changed, ChangeProduct)
    return changed.photo


def test_an_edit_keeps_the_photo_and_a_new_one_takes_its_place(bob: FlaskClient, line: FakeLine) -> None:
    assert photographed(bob).status_code == 303 and photo_of(line) == OLD
    assert photographed(bob, a_jpeg()).status_code == 303
    kept = next(one for one in line.acts() if isinstance(one, KeepPhoto))
    assert photo_of(line) == sha256(kept.picture.large).hexdigest()
    assert photographed(bob, no_photo="on").status_code == 303 and photo_of(line) is None


def test_a_photo_that_was_kept_outlives_a_refusal_and_an_unknown_outcome(bob: FlaskClient, line: FakeLine) -> None:
    page = photographed(bob, a_jpeg(), name="")
    assert page.status_code == 400 and not isinstance(line.acts()[-1], ChangeProduct)
    new = re.search(r'name="photo" value="([0-9a-f]{64})"', page.text)
    assert new and new[1] != OLD and f"/api/v1/photos/{new[1]}/large" in page.text
    line.answers[ChangeProduct] = raises(Unavailable("no-answer", "Unknown."))
    assert f'name="photo" value="{new[1]}"' in photographed(bob, a_jpeg()).text


def test_what_is_no_photo_is_said_beside_the_field(bob: FlaskClient, line: FakeLine) -> None:
    page = photographed(bob, b"not a photo", name="Panais")
    assert page.status_code == 400 and "n’est pas une photo lisible" in page.text
    assert 'value="Panais"' in page.text and OLD in page.text and line.acts() == []


def test_the_shop_shows_a_photo_that_any_cache_may_keep(stranger: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, cast.line(photo=OLD), cast.line("Beets"))
    page = stranger.get(f"/distributions/{sale.distribution_id}").text
    assert page.count(f"/api/v1/photos/{OLD}/small") == 1 and 'alt="Carrots"' in page
    line.answers[ReadPhoto] = PhotoFile(content=b"RIFF....WEBP")
    for _ in range(2):
        answer = stranger.get(f"/api/v1/photos/{OLD}/small")
        assert (answer.data, answer.content_type) == (b"RIFF....WEBP", "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in answer.headers
    assert [type(one) for one, _, _ in line.asked].count(ReadPhoto) == 1
    assert stranger.get(f"/api/v1/photos/{OLD}/huge").status_code == 400
    assert stranger.get("/api/v1/photos/../small").status_code in (400, 404)
