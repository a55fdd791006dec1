"""The receipt of an order: a block for each seller, for it is each seller's own sale."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from flask import Response

from contracts.catalog import MarketFee
from contracts.money import VatRegime
from contracts.orders import Order, OrderLine, OrderState, ReadOrder, SaleSheet, SellerVat
from contracts.payments import Movement, MovementKind, OrderMoney, SellerMoney
from gateway import asking
from gateway.pages import money
from gateway.pages.languages import address
from gateway.pages.orders import sale_of
from gateway.pages.site import pages, show

SHOWN = (MovementKind.TAKEN, MovementKind.GIVEN_BACK, MovementKind.ADJUSTED)


class Block(NamedTuple):
    """One seller's part of a receipt."""

    money: SellerMoney
    legal_name: str
    """Where it is another than the farm's."""
    regime: VatRegime
    lines: list[OrderLine]
    vat: list[SellerVat]
    movements: list[Movement]
    fee: MarketFee | None
    """Where the seller is the market itself."""


@pages.get("/orders/<uuid:order_id>/receipt")
def receipt(order_id: UUID) -> Response:
    """What was bought of whom, how much VAT is in it, how it was paid, what remains."""
    found: Order = asking.ask(ReadOrder(order_id=order_id))
    address(found.market_id)
    owed, sale = money.of_order(found), sale_of(found)
    blocks = list(_blocks(found, owed, sale)) if owed and owed.version == found.version else []
    return show("receipt.html", order=found, sale=sale, blocks=blocks)


def _blocks(order: Order, owed: OrderMoney, sale: SaleSheet | None) -> Iterator[Block]:
    bought = [line for line in order.lines if line.quantity and order.state is not OrderState.CANCELLED]
    sold = {line.producer_id: line for line in sale.lines} if sale else {}
    for seller in owed.sellers:
        lines = [line for line in bought if line.producer_id == seller.producer_id]
        about = sold.get(seller.producer_id)
        name = about.legal_name if about and about.legal_name != seller.producer_name else ""
        regime = about.vat_regime if about else VatRegime.NORMAL
        movements = [
            one
            for one in owed.movements
            if one.producer_id == seller.producer_id and one.kind in SHOWN and not one.undone
        ]
        fee = order.fee if seller.producer_id == order.market_id else None
        vat = [one for one in order.vat if one.seller_id == seller.producer_id and bought]
        yield Block(seller, name, regime, lines, vat, movements, fee)
