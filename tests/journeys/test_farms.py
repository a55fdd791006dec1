"""A farm's own affairs, through the gateway: how they come to be seen, or kept, in a sale."""

import io
from uuid import uuid4

import requests
from PIL import Image

from tests.journeys.town import Market, Town, Visitor


def a_telephones_photo() -> bytes:
    """On its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    Image.new("RGB", (2000, 1000), "orange").save(file, "JPEG", exif=exif)
    return file.getvalue()


def sent(visitor: Visitor, farm: str, file: bytes, content_type: str) -> requests.Response:
    headers = {"Content-Type": content_type, "Idempotency-Key": str(uuid4())}
    path = f"{visitor.town.url}/api/v1/producers/{farm}/photos"
    return visitor.http.post(path, data=file, headers=headers, timeout=30)


def test_a_photo_goes_from_a_telephone_to_the_sale_sheet_without_its_place(town: Town) -> None:
    market = Market(town)
    carrots, _ = market.import_csv()
    kept = sent(market.alice, market.farm, a_telephones_photo(), "image/jpeg")
    assert (kept.status_code, kept.json()["width"], kept.json()["height"]) == (201, 600, 1200)
    photo = kept.json()["photo"]
    unseen = ("product_id", "producer_id", "archived", "marks", "vat_rates")
    written = {name: value for name, value in carrots.items() if name not in unseen} | {"photo": photo}
    market.alice.do("PUT", f"/products/{carrots['product_id']}", written)
    market.offer(carrots)
    (planned,) = market.plan()
    (line,) = market.sheet(planned["distribution_id"])["lines"]
    assert line["photo"] == photo
    seen = requests.get(f"{town.url}/api/v1/photos/{photo}/large", timeout=10)
    assert (seen.status_code, seen.headers["Content-Type"]) == (200, "image/webp")
    assert "immutable" in seen.headers["Cache-Control"] and seen.headers["X-Content-Type-Options"] == "nosniff"
    picture = Image.open(io.BytesIO(seen.content))
    assert picture.size == (600, 1200) and not picture.getexif()

    assert sent(market.odile, market.farm, a_telephones_photo(), "image/jpeg").status_code == 403
    fault = sent(market.alice, market.farm, b"GIF89a", "image/gif")
    assert (fault.status_code, fault.json()["fields"][0]["code"]) == (400, "not-a-photo")
    assert sent(market.alice, market.farm, b"{}", "application/json").status_code == 415
    assert sent(market.alice, market.farm, bytes(12 * 1024 * 1024 + 1), "image/png").status_code == 413
