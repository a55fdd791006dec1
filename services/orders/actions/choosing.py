"""Slots of a hand-over: made when a sale opens, taken for an order that is placed or changed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from contracts.catalog import SaleSheetPublished
from contracts.errors import malformed_field
from contracts.messages import Refused
from contracts.orders import Order, OrderState
from contracts.slots import Slot, SlotLeft
from services.orders import rules
from services.orders.store import choosing as store


def enter(tx: Connection, sheet: SaleSheetPublished) -> None:
    """Make the slots of a sale that opens."""
    if sheet.slots is None:
        return
    spans = rules.slots(sheet.slots, sheet.starts_at, sheet.ends_at)
    about = {"distribution_id": sheet.distribution_id, "left_": sheet.slots.capacity}
    store.insert_slots(tx, [{"starts_at": start, "ends_at": end, **about} for start, end in spans])


def of_sale(tx: Connection, distribution_id: UUID) -> list[SlotLeft]:
    """The slots of a sale, with what is left of each."""
    return [SlotLeft(**row._mapping) for row in store.of_sale(tx, distribution_id)]


def take(tx: Connection, distribution_id: UUID, order_id: UUID, starts_at: datetime | None) -> Slot | Refused | None:
    """Take a slot, or none, for an order that nobody else can change meanwhile, and give its former one back."""
    wanted = next((one for one in of_sale(tx, distribution_id) if one.starts_at == starts_at), None)
    if starts_at and wanted is None:
        raise malformed_field("slot", "The hand-over has no slot that starts then.", "unknown")
    if not store.choose(tx, distribution_id, order_id, starts_at):
        return rules.slot_full(of_sale(tx, distribution_id))
    return Slot(**wanted.model_dump(include=set(Slot.model_fields))) if wanted else None


def give_back(tx: Connection, order: Order) -> Order:
    """Free the slot of an order that is cancelled while others may still take it; the order without."""
    store.give_back(tx, order.distribution_id, [order.order_id])
    return order.model_copy(update={"slot": None})


def give_back_of_cancelled(tx: Connection, distribution_id: UUID, orders: Iterable[Order]) -> None:
    """Free the slots of those of some locked orders that lost their last line; the sale is held open."""
    gone = [order.order_id for order in orders if order.slot and order.state is OrderState.CANCELLED]
    if gone:
        store.give_back(tx, distribution_id, gone)
