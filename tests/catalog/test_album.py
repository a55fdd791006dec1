"""Photos that a farm keeps: by whom, how many, and what may be shown by them; the logo of a market."""

from hashlib import sha256
from uuid import uuid4

import pytest

from contracts.approval import FindBrand
from contracts.catalog import MarketChanged, ReadMarket
from contracts.errors import HalleError, Malformed, NotAllowed, NotFound
from contracts.logos import KeepLogo, RemoveLogo
from contracts.photos import KeepPhoto, Photo, PhotoSize, Picture, ReadPhoto
from contracts.producers import ChangeProducer, Producer, ProducerDetails, ReadProducer
from contracts.products import ChangeProduct, ListOffers, Product, ProductDetails
from contracts.showing import ReadMarketShown, ReadShowcase
from services.catalog.actions import album
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer


def webp(words: str) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + words.encode()


def kept(town: Town, farm: Producer, words: str = "carrots") -> Photo:
    picture = Picture(large=webp(words), small=webp("small " + words), width=1200, height=800)
    return town.ask(KeepPhoto(producer_id=farm.producer_id, picture=picture), town.alice)


def shown_by(town: Town, product: Product, photo: str | None) -> Product:
    details = {name: getattr(product, name) for name in ProductDetails.model_fields} | {"photo": photo}
    return town.ask(ChangeProduct(product_id=product.product_id, version=product.version, **details), town.alice)


def test_a_photo_is_named_by_its_content_and_kept_once(town: Town) -> None:
    farm = a_farm(town)
    photo = kept(town, farm)
    assert photo == kept(town, farm) and photo.photo == sha256(webp("carrots")).hexdigest()
    for size, content in ((PhotoSize.LARGE, webp("carrots")), (PhotoSize.SMALL, webp("small carrots"))):
        assert town.ask(ReadPhoto(photo=photo.photo, size=size)).content == content
    with pytest.raises(NotFound):
        town.ask(ReadPhoto(photo="0" * 64, size=PhotoSize.LARGE))


def test_a_product_is_shown_by_its_photo_at_every_market_until_it_is_removed(town: Town) -> None:
    farm, market = a_farm(town), a_market(town)
    admit(town, market, farm)
    photo = kept(town, farm).photo
    product = a_product(town, farm, photo=photo)
    an_offer(town, product, market)
    assert [one.photo for one in town.ask(ListOffers(market_id=market.market_id))] == [photo]
    without = shown_by(town, product, None)
    assert [one.photo for one in town.ask(ListOffers(market_id=market.market_id))] == [None]
    assert shown_by(town, without, photo).photo == photo


def test_a_farm_shows_no_photo_but_its_own(town: Town) -> None:
    farm, other = a_farm(town), a_farm(town, town.bob, farm_name="Fournil")
    photo = kept(town, farm).photo
    theirs = a_product(town, other, town.bob)
    details = theirs.model_dump(include=set(ProductDetails.model_fields)) | {"photo": photo}
    with pytest.raises(Malformed) as refused:
        town.ask(ChangeProduct(product_id=theirs.product_id, version=theirs.version, **details), town.bob)
    assert refused.value.details["fields"][0]["field"] == "photo"
    about = farm.model_dump(include=set(ProducerDetails.model_fields)) | {"photo": photo}
    town.ask(ChangeProducer(producer_id=farm.producer_id, version=farm.version, **about), town.alice)
    assert town.ask(ReadProducer(producer_id=farm.producer_id)).photo == photo


@pytest.mark.parametrize(
    ("who", "large", "error"),
    [("charlie", "a photo", NotAllowed), ("alice", "", Malformed), ("odile", "x", NotAllowed)],
)
def test_only_those_who_sell_for_a_farm_keep_photos_for_it(
    town: Town, who: str, large: str, error: type[HalleError]
) -> None:
    farm = a_farm(town)
    picture = Picture(large=webp(large) if large else b"GIF89a", small=webp("s"), width=10, height=10)
    with pytest.raises(error):
        town.ask(KeepPhoto(producer_id=farm.producer_id, picture=picture), getattr(town, who))


def test_the_oldest_photo_that_nothing_shows_makes_room(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "MOST_PHOTOS", 2)
    farm = a_farm(town)
    shown, idle = kept(town, farm, "shown"), kept(town, farm, "idle")
    product = a_product(town, farm, photo=shown.photo)
    new = kept(town, farm, "new")
    with pytest.raises(NotFound):
        town.ask(ReadPhoto(photo=idle.photo, size=PhotoSize.SMALL))
    a_product(town, farm, name="Navets", photo=new.photo)
    refused = town.ask(KeepPhoto(producer_id=farm.producer_id, picture=_another()), town.alice, key=str(uuid4()))
    assert refused.code == "too-many-photos"
    shown_by(town, product, None)
    assert isinstance(town.ask(KeepPhoto(producer_id=farm.producer_id, picture=_another()), town.alice), Photo)


def _another() -> Picture:
    return Picture(large=webp("another"), small=webp("another"), width=10, height=10)


def test_a_market_is_shown_by_the_logo_that_its_organiser_chose_last_until_it_is_removed(town: Town) -> None:
    market = a_market(town, host="lekukoa.example")
    same, brand = {"market_id": market.market_id}, FindBrand(host="lekukoa.example")
    for words in ("first", "second"):
        logo = Picture(large=webp(words), small=webp("small " + words), width=300, height=300)
        town.ask(KeepLogo(**same, picture=logo), town.odile)
    second = sha256(webp("second")).hexdigest()
    for command in (ReadMarket(**same), brand, ReadMarketShown(**same), ReadShowcase(**same)):
        assert town.ask(command, town.odile).logo == second
    assert town.ask(ReadPhoto(photo=second, size=PhotoSize.SMALL)).content == webp("small second")
    for forbidden in (KeepLogo(**same, picture=_another()), RemoveLogo(**same)):
        with pytest.raises(NotAllowed):
            town.ask(forbidden, town.alice)
    with pytest.raises(Malformed):
        town.ask(KeepLogo(**same, picture=Picture(large=b"GIF89a", small=b"s", width=1, height=1)), town.odile)
    assert town.ask(RemoveLogo(**same), town.odile).logo is None and town.ask(brand).logo is None
    said = [(seq, event.logo) for seq, event in town.said(MarketChanged) if event.market_id == market.market_id]
    first = sha256(webp("first")).hexdigest()
    assert [logo for _, logo in said[-4:]] == [None, first, second, None], "mails bear it too"
    assert len({seq for seq, _ in said}) == len(said)
    for words in ("first", "second"):
        with pytest.raises(NotFound):
            town.ask(ReadPhoto(photo=sha256(webp(words)).hexdigest(), size=PhotoSize.LARGE))
