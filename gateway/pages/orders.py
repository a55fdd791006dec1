"""One's own orders: looked at, changed while their lines are open, cancelled."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from contracts.errors import NotFound, Unavailable
from contracts.orders import (
    AmendOrder,
    CancelOrder,
    ChooseSlot,
    DistributionState,
    MyOrders,
    Order,
    OrderState,
    ReadOrder,
    SaleSheet,
    Wish,
)
from gateway import asking
from gateway.pages import acting, baskets, money, slots
from gateway.pages.baskets import Basket
from gateway.pages.fields import Form
from gateway.pages.languages import address
from gateway.pages.numbers import in_number_field
from gateway.pages.shifting import may_cancel_freely
from gateway.pages.shop import shop_page
from gateway.pages.site import go, pages, person, show, to_sign_in
from gateway.reception import reception
from gateway.session import visitor

PAGE = 20


@pages.get("/orders")
def my_orders() -> Response:
    """All one's orders, the newest first."""
    person()
    before = request.args.get("before", type=UUID)
    orders: list[Order] = asking.ask(MyOrders(before=before, limit=PAGE, **acting.in_whose_name()))
    shown = [(order, sale_of(order)) for order in orders]
    return show("orders.html", orders=shown, following=orders[-1].order_id if len(orders) == PAGE else None)


@pages.get("/orders/<uuid:order_id>")
def order(order_id: UUID) -> Response:
    """One order."""
    return order_page(order_id, Form(ChooseSlot))


@pages.post("/orders/<uuid:order_id>/slot")
def choose_slot(order_id: UUID) -> Response:
    """Choose when it is fetched."""
    form = Form(ChooseSlot)
    if form.send(order_id=order_id):
        return go("order", "slot-chosen" if form.answer.slot else "slot-given-back", order_id=order_id)
    return order_page(order_id, form)


@pages.route("/orders/<uuid:order_id>/change", methods=["GET", "POST"])
def change_order(order_id: UUID) -> Response:
    """The shop again, with what was ordered in it; quantities are absolute. Who must sign in first finds his again."""
    if request.method == "POST" and visitor().identity is None:
        return to_sign_in(url_for("pages.change_order", order_id=order_id, keep=baskets.kept()))
    found = _read(order_id)
    if found.state is not OrderState.PLACED:
        return go("order", order_id=order_id)
    shown = reception().sheets.of(str(found.distribution_id))
    if request.method == "GET":
        return shop_page(shown, Basket(shown.model, _as_ordered(found) | _typed_before(found, shown.model), found))
    basket = Basket(shown.model, baskets.typed(shown.model), found)
    if "filter" in request.form:
        return shop_page(shown, basket)
    return _amend(found, basket) or shop_page(baskets.looked_at_again(shown, basket), basket)


@pages.route("/orders/<uuid:order_id>/cancel", methods=["GET", "POST"])
def cancel_order(order_id: UUID) -> Response:
    """Ask whether it is meant, and say what can still be done instead."""
    form = Form(CancelOrder)
    if form.send(order_id=order_id):
        return go("order", "cancelled", order_id=order_id)
    found = _read(order_id)
    if found.state is not OrderState.PLACED:
        return go("order", order_id=order_id)
    return show("order_cancel.html", form.status, order=found, form=form, **_open_to(found))


def order_page(order_id: UUID, form: Form) -> Response:
    """One order, with what was wrong with a form on it."""
    found = _read(order_id)
    offered = _open_to(found)
    sale = offered["sale"]
    closes = {line.offer_id: line.closes_at for line in sale.lines} if sale else {}
    free = slots.of_sale(sale) if sale and offered["may_change"] else []
    owed = money.of_order(found)
    return show("order.html", form.status, order=found, form=form, closes=closes, slots=free, owed=owed, **offered)


def _read(order_id: UUID) -> Order:
    """One's own, or that of the person in whose name one acts; the page speaks as its market does."""
    found: Order = asking.ask(ReadOrder(order_id=order_id, **acting.in_whose_name()))
    address(found.market_id)
    return found


def sale_of(order: Order) -> SaleSheet | None:
    """When and where it is handed over; an order is readable without."""
    with suppress(NotFound, Unavailable):
        return reception().sheets.of(str(order.distribution_id)).model
    return None


def _amend(order: Order, basket: Basket) -> Response | None:
    """Ask for the change, and on to the order; nothing when the basket is to be shown again."""
    wishes = basket.wishes()
    version = request.form.get("version", "")
    changes = [wish for wish in wishes if wish.quantity != basket.standing.get(wish.offer_id)]
    if not basket.faults and _removes_all(basket, wishes):
        return go("cancel_order", order_id=order.order_id)
    if not changes and not basket.faults and version == str(order.version):
        return go("order", order_id=order.order_id)
    about = {"order_id": order.order_id, "version": version, **baskets.by_sheet(), **acting.in_whose_name()}
    changed = basket.send(AmendOrder, changes or wishes, **about)
    return go("order", "changed", order_id=order.order_id) if changed else None


def _removes_all(basket: Basket, wishes: list[Wish]) -> bool:
    removed = {wish.offer_id for wish in wishes if not wish.quantity}
    return removed == set(basket.standing) and len(removed) == len(wishes)


def _as_ordered(order: Order) -> dict[UUID, str]:
    return {line.offer_id: in_number_field(line.quantity, line.unit) for line in order.lines}


def _typed_before(order: Order, sale: SaleSheet) -> dict[UUID, str]:
    """What was typed before signing in, where it was: then a field that is not in it was emptied."""
    if "keep" not in request.args:
        return {}
    return dict.fromkeys((line.offer_id for line in order.lines), "") | baskets.typed_before(sale, request.args["keep"])


def _open_to(order: Order) -> dict[str, Any]:
    """What its page offers; orders decides."""
    sale = sale_of(order)
    is_open = order.state is OrderState.PLACED and sale is not None and sale.state is DistributionState.OPEN
    return {"sale": sale, "may_change": is_open, "may_cancel": may_cancel_freely(order, sale)}
