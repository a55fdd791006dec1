"""A price lowered while a sale is open: first the sheet, for whatever is ordered from now on; then orders in batches.

An order follows to the price that the sheet has when its turn comes: of two lowerings in a row it may hear as one.
"""

from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.catalog import SheetLine
from contracts.errors import NotFound
from contracts.lowering import LoweredPrice, LowerPrice, OrderRepriced
from contracts.messages import Refused
from contracts.orders import DistributionState, Order, OrderLine, OrderState
from services.orders import rules
from services.orders.actions import amending, dropping_out
from services.orders.store import day, purchases, sales
from services.orders.store import lowering as store

BATCH = 100


def lower(tx: Connection, command: LowerPrice, call: Call) -> LoweredPrice | Refused:
    """Sell an offer for less from now on; what was ordered of it follows right after."""
    who = call.asker.person_id
    if not store.sells(tx, command.distribution_id, command.offer_id, who):
        raise NotFound("no-such-offer", "You sell no such offer here.")
    sale = day.hold_alone(tx, command.distribution_id)
    row = offer(tx, sale.id, command.offer_id)
    line = SheetLine.model_validate(row.line)
    if refused := not_now(tx, sale, row, line):
        return refused
    if command.price_cents >= line.price_cents:
        return rules.not_lower(line)
    renewed = dropping_out.renew_sheet(tx, sale.id)
    lowered = line.model_copy(update={"price_cents": command.price_cents})
    sales.replace_line(tx, sale.id, renewed.sheet_version, lowered)
    about = {"distribution_id": sale.id, "offer_id": line.offer_id}
    prices = {"old_price_cents": line.price_cents, "price_cents": lowered.price_cents}
    lowering_id = uuid.uuid7()
    store.enter(tx, {"id": lowering_id, "lowered_by": who} | about | prices)
    subject, key = str(sale.id), f"lower:{lowering_id}"
    timers.schedule(tx, "reprice_orders", key=key, subject=subject, due_at=clock.now(tx), version=1)
    return LoweredPrice(name=line.name, **about, **prices)


def reprice_orders(tx: Connection, timer: Timer) -> None:
    """Let the next orders take a lower price, until all have it."""
    row = store.one(tx, UUID(timer.key.removeprefix("lower:")))
    on_sale = offer(tx, row.distribution_id, row.offer_id)
    line = SheetLine.model_validate(on_sale.line)
    batch = store.next_to_reprice(tx, row.distribution_id, row.offer_id, line.price_cents, BATCH)
    for order in day.lock_orders(tx, row.distribution_id, batch).values():
        _reprice(tx, order, line, on_sale.snapshot_id)
    if len(batch) == BATCH:
        timers.again(tx, timer)
    else:
        store.end(tx, row.id)


def offer(tx: Connection, distribution_id: UUID, offer_id: UUID) -> Row[Any]:
    """An offer of a sale, as it is on sale."""
    row = day.offer_line(tx, distribution_id, offer_id)
    assert row is not None, "a line of a sheet stays"
    return row


def not_now(tx: Connection, sale: Row[Any], row: Row[Any], line: SheetLine) -> Refused | None:
    """Why the price of an offer cannot be changed, if it cannot."""
    if sale.state != DistributionState.OPEN or sale.closes_at <= clock.now(tx):
        return rules.window_closed(sale.closes_at)
    if row.withdrawn:
        return rules.withdrawn()
    return rules.lines_closed([line]) if amending.frozen_lines(tx, sale.id, [line.offer_id]) else None


def _reprice(tx: Connection, order: Order, line: SheetLine, snapshot_id: int) -> None:
    """Write an order at the sheet's price; one that its consumer changed a moment ago has it, or has no such line."""
    dearer = (one for one in order.lines if one.offer_id == line.offer_id and one.price_cents > line.price_cents)
    ordered = next(dearer, None)
    if ordered is None or order.state is not OrderState.PLACED:
        return
    after = write_price(tx, order, ordered, line.price_cents, snapshot_id)
    before = {"old_price_cents": ordered.price_cents, "old_total_cents": order.total_cents}
    say(tx, OrderRepriced(order_id=order.order_id, order=after, offer_id=line.offer_id, **before), seq=after.version)


def write_price(tx: Connection, order: Order, line: OrderLine, price_cents: int, snapshot_id: int) -> Order:
    """Write a line of a locked order at another price, with the snapshot that has it; the order's next version."""
    repriced = rules.repriced(line, price_cents)
    lines = [repriced if one is line else one for one in order.lines]
    figures = {"lines": lines, "total_cents": rules.total(lines, order.fee), "version": order.version + 1}
    after = order.model_copy(update=figures)
    purchases.write_lines(tx, order.order_id, [(repriced, snapshot_id)], [])
    purchases.move_locked(tx, after, order.version)
    return after
