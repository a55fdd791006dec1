"""A price raised while a sale is open: new orders pay it at once, those that stand are asked, in batches.

1. The sheet first, in a new version with a new snapshot; orders keep theirs, and with it their price. 2. A timer asks a
batch of those that have less to pay, and wants itself again while there are more. 3. A consumer confirms, or drops the
line. 4. What nobody confirmed is dropped once its line has closed, by the timer that makes the farm's list, before it.
"""

from collections.abc import Collection
from itertools import chain
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.catalog import SheetLine
from contracts.errors import Conflict, Unavailable
from contracts.messages import Refused
from contracts.orders import DistributionState, DroppedLine, Order, OrderChanged, OrderLine, OrderState
from contracts.raising import (
    ConfirmPrice,
    PriceConfirmationAsked,
    PriceRaise,
    RaisePrice,
    ReadPriceRaise,
    UnconfirmedLinesDropped,
)
from services.orders import rules
from services.orders.actions import amending, choosing, dropping_out, lowering, mediating, withdrawing
from services.orders.actions.consequences import FIGURES, need_as_seen
from services.orders.store import day, holding, purchases, sales
from services.orders.store import lowering as lowered
from services.orders.store import raising as store

BATCH = 100


def figures(tx: Connection, command: ReadPriceRaise, call: Call) -> PriceRaise:
    """What raising a price would mean."""
    sale, row = withdrawing.own_offer(tx, command.distribution_id, command.offer_id, call)
    return _shown(tx, sale, SheetLine.model_validate(row.line))


def raise_price(tx: Connection, command: RaisePrice, call: Call) -> PriceRaise | Refused:
    """Ask more for an offer from now on, if that means what the asker saw; who ordered it is asked right after."""
    withdrawing.own_offer(tx, command.distribution_id, command.offer_id, call)
    sale = day.hold_alone(tx, command.distribution_id)
    row = lowering.offer(tx, sale.id, command.offer_id)
    line = SheetLine.model_validate(row.line)
    if refused := lowering.not_now(tx, sale, row, line):
        return refused
    if command.price_cents <= line.price_cents:
        return rules.not_higher(line)
    if lowered.is_under_way(tx, sale.id, line.offer_id):
        raise Unavailable("busy", "A lower price is still being written into the orders; ask again in a moment.")
    need_as_seen(_shown(tx, sale, line), command)
    renewed = dropping_out.renew_sheet(tx, sale.id)
    raised = line.model_copy(update={"price_cents": command.price_cents})
    sales.replace_line(tx, sale.id, renewed.sheet_version, raised)
    _want_questions(tx, line, command, call.asker.person_id)
    return _shown(tx, sale, raised)


def _want_questions(tx: Connection, line: SheetLine, command: RaisePrice, who: UUID) -> None:
    about = {"distribution_id": command.distribution_id, "offer_id": line.offer_id, "reason": command.reason}
    prices = {"old_price_cents": line.price_cents, "price_cents": command.price_cents}
    raise_id = uuid.uuid7()
    store.enter(tx, {"id": raise_id, "raised_by": who} | about | prices)
    subject, key = str(command.distribution_id), f"raise:{raise_id}"
    timers.schedule(tx, "ask_buyers", key=key, subject=subject, due_at=clock.now(tx), version=1)


def ask_buyers(tx: Connection, timer: Timer) -> None:
    """Ask the next orders to confirm a raised price, until all were asked."""
    row = store.one(tx, UUID(timer.key.removeprefix("raise:")))
    is_gone = row.offer_id in holding.taken_away(tx, row.distribution_id)
    batch = [] if is_gone else store.next_to_ask(tx, row, BATCH)
    answer_by = lowering.offer(tx, row.distribution_id, row.offer_id).closes_at
    when = {"answer_by": answer_by, "time_zone": sales.known(tx, row.distribution_id).time_zone}
    for order in day.lock_orders(tx, row.distribution_id, batch).values():
        _ask(tx, order, row, when)
    if len(batch) == BATCH:
        store.asked(tx, row.id, batch[-1])
        timers.again(tx, timer)
    else:
        store.end(tx, row.id)


def _ask(tx: Connection, order: Order, row: Row[Any], when: dict[str, Any]) -> None:
    """Ask an order, as a version of its own: whoever changes it meanwhile has to look again."""
    line = _line(order, row.offer_id)
    if line is None or line.asked_cents is None:
        return  # dropped, or cancelled, while its lock was waited for
    asked = order.model_copy(update={"version": order.version + 1})
    purchases.move_locked(tx, asked, order.version)
    about = {"order_id": order.order_id, "offer_id": row.offer_id, "reason": row.reason}
    say(tx, PriceConfirmationAsked(order=asked, **about, **when), seq=asked.version)


def confirm(tx: Connection, command: ConfirmPrice, call: Call) -> Order | Refused:
    """Write a line at the raised price, to which its consumer agrees."""
    hand = mediating.hand(tx, command.on_behalf_of, call, command.order_id)
    order = amending.own(tx, command.order_id, hand.consumer_id)
    if sales.hold_open(tx, order.distribution_id) is None:
        return amending.closed(tx, order)
    order = amending.as_seen(tx, order.order_id, command.version, hand.consumer_id)
    line = _line(order, command.offer_id)
    if line is None or line.asked_cents != command.price_cents:
        details = {"order": order.model_dump(mode="json")}
        raise Conflict("price-moved", "This price changed while you were looking at it.", details)
    row = lowering.offer(tx, order.distribution_id, command.offer_id)
    if amending.frozen_lines(tx, order.distribution_id, [command.offer_id]):
        return rules.lines_closed([SheetLine.model_validate(row.line)])
    signed = hand.sign(order, order.version + 1)
    confirmed = lowering.write_price(tx, signed, line, command.price_cents, row.snapshot_id)
    say(tx, OrderChanged(order_id=order.order_id, order=confirmed), seq=confirmed.version)
    return hand.keep(tx, confirmed)


def drop_next(tx: Connection, distribution_id: UUID) -> bool:
    """Drop closed lines that nobody confirmed from the next orders, into stock again; whether there may be more."""
    offers = store.closed_offers(tx, distribution_id)
    batch = store.next_to_drop(tx, distribution_id, offers, BATCH) if offers else []
    if not batch:
        return False
    is_open = day.hold(tx, distribution_id, [DistributionState.OPEN])  # a shift would move the slots meanwhile
    stocks = {row.offer_id: row.stock_id for row in sales.lines(tx, distribution_id)}
    orders = day.lock_orders(tx, distribution_id, batch).values()
    gone = {order.order_id: _unconfirmed(order, offers) for order in orders}
    after = [_drop(tx, order, gone[order.order_id]) for order in orders if gone[order.order_id]]
    if is_open:
        choosing.give_back_of_cancelled(tx, distribution_id, after)
    changes: dict[int, int] = {}
    for line in chain.from_iterable(gone.values()):
        if (stock_id := stocks[line.offer_id]) is not None:
            changes[stock_id] = changes.get(stock_id, 0) - line.quantity
    sales.take(tx, changes)
    return True


def _unconfirmed(order: Order, offers: Collection[UUID]) -> list[OrderLine]:
    """The lines that wait for a yes; none of an order that changed otherwise while its lock was waited for."""
    return [one for one in order.lines if one.asked_cents is not None and one.offer_id in offers]


def _drop(tx: Connection, order: Order, gone: list[OrderLine]) -> Order:
    """The order without these lines; one that has nothing else is cancelled, and keeps them for the record."""
    kept = [one for one in order.lines if one not in gone]
    dropped = [*order.dropped, *(_dropped(one) for one in gone)]
    if any(one.quantity for one in kept):
        figures = {"lines": kept, "total_cents": rules.total(kept, order.fee)}
    else:
        figures = {"state": OrderState.CANCELLED}
    after = order.model_copy(update={"version": order.version + 1, "dropped": dropped} | figures)
    store.note_dropped(tx, order.order_id, [one.offer_id for one in gone])
    if after.state is OrderState.PLACED:
        purchases.write_lines(tx, order.order_id, [], [one.offer_id for one in gone])
    purchases.move_locked(tx, after, order.version)
    say(tx, UnconfirmedLinesDropped(order_id=order.order_id, order=after), seq=after.version)
    return after


def _dropped(line: OrderLine) -> DroppedLine:
    return DroppedLine.model_validate(line.model_dump() | {"price_cents": line.asked_cents})


def _line(order: Order, offer_id: UUID) -> OrderLine | None:
    return next((one for one in order.lines if one.offer_id == offer_id), None)


def _shown(tx: Connection, sale: Row[Any], line: SheetLine) -> PriceRaise:
    now = holding.figures(tx, sale.id, [line.offer_id])
    about = {name: getattr(line, name) for name in PriceRaise.model_fields if name in SheetLine.model_fields}
    sold = {name: now[name] for name in FIGURES} | {"waiting": store.waiting(tx, sale.id, line.offer_id)}
    return PriceRaise(distribution_id=sale.id, currency=sale.currency, **about, **sold)
