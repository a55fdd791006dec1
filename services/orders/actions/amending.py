"""Changing an order while its lines are open: absolute quantities, whole or not at all."""

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock, keys
from bus.doors import Call
from bus.outbox import say
from contracts.catalog import SheetLine
from contracts.errors import Conflict, NotFound, Unavailable
from contracts.messages import Refused
from contracts.orders import (
    AmendOrder,
    CancelOrder,
    ChooseSlot,
    DistributionState,
    Order,
    OrderCancelled,
    OrderChanged,
    OrderLine,
    OrderState,
    PlaceOrder,
    Wish,
)
from contracts.shifting import LinesGivenUp
from services.orders import rules, sheets
from services.orders.actions import choosing, mediating, owing
from services.orders.sheets import Sheet
from services.orders.store import holding, purchases, sales
from services.orders.store import raising as prices


def amend(tx: Connection, command: AmendOrder, call: Call) -> Order | Refused:
    """Set the named lines of the asker's order to absolute quantities."""
    hand = mediating.hand(tx, command.on_behalf_of, call, command.order_id)
    order = own(tx, command.order_id, hand.consumer_id)
    if sales.hold_open(tx, order.distribution_id) is None:
        return closed(tx, order)
    order = as_seen(tx, order.order_id, command.version, hand.consumer_id)
    if refused := risen(tx, order.distribution_id, command):
        return refused
    return hand.keep(tx, _change(tx, hand.sign(order, order.version + 1), command.lines))


def choose_slot(tx: Connection, command: ChooseSlot, call: Call) -> Order | Refused:
    """Give the asker's order another slot of the hand-over, or none; the one that it has changes nothing."""
    hand = mediating.hand(tx, command.on_behalf_of, call, command.order_id)
    order = own(tx, command.order_id, hand.consumer_id)
    if sales.hold_open(tx, order.distribution_id) is None:
        return closed(tx, order)
    order = as_seen(tx, order.order_id, command.version, hand.consumer_id)
    if command.slot == (order.slot and order.slot.starts_at):
        return order
    slot = choosing.take(tx, order.distribution_id, order.order_id, command.slot)
    if isinstance(slot, Refused):
        return slot
    signed = hand.sign(order, order.version + 1)
    changed = signed.model_copy(update={"slot": slot, "version": order.version + 1})
    _move(tx, changed, order.version)
    say(tx, OrderChanged(order_id=order.order_id, order=changed), seq=changed.version)
    return hand.keep(tx, changed)


def cancel(tx: Connection, command: CancelOrder, call: Call) -> Order | Refused:
    """Cancel the asker's order; what the producers have not closed goes back on sale."""
    hand = mediating.hand(tx, command.on_behalf_of, call, command.order_id)
    order = own(tx, command.order_id, hand.consumer_id)
    free = sales.hold_free(tx, order.distribution_id)
    if free is None and sales.hold_open(tx, order.distribution_id) is None:
        return closed(tx, order)
    order = as_seen(tx, order.order_id, command.version, hand.consumer_id)
    if free is not None:
        return hand.keep(tx, _cancel_freely(tx, free, hand.sign(order, order.version + 1)))
    nothing = [Wish(offer_id=line.offer_id, quantity=0) for line in order.lines]
    return hand.keep(tx, _change(tx, hand.sign(order, order.version + 1), nothing))


def add(tx: Connection, command: PlaceOrder, call: Call) -> Order | Refused | bytes:
    """Add to the order that stands for this recipient; its key is claimed here, in its own transaction."""
    door, key = call.command.door, call.key or ""
    call.admit(tx)
    hand = mediating.hand(tx, command.on_behalf_of, call)
    if kept := keys.claim(tx, call.scope, door, key, call.question):
        return kept.encode()
    if sales.hold_open(tx, command.distribution_id) is None:
        return rules.window_closed(sheets.read(tx, command.distribution_id).sale.closes_at)
    order_id = purchases.standing_order_id(tx, command.distribution_id, hand.consumer_id, command.recipient)
    order = purchases.own_order_locked(tx, order_id, hand.consumer_id) if order_id else None
    if order is None or order.state is not OrderState.PLACED:
        raise Unavailable("busy", "This order was just cancelled; ask again with the same key.")
    if refused := risen(tx, order.distribution_id, command):
        return refused
    slot = choosing.take(tx, order.distribution_id, order.order_id, command.slot) if command.slot else order.slot
    if isinstance(slot, Refused):
        return slot
    standing = {line.offer_id: line.quantity for line in order.lines}
    signed = hand.sign(order, order.version + 1).model_copy(update={"slot": slot})
    changed = _change(tx, signed, rules.merged(standing, command.lines))
    outcome = hand.keep(tx, changed)
    if isinstance(outcome, Order):
        keys.keep(tx, call.scope, door, key, outcome.model_dump_json())
        hand.note(tx, command, outcome)
    return outcome


def take_back(tx: Connection, order: Order) -> None:
    """Remove every line of a locked order that is still open, for somebody who is gone; its sale is held open."""
    offers = [line.offer_id for line in order.lines]
    standing = _frozen(tx, sheets.read(tx, order.distribution_id), dict.fromkeys(offers, 0))
    wishes = [Wish(offer_id=offer, quantity=0) for offer in offers if offer not in standing]
    if wishes and isinstance(refused := _change(tx, order, wishes), Refused):
        raise AssertionError(f"order {order.order_id} would not shrink: {refused.code}")


def frozen_lines(tx: Connection, distribution_id: UUID, offers: Iterable[UUID]) -> list[UUID]:
    """Those of `offers` whose line is closed at this instant."""
    sale = sales.distribution(tx, distribution_id)
    now = clock.now(tx)
    closed = set(sale.closed_producers) if sale else set()
    rows = {row.offer_id: row for row in sales.lines(tx, distribution_id)}
    return [
        offer
        for offer in offers
        if offer in rows and (rows[offer].producer_id in closed or rows[offer].closes_at <= now)
    ]


def risen(tx: Connection, distribution_id: UUID, command: PlaceOrder | AmendOrder) -> Refused | None:
    """The refusal of what was wished by a sheet on which some of it cost less."""
    if command.sheet_version is None:
        return None
    wished = [wish.offer_id for wish in command.lines if wish.quantity]
    lines = [SheetLine.model_validate(one) for one in prices.risen(tx, distribution_id, command.sheet_version, wished)]
    return rules.price_raised(lines) if lines else None


def stock_changes(sheet: Sheet, changes: dict[UUID, int]) -> dict[int, int]:
    """By how much each stock shrinks or grows when these offers do."""
    by_stock: dict[int, int] = {}
    for offer, change in changes.items():
        stock_id = sheet.stocks.get(offer)
        if stock_id is not None:
            by_stock[stock_id] = by_stock.get(stock_id, 0) + change
    return by_stock


def own(tx: Connection, order_id: UUID, consumer_id: UUID) -> Order:
    """The consumer's order."""
    order = purchases.own_order(tx, order_id, consumer_id)
    if order is None:
        raise NotFound("no-such-order", "There is no such order of yours.")
    return order


def as_seen(tx: Connection, order_id: UUID, version: int, consumer_id: UUID) -> Order:
    """The order, locked, at the version the asker saw; else a Conflict that carries it as it is."""
    order = purchases.own_order_locked(tx, order_id, consumer_id)
    if order is None:
        raise NotFound("no-such-order", "There is no such order of yours.")
    if order.version != version or order.state is not OrderState.PLACED:
        details = {"order": order.model_dump(mode="json")}
        raise Conflict("order-changed", "This order changed while you were looking at it.", details)
    return order


def closed(tx: Connection, order: Order) -> Refused:
    """The refusal of a change that comes after the close."""
    return rules.window_closed(sheets.read(tx, order.distribution_id).sale.closes_at)


def _change(tx: Connection, order: Order, wishes: list[Wish]) -> Order | Refused:
    """Lines, stock, total and news of a change to a locked order of a sale that is held open."""
    sheet = sheets.read(tx, order.distribution_id)
    changes = _changes(order, wishes)
    names = sheet.lines | sheet.withdrawn
    quantities = {wish.offer_id: wish.quantity for wish in wishes if wish.offer_id in changes}
    if frozen := _frozen(tx, sheet, quantities):
        return rules.lines_closed([names[offer] for offer in changes if offer in frozen])
    if expired := _expired_lines(tx, sheet, changes):
        return rules.mark_expired(expired)
    wished = {offer for offer, quantity in quantities.items() if quantity}
    if asked := [line for line in order.lines if line.asked_cents is not None and line.offer_id in wished]:
        return rules.price_asked(asked)
    rules.check_wishes([w for w in wishes if w.offer_id in changes], names, zero_allowed=True)
    if order.slot and not any(({line.offer_id: line.quantity for line in order.lines} | quantities).values()):
        order = choosing.give_back(tx, order)  # slots are locked before stock
    if not sales.take(tx, stock_changes(sheet, changes)):
        left = sales.left(tx, order.distribution_id)
        return rules.sold_out({o: n for o in changes if (n := left.get(o)) is not None}, sheet.lines)
    return _write(tx, order, sheet, quantities)


def _frozen(tx: Connection, sheet: Sheet, quantities: dict[UUID, int]) -> set[UUID]:
    """Those of the offers that are not set to these quantities any more: their line is closed, or withdrawn.

    Who ordered what was withdrawn, and was kept, may still drop it; what is taken away leaves by its batch.
    """
    distribution_id = sheet.sale.distribution_id
    frozen = set(frozen_lines(tx, distribution_id, quantities))
    if withdrawn := quantities.keys() & sheet.withdrawn:
        gone = holding.taken_away(tx, distribution_id)
        frozen |= {offer for offer in withdrawn if quantities[offer] or offer in gone}
    return frozen


def _expired_lines(tx: Connection, sheet: Sheet, changes: dict[UUID, int]) -> list[SheetLine]:
    """Those of the lines that grow which the market's quality policy lets nobody order any more."""
    growing = [sheet.lines[offer] for offer, change in changes.items() if change > 0 and offer in sheet.lines]
    dated = [line for line in growing if line.qualifies_until is not None]
    return rules.without_mark(dated, clock.now(tx)) if dated else []


def _changes(order: Order, wishes: list[Wish]) -> dict[UUID, int]:
    """By how much each wished line grows or shrinks; untouched lines are left out."""
    standing = {line.offer_id: line.quantity for line in order.lines}
    changes = {wish.offer_id: wish.quantity - standing.get(wish.offer_id, 0) for wish in wishes}
    return {offer: change for offer, change in changes.items() if change}


def _write(tx: Connection, order: Order, sheet: Sheet, quantities: dict[UUID, int]) -> Order:
    written = [rules.order_line(sheet.lines[offer], n) for offer, n in quantities.items() if n]
    kept = [line for line in order.lines if line.offer_id not in quantities]
    lines = kept + written
    if not any(line.quantity for line in lines):
        return _cancel(tx, order)
    figures = {"lines": lines, "total_cents": rules.total(lines, order.fee)}
    changed = order.model_copy(update=figures | {"version": order.version + 1})
    gone = [offer for offer, quantity in quantities.items() if not quantity]
    purchases.write_lines(tx, order.order_id, [(line, sheet.snapshots[line.offer_id]) for line in written], gone)
    _move(tx, changed, order.version)
    say(tx, OrderChanged(order_id=order.order_id, order=changed), seq=changed.version)
    return changed


def _cancel(tx: Connection, order: Order) -> Order:
    """An order that lost its last line is cancelled; its lines stay as they were, for the record."""
    cancelled = order.model_copy(update={"version": order.version + 1, "state": OrderState.CANCELLED})
    _move(tx, cancelled, order.version)
    say(tx, OrderCancelled(order_id=order.order_id, order=cancelled), seq=cancelled.version)
    return cancelled


def _cancel_freely(tx: Connection, sale: Row[Any], order: Order) -> Order:
    """Cancel an order of a sale that was shifted; what has closed is not back on sale, and its farms hear of it."""
    standing = {line.offer_id: line.quantity for line in order.lines}
    is_open = sale.state == DistributionState.OPEN
    frozen = set(frozen_lines(tx, sale.id, standing)) if is_open else set(standing)
    back = {offer: -quantity for offer, quantity in standing.items() if offer not in frozen}
    if is_open and order.slot:
        order = choosing.give_back(tx, order)
    sales.take(tx, stock_changes(sheets.read(tx, sale.id), back))
    cancelled = _cancel(tx, order)
    owing.tell(tx, cancelled)
    for line_group in _by_farm(line for line in order.lines if line.offer_id in frozen and line.quantity):
        _say_given_up(tx, sale, cancelled, line_group)
    return cancelled


def _by_farm(lines: Iterable[OrderLine]) -> list[list[OrderLine]]:
    farms: dict[UUID, list[OrderLine]] = {}
    for line in lines:
        farms.setdefault(line.producer_id, []).append(line)
    return list(farms.values())


def _say_given_up(tx: Connection, sale: Row[Any], order: Order, lines: list[OrderLine]) -> None:
    farm = {name: getattr(lines[0], name) for name in ("producer_id", "producer_name")}
    about = {name: getattr(sale, name) for name in ("market_name", "time_zone", "starts_at")}
    of = order.model_dump(include={"order_id", "number", "code", "distribution_id"})
    given_up_id = uuid5(NAMESPACE_URL, f"halle:given-up:{order.order_id}:{lines[0].producer_id}")
    say(tx, LinesGivenUp(given_up_id=given_up_id, lines=lines, **of, **farm, **about), seq=1)


def _move(tx: Connection, order: Order, seen: int) -> None:
    if not purchases.move(tx, order, seen):
        raise Conflict("order-changed", "This order changed while you were looking at it.")
