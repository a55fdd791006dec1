"""A farm's offers: which product at which market, at what price, and how much of it."""

from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.errors import NotFound
from contracts.money import Unit
from contracts.planning import AdmissionState
from contracts.products import ChangeOffer, MakeOffer, Offer, Product, WithdrawOffer
from gateway.pages import numbers
from gateway.pages.farms import admissions, all_offers, own_farm
from gateway.pages.fields import Form, written
from gateway.pages.products import all_products, own_product
from gateway.pages.site import go, pages, show

QUANTITIES = ("minimum", "maximum", "step", "stock")


@pages.get("/farms/<uuid:producer_id>/products/<uuid:product_id>/offers")
def product_offers(producer_id: UUID, product_id: UUID) -> Response:
    """Where one product is on sale, and where it could be."""
    farm = own_farm(producer_id)
    product = own_product(producer_id, product_id)
    offers = [one for one in all_offers(producer_id) if one.product_id == product_id]
    elsewhere = {one.market_id for one in offers}
    markets = [one for one in _markets(producer_id) if one.market_id not in elsewhere]
    return show("product_offers.html", farm=farm, product=product, offers=offers, markets=markets)


@pages.route("/farms/<uuid:producer_id>/offers/new", methods=["GET", "POST"])
def make_offer(producer_id: UUID) -> Response:
    """Put a product on sale at a market."""
    farm = own_farm(producer_id)
    product_id = request.values.get("product_id", type=UUID)
    market_id = request.values.get("market_id", type=UUID)
    if product_id is None:
        return show("offer_product.html", farm=farm, products=list(all_products(producer_id)), market_id=market_id)
    product = own_product(producer_id, product_id)
    form = Form(MakeOffer, _first_terms(product), **_readers(product.unit))
    if form.send():
        where = {"producer_id": producer_id, "market_id": form.answer.market_id}
        return go("farm_market", "offered", **where)
    markets = _markets(producer_id)
    words = {"farm": farm, "product": product, "unit": product.unit, "markets": markets, "market_id": market_id}
    return show("offer_form.html", form.status, form=form, offer=None, **words)


@pages.route("/farms/<uuid:producer_id>/offers/<uuid:offer_id>", methods=["GET", "POST"])
def change_offer(producer_id: UUID, offer_id: UUID) -> Response:
    """Write an offer's terms anew, for the next sales."""
    farm = own_farm(producer_id)
    offer = _own_offer(producer_id, offer_id)
    shown = {name: numbers.typed_measure(getattr(offer, name), offer.unit) for name in QUANTITIES}
    price = numbers.typed(offer.price_cents, 100)
    form = Form(ChangeOffer, written(offer, price_cents=price) | shown, **_readers(offer.unit))
    if form.send(offer_id=offer_id):
        return go("farm_market", "saved", producer_id=producer_id, market_id=offer.market_id)
    words = {"farm": farm, "product": offer, "unit": offer.unit, "markets": [], "market_id": offer.market_id}
    return show("offer_form.html", form.status, form=form, offer=offer, **words)


@pages.post("/farms/<uuid:producer_id>/offers/<uuid:offer_id>/withdraw")
def withdraw_offer(producer_id: UUID, offer_id: UUID) -> Response:
    """Take an offer off sale."""
    form = Form(WithdrawOffer)
    offer = _own_offer(producer_id, offer_id)
    form.send(offer_id=offer_id)
    said = "withdrawn" if not form.refusal else "not-done"
    return go("farm_market", said, producer_id=producer_id, market_id=offer.market_id)


def _own_offer(producer_id: UUID, offer_id: UUID) -> Offer:
    for offer in all_offers(producer_id):
        if offer.offer_id == offer_id:
            return offer
    raise NotFound("no-such-offer", "This farm has no such offer.")


def _markets(producer_id: UUID) -> list[Any]:
    """Where the farm may sell, or was asked to."""
    return [one for one in admissions(producer_id) if one.state is not AdmissionState.ASKED]


def _first_terms(product: Product) -> dict[str, str]:
    """What most offers are: by the piece, or by half kilograms and litres."""
    shown = {"price_cents": numbers.typed(product.price_cents, 100), "stock_mode": "unlimited"}
    step = numbers.typed_measure(1 if product.unit is Unit.PIECE else 500, product.unit)
    return shown | {"minimum": step, "step": step}


def _readers(unit: Unit) -> dict[str, Any]:
    def read(text: str) -> int:
        return numbers.measured(text, unit)

    return {"price_cents": numbers.cents, **dict.fromkeys(QUANTITIES, read)}
