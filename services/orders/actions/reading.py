"""What people look at: sheets, availability, orders, lists. Each takes the person who asks."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock, households
from contracts.errors import NotFound
from contracts.lists import PreparationList
from contracts.messages import Refused
from contracts.orders import Availability, ChangeStock, Left, MyOrders, Order, SaleSheet
from services.orders import sheets
from services.orders.actions import lots, mediating, windows
from services.orders.rules import shifts
from services.orders.store import lists, purchases, sales, shifting


def sale_sheet(tx: Connection, distribution_id: UUID) -> SaleSheet:
    """The sheet without the marks that have expired by now."""
    return sheets.read(tx, distribution_id).sale.shown_at(clock.now(tx))


def availability(tx: Connection, distribution_id: UUID) -> Availability:
    left = sales.left(tx, distribution_id)
    return Availability(
        distribution_id=distribution_id,
        left=[Left(offer_id=offer, left=number) for offer, number in left.items()],
    )


def order(tx: Connection, order_id: UUID, person_id: UUID, on_behalf_of: UUID | None = None) -> Order:
    """An order that the asker may read; of somebody on whose behalf he asks their own, and no other."""
    if on_behalf_of is None:
        found = purchases.order_for(tx, order_id, person_id)
    else:
        consumer_id = mediating.consumer(tx, on_behalf_of, person_id)
        found = purchases.own_order(tx, order_id, consumer_id)
    if found is None:
        raise NotFound("no-such-order", "There is no such order of yours.")
    return found


def my_orders(tx: Connection, command: MyOrders, person_id: UUID) -> list[Order]:
    """The asker's, with those of the household; or of one consumer on whose behalf he asks."""
    asked = command.on_behalf_of
    whose = [mediating.consumer(tx, asked, person_id)] if asked else households.consumers(tx, person_id)
    return purchases.orders_of(tx, whose, command.distribution_id, command.before, command.limit)


def preparation_list(tx: Connection, distribution_id: UUID, producer_id: UUID, person_id: UUID) -> PreparationList:
    """The list as it was made at the close, or before it as it stands; with the lots that are noted by now.

    After a shift the hour is the new one, and orders that were cancelled freely have left it.
    """
    if not lists.may_read_list(tx, distribution_id, producer_id, person_id):
        raise NotFound("no-such-list", "There is no such list for you.")
    sale = sales.known(tx, distribution_id)
    if kept := lists.list_for(tx, distribution_id, producer_id):
        made = PreparationList.model_validate_json(kept)
        return lots.with_lots(tx, _after_shifts(tx, sale, made) if sale.shift_number else made)
    return lots.with_lots(tx, windows.preparation_lists(tx, sale, everybody=True, only=producer_id)[0])


def _after_shifts(tx: Connection, sale: Row[Any], made: PreparationList) -> PreparationList:
    gone = purchases.of_ids(tx, shifting.cancelled(tx, sale.id))
    return shifts.without(made.model_copy(update={"starts_at": sale.starts_at}), gone)


def change_stock(tx: Connection, command: ChangeStock, person_id: UUID, key: str) -> Left | Refused:
    """Set what is left to sell; sold quantities are not touched."""
    stock = sales.stock_for_seller(tx, command.distribution_id, command.offer_id, person_id)
    if stock is None:
        raise NotFound("no-such-offer", "You sell no such offer here, or its stock is unlimited.")
    sales.set_stock(tx, stock, command.left, f"changed:{person_id}:{key}", person_id)
    return Left(offer_id=command.offer_id, left=command.left)
