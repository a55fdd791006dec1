"""The shop: the sale sheet as a page with one form, and what comes of sending it."""

import gzip
from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request, url_for

from contracts.errors import NotFound
from contracts.orders import DistributionState, MyOrders, Order, OrderState, PlaceOrder
from contracts.planning import ReadDistribution
from gateway import asking
from gateway.pages import acting, baskets, branding, shelves, slots
from gateway.pages.baskets import Basket
from gateway.pages.languages import _, address, voice
from gateway.pages.site import go, pages, show, to_sign_in
from gateway.reception import reception
from gateway.session import visitor
from gateway.sheets import Shown

KEPT = ("recipient", "slot")
"""What a basket's form says beside its quantities, for somebody who has to sign in first."""


@pages.get("/distributions/<uuid:distribution_id>")
def shop(distribution_id: UUID) -> Response:
    """What is on sale; for a stranger without a basket a page made once for all of them."""
    try:
        shown = reception().sheets.of(str(distribution_id))
    except NotFound:
        return _not_open(distribution_id)
    address(shown.model.market_id)
    if visitor().identity is None and not request.args:
        return _for_strangers(shown)
    basket = Basket(shown.model, baskets.typed_before(shown.model, request.args.get("keep", "")))
    return shop_page(shown, basket, mine=_mine(distribution_id))


@pages.post("/distributions/<uuid:distribution_id>/orders")
def place_order(distribution_id: UUID) -> Response:
    """Order; a stranger signs in first, and finds what was typed."""
    shown = reception().sheets.of(str(distribution_id))
    address(shown.model.market_id)
    basket = Basket(shown.model, baskets.typed(shown.model))
    if "filter" in request.form:
        return shop_page(shown, basket)
    if visitor().identity is None:
        kept: dict[str, Any] = {name: typed for name in KEPT if (typed := request.form.get(name, "").strip())}
        back = url_for("pages.shop", distribution_id=distribution_id, keep=baskets.kept(), **kept)
        return to_sign_in(back)
    wishes = basket.wishes()
    if not wishes and not basket.faults:
        basket.say("empty", _("Choisissez au moins un produit."))
        return shop_page(shown, basket)
    recipient = request.form.get("recipient", "").strip()[:80]
    about = {"distribution_id": distribution_id, "recipient": recipient, **baskets.by_sheet(), **acting.for_whom()}
    if slot := request.form.get("slot"):
        about["slot"] = slot
    order = basket.send(PlaceOrder, wishes, **about)
    if order is not None:
        return go("order", "placed" if order.version == 1 else "added", order_id=order.order_id)
    return shop_page(baskets.looked_at_again(shown, basket), basket, mine=_mine(distribution_id))


def shop_page(shown: Shown, basket: Basket, mine: Order | None = None) -> Response:
    """The shop with a basket in it; with an order, the page on which that is changed."""
    wanted = request.form.get("words", "").strip()[:80]
    offers = shelves.assembled(shown.model, _pieces(shown, basket), wanted)
    hidden = shelves.hidden_by(shown.model, wanted) if wanted else set()
    is_open = shown.model.state is DistributionState.OPEN
    return show(
        "shop.html",
        basket.status,
        sale=shown.model,
        is_open=is_open,
        slots=slots.of_sale(shown.model) if is_open and visitor().identity and not basket.order else [],
        slot=request.values.get("slot", ""),
        offers=offers,
        basket=basket,
        kept=[(offer, text) for offer, text in basket.typed.items() if offer in hidden],
        words=wanted,
        mine=mine,
        recipient=request.values.get("recipient", ""),
    )


def _pieces(shown: Shown, basket: Basket) -> list[str]:
    """Every offer's quantity field: the common ones, and this person's own."""
    pieces = shelves.untouched(shown)
    left = {offer: number for offer, number in shown.left_of.items() if number is not None}
    for place, line in enumerate(shown.model.lines):
        if line.offer_id in basket.touched:
            pieces[place] = shelves.field(
                line,
                basket.left.get(line.offer_id, left.get(str(line.offer_id))),
                line.offer_id in basket.frozen or shelves.is_over(line),
                typed=basket.typed.get(line.offer_id),
                standing=basket.standing.get(line.offer_id, 0),
                fault=basket.faults.get(line.offer_id, ""),
                differs=line.offer_id in basket.differing,
            )
    return pieces


def _for_strangers(shown: Shown) -> Response:
    """Nothing in it is anybody's own: no token, no key, no name; each brand has its own."""

    def make(shown: Shown) -> bytes:
        offers = shelves.assembled(shown.model, shelves.untouched(shown))
        words = {"sale": shown.model, "offers": offers, "basket": Basket(shown.model, {}), "kept": []}
        is_open = shown.model.state is DistributionState.OPEN
        return render_template("shop.html", **words, is_open=is_open, words="", mine=None, recipient="").encode()

    name = f"shop-{voice()}-{shelves.over(shown.model)}-{branding.here()}"
    if not request.accept_encodings.quality("gzip"):
        return make_response(shown.form(name, make))
    packed = shown.form(f"{name}-gzip", lambda it: gzip.compress(it.form(name, make), 5, mtime=0))
    return make_response(packed, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding, Accept-Language, Cookie"})


def _mine(distribution_id: UUID) -> Order | None:
    """The standing order of this sale: one's own, or of the person in whose name one acts."""
    if visitor().identity is None:
        return None
    found: list[Order] = asking.ask(MyOrders(distribution_id=distribution_id, **acting.for_whom()))
    return next((one for one in found if one.state is OrderState.PLACED and not one.recipient), None)


def _not_open(distribution_id: UUID) -> Response:
    planned = asking.ask(ReadDistribution(distribution_id=distribution_id))
    address(planned.market_id)
    return show("not_open.html", planned=planned)
