"""The home page: a market near a commune, a post code or a position, and what is sold there."""

import re
from typing import Any

from flask import Response, request
from pydantic import ValidationError

from contracts.errors import NotFound
from contracts.search import MarketFound, ProductFound, SearchMarkets, SearchProducts
from gateway import asking
from gateway.pages import branding, languages, markets, places, sentences
from gateway.pages.site import go_to, pages, safe, show
from gateway.reception import reception
from gateway.session import LANGUAGES, YEAR

RADII = (10, 20, 30, 50, 100)
ASKED = ("place", "insee", "latitude", "longitude", "words", "radius_km")
_POSITION = re.compile(r"-?\d{1,3}(\.\d+)?")


@pages.get("/")
def home() -> Response:
    """Look for a market; at the host of one, that market."""
    if brand := branding.here():
        return markets.page(brand.market_id)
    return _search()


def _search() -> Response:
    asked = {name: request.args.get(name, "").strip()[:120] for name in ASKED}
    found: list[MarketFound] = []
    products: list[ProductFound] = []
    fault = ""
    try:
        near = _near(asked)
        found = asking.ask(SearchMarkets.model_validate(near | {"words": asked["words"]}))
        if asked["words"]:
            goods = SearchProducts.model_validate(near | {"words": asked["words"], "limit": 12})
            products = asking.ask(goods)
    except NotFound as error:
        fault = sentences.of_refusal(error.code)
    except ValidationError:
        fault = sentences.of_refusal("no-such-place")
    searched = any(asked[name] for name in ("place", "insee", "latitude", "words"))
    words: dict[str, Any] = {"asked": asked, "searched": searched, "fault": fault, "radii": RADII}
    return show("home.html", markets=found, products=products, **words)


@pages.get("/language/<language>")
def choose_language(language: str) -> Response:
    """Keep the language that somebody chose in this browser."""
    response = go_to(safe(request.args.get("next", "/")))
    if language in LANGUAGES:
        keep_language(response, language)
    return response


@pages.get("/about")
def about() -> Response:
    """What Halle is, for whom, and whose data it uses."""
    return show("about.html")


def keep_language(response: Response, language: str) -> None:
    """Have this browser shown a language from now on."""
    secure = reception().settings.is_secure
    response.set_cookie(languages.COOKIE, language, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")


def _near(asked: dict[str, str]) -> dict[str, Any]:
    """The place that is meant: a position, a proposed commune, or a typed one."""
    near: dict[str, Any] = {"radius_km": asked["radius_km"]} if asked["radius_km"].isdecimal() else {}
    if _POSITION.fullmatch(asked["latitude"]) and _POSITION.fullmatch(asked["longitude"]) and not asked["place"]:
        return near | {"latitude": asked["latitude"], "longitude": asked["longitude"]}
    if asked["insee"]:
        return near | {"insee": asked["insee"]}
    if not asked["place"]:
        return near
    found = places.named(asked["place"])
    if not found:
        raise NotFound("no-such-place", "No commune of France has this name or post code.")
    return near | {"insee": found[0].insee}
