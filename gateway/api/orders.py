"""Orders: placed, amended, cancelled, read; what is on sale and how much is left of it."""

from uuid import UUID

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from contracts.lowering import LowerPrice
from contracts.orders import (
    AmendOrder,
    CancelOrder,
    ChangeStock,
    ChooseSlot,
    Left,
    MyOrders,
    PlaceOrder,
    ReadAvailability,
    ReadOrder,
    ReadSaleSheet,
    SaleSheet,
)
from contracts.raising import ConfirmPrice
from contracts.slots import ReadSlots
from gateway import asking, front
from gateway.api import door
from gateway.api.door import Route
from gateway.reception import reception

LARGEST = 64 * 1024
"""Bytes of an order: 200 lines fit five times."""


class SheetOnSale(SaleSheet):
    """A sale sheet with what is left of each offer; nothing there means unlimited."""

    left: list[Left]


SHEET = Route("GET", "/distributions/<uuid:distribution_id>/sheet", ReadSaleSheet, answers=SheetOnSale)
PLACE = Route("POST", "/orders", PlaceOrder, 201)


def read_sale_sheet(distribution_id: UUID) -> Response:
    """The sheet with its ETag; usually `front` has answered from memory before."""
    shown = reception().sheets.of(str(distribution_id))
    status, headers, body = front.of_sheet(shown, request.environ)
    return Response(body, status, [*headers, *front.SHEET_CACHING])


def place_order() -> Response:
    """Pass an order on as it came: its door looks at every field, the answer is not read here."""
    door.admit(PlaceOrder)
    key = asking.required_key()
    request.max_content_length = LARGEST
    if request.mimetype != door.JSON:
        raise UnsupportedMediaType("Send a body of type application/json.")
    answered = asking.put(PlaceOrder.door, request.get_data(cache=False), key)
    return door.reply(answered, PLACE)


part = door.part("orders", "What is on sale, and the orders of the person who is signed in.")
door.add_by(part, SHEET, read_sale_sheet)
door.add_by(part, PLACE, place_order)
door.add(
    part,
    Route("GET", "/orders", MyOrders, cursor="before", cursor_id="order_id"),
    Route("GET", "/orders/<uuid:order_id>", ReadOrder),
    Route("PATCH", "/orders/<uuid:order_id>", AmendOrder),
    Route("DELETE", "/orders/<uuid:order_id>", CancelOrder),
    Route("PUT", "/orders/<uuid:order_id>/slot", ChooseSlot),
    Route("GET", "/distributions/<uuid:distribution_id>/slots", ReadSlots),
    Route("POST", "/orders/<uuid:order_id>/offers/<uuid:offer_id>/confirmation", ConfirmPrice),
    Route("GET", "/distributions/<uuid:distribution_id>/availability", ReadAvailability),
    Route("PUT", "/distributions/<uuid:distribution_id>/offers/<uuid:offer_id>/stock", ChangeStock),
    Route("PUT", "/distributions/<uuid:distribution_id>/offers/<uuid:offer_id>/price", LowerPrice),
)
