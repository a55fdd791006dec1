"""The day: what a farm really brought, who goes short when less came, who fetched what.

Settling is absolute and line by line; an order's amount follows, its number stays, and nothing is back on sale.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock
from bus.doors import Call
from bus.outbox import say
from contracts.catalog import SheetLine
from contracts.day import (
    FarmRow,
    OrderShortened,
    PreviewSharing,
    ReadFarmLines,
    SetHandover,
    SettleLines,
    Share,
    ShareShortage,
    Sharing,
    ShortReason,
    TelephoneRow,
)
from contracts.errors import Conflict, NotFound, malformed_field
from contracts.lists import HandoverRow
from contracts.messages import Refused
from contracts.orders import Order, OrderLine, OrderState
from services.orders import rules
from services.orders.actions import owing
from services.orders.store import day, holding, lists, purchases, sales


class Why(NamedTuple):
    """Why goods do not come, as consumers are told."""

    reason: ShortReason
    note: str = ""


SHORTAGE = Why(ShortReason.SHORTAGE)
BASKETS = 100
"""Of so many the lines are read at once: less than 10 ms of the processor, after which others have their turn."""


def farm_lines(tx: Connection, command: ReadFarmLines, call: Call) -> list[FarmRow]:
    """What each order has of a farm."""
    if day.sale_of_farm(tx, command.distribution_id, command.producer_id, call.asker.person_id) is None:
        _no_such_sale()
    return _farm_rows(tx, command.distribution_id, command.producer_id)


def settle_lines(tx: Connection, command: SettleLines, call: Call) -> list[FarmRow] | Refused:
    """Write what came of some lines of a farm; the orders concerned follow, all or none."""
    if day.sale_of_farm(tx, command.distribution_id, command.producer_id, call.asker.person_id) is None:
        _no_such_sale()
    if refused := not_now(tx, command.distribution_id, command.producer_id, {one.offer_id for one in command.lines}):
        return refused
    orders = day.lock_orders(tx, command.distribution_id, {one.order_id for one in command.lines})
    by_order = _checked(command, orders)
    if any(orders[o].state is OrderState.CANCELLED and not rules.is_emptied(orders[o]) for o in by_order):
        return rules.cancelled()
    filled = (orders[o] for o, lines in by_order.items() if any(line.quantity for line in lines.values()))
    if refused := _another_stands(tx, (one for one in filled if one.state is OrderState.CANCELLED)):
        return refused
    for order_id, lines in by_order.items():
        settle(tx, orders[order_id], lines, SHORTAGE)
    return _farm_rows(tx, command.distribution_id, command.producer_id)


def preview_sharing(tx: Connection, command: PreviewSharing, call: Call) -> Sharing:
    """Who would get what."""
    sheet_line = _offer(tx, command, call)
    orders = purchases.of_ids(tx, day.ordered_of(tx, command.distribution_id, command.offer_id))
    return _sharing(command, sheet_line, orders, _people(tx, orders))


def share_shortage(tx: Connection, command: ShareShortage, call: Call) -> Sharing | Refused:
    """Give what came to those who ordered it, by the rule; the others go short and are told."""
    sheet_line = _offer(tx, command, call)
    if refused := not_now(tx, command.distribution_id, sheet_line.producer_id, {command.offer_id}):
        return refused
    wanted = day.ordered_of(tx, command.distribution_id, command.offer_id)
    locked = day.lock_orders(tx, command.distribution_id, wanted)
    orders = [locked[order_id] for order_id in wanted]
    sharing = _sharing(command, sheet_line, orders, _people(tx, orders))
    if sharing.ordered != command.ordered:
        raise Conflict("figures-moved", "These orders changed while you were looking.", {"ordered": sharing.ordered})
    for order, share in zip(orders, sharing.shares, strict=True):
        line = _line(order, command.offer_id)
        short = line.ordered - share.gets
        if short != line.short:
            settle(tx, order, {line.offer_id: rules.settled(line, short, None)}, SHORTAGE)
    return sharing


def set_handover(tx: Connection, command: SetHandover, call: Call) -> Order | Refused:
    """Write that an order was handed over or that nobody came, or take that back."""
    person_id = call.asker.person_id
    distribution_id = day.order_to_hand_over(tx, command.order_id, person_id)
    if distribution_id is None:
        _no_such_order()
    if refused := _not_active(tx, distribution_id):
        return refused
    order = day.lock_orders(tx, distribution_id, [command.order_id])[command.order_id]
    if order.version != command.version:
        details = {"order": order.model_dump(mode="json")}
        raise Conflict("order-changed", "This order changed while you were looking at it.", details)
    if order.state is OrderState.CANCELLED:
        return rules.cancelled()
    if command.state is OrderState.PLACED and (refused := _another_stands(tx, [order])):
        return refused
    handed_at = clock.now(tx) if command.state is OrderState.HANDED_OVER else None
    to = command.to if handed_at else ""
    told = {"state": command.state, "handed_at": handed_at, "handed_to": to, "version": order.version + 1}
    moved = order.model_copy(update=told)
    purchases.move_locked(tx, moved, order.version)
    day.write_handover(tx, moved, person_id)
    owing.tell(tx, moved)
    return moved


def handover_list(tx: Connection, distribution_id: UUID, person_id: UUID) -> Iterator[HandoverRow]:
    """Every order of a sale that is to be handed over, or was; thousands are made as they are taken."""
    if day.sale_for(tx, distribution_id, person_id) is None:
        raise NotFound("no-such-list", "There is no such list for you.")
    return _baskets(tx, lists.handover_rows(tx, distribution_id))


def handover(tx: Connection, order_id: UUID, person_id: UUID) -> HandoverRow:
    """One order of it."""
    if day.order_to_hand_over(tx, order_id, person_id) is None:
        _no_such_order()
    return next(_baskets(tx, [lists.handover_row(tx, order_id)]))


def _baskets(tx: Connection, rows: list[Row[Any]]) -> Iterator[HandoverRow]:
    for start in range(0, len(rows), BASKETS):
        some = rows[start : start + BASKETS]
        lines = purchases.lines_of(tx, [row.order_id for row in some])
        for row in some:
            yield HandoverRow(**row._mapping, lines=lines[row.order_id])


def telephone_list(tx: Connection, distribution_id: UUID, person_id: UUID) -> list[TelephoneRow]:
    """Whom to call about what is short, shifted, called off, or costs more."""
    if day.sale_for(tx, distribution_id, person_id) is None:
        raise NotFound("no-such-list", "There is no such list for you.")
    called = day.to_be_called(tx, distribution_id)
    orders = purchases.of_ids(tx, list(called))
    people = day.known_people(tx, {order.consumer_id for order in orders})
    rows = []
    for order in orders:
        person = people.get(order.consumer_id)
        known = {"name": person.name if person else "", "phone": person.phone if person else None}
        fields = {name: getattr(order, name) for name in TelephoneRow.model_fields if name in Order.model_fields}
        fields["short"] = [line for line in order.lines if line.short]
        fields["asked"] = [line for line in order.lines if line.asked_cents is not None]
        rows.append(TelephoneRow(**fields, **known, shifted=called[order.order_id]))
    return rows


def settle(tx: Connection, order: Order, lines: Mapping[UUID, OrderLine], why: Why) -> Order:
    """Write the settled `lines` of a locked order, its total and state; say so where what is short changes.

    An order that stands as told keeps its version: the same said twice is said once.
    """
    changed = {o: line for o, line in lines.items() if line != _line(order, o)}
    if not changed:
        return order
    after = [changed.get(line.offer_id, line) for line in order.lines]
    figures = {"lines": after, "total_cents": rules.total(after, order.fee), "version": order.version + 1}
    settled = order.model_copy(update=figures | {"state": rules.state_when_settled(order, after)})
    for line in changed.values():
        day.write_line(tx, order.order_id, line)
    purchases.move_locked(tx, settled, order.version)
    if any(line.short != _line(order, o).short for o, line in changed.items()):
        farm = next(iter(changed.values())).producer_name
        about = {"order_id": order.order_id, "order": settled, "producer_name": farm}
        say(tx, OrderShortened(**about, because=why.reason, note=why.note), seq=settled.version)
    owing.tell(tx, settled)
    return settled


def not_now(tx: Connection, distribution_id: UUID, producer_id: UUID, offers: set[UUID]) -> Refused | None:
    """Why nothing can be said of these offers of a farm; else its sale is held as it is."""
    if refused := _not_active(tx, distribution_id):
        return refused
    if day.drop_out(tx, distribution_id, producer_id):
        return rules.dropped_out()
    return rules.withdrawn() if offers & holding.withdrawn(tx, distribution_id) else None


def _checked(command: SettleLines, orders: Mapping[UUID, Order]) -> dict[UUID, dict[UUID, OrderLine]]:
    """The lines as they will stand, by order; Malformed names the first that cannot be."""
    found: dict[UUID, dict[UUID, OrderLine]] = defaultdict(dict)
    for index, said in enumerate(command.lines):
        order = orders.get(said.order_id)
        lines = {line.offer_id: line for line in order.lines} if order else {}
        line = lines.get(said.offer_id)
        if line is None or line.producer_id != command.producer_id:
            raise malformed_field(f"lines.{index}.offer_id", "This order has no such line of this farm.", "unknown")
        if said.short > line.ordered:
            raise malformed_field(f"lines.{index}.short", "More is short than was ordered.", "too-much")
        if said.offer_id in found[said.order_id]:
            raise malformed_field(f"lines.{index}.offer_id", "Name each line once.", "named-twice")
        found[said.order_id][said.offer_id] = rules.settled(line, said.short, said.grams)
    return found


def _another_stands(tx: Connection, orders: Iterable[Order]) -> Refused | None:
    """Why orders cannot stand again: somebody has another by now, or would have two. A late order is written alone."""
    again: dict[tuple[UUID, str], UUID] = {}
    for order in sorted(orders, key=lambda order: order.consumer_id):
        purchases.take_turn(tx, order)
        standing = purchases.standing_order_id(tx, order.distribution_id, order.consumer_id, order.recipient)
        standing = again.setdefault((order.consumer_id, order.recipient), standing or order.order_id)
        if standing != order.order_id:
            return rules.order_stands(purchases.of_ids(tx, [standing])[0])
    return None


def _not_active(tx: Connection, distribution_id: UUID) -> Refused | None:
    """Why nothing of a sale can be said now; else it is held as it is."""
    if day.hold(tx, distribution_id, day.ACTIVE):
        return None
    return rules.not_active(sales.known(tx, distribution_id).state)


def _offer(tx: Connection, command: PreviewSharing | ShareShortage, call: Call) -> SheetLine:
    row = day.offer_line(tx, command.distribution_id, command.offer_id)
    if row is None or day.sale_of_farm(tx, command.distribution_id, row.producer_id, call.asker.person_id) is None:
        raise NotFound("no-such-offer", "There is no such offer for you.")
    return SheetLine.model_validate(row.line)


def _sharing(
    command: PreviewSharing | ShareShortage, sheet_line: SheetLine, orders: list[Order], names: Mapping[UUID, str]
) -> Sharing:
    ordered = [_line(order, command.offer_id).ordered for order in orders]
    rule = command.rule or sheet_line.share_rule
    gets = rules.shares(rule, command.came, ordered, sheet_line.step)
    rows = [
        Share(
            order_id=order.order_id,
            number=order.number,
            code=order.code,
            name=order.recipient or names.get(order.consumer_id, ""),
            ordered=wanted,
            gets=got,
        )
        for order, wanted, got in zip(orders, ordered, gets, strict=True)
    ]
    what = sheet_line.model_dump(include={"offer_id", "name", "unit"})
    return Sharing(**what, rule=rule, ordered=sum(ordered), came=command.came, shares=rows)


def _people(tx: Connection, orders: Iterable[Order]) -> dict[UUID, str]:
    known = day.known_people(tx, {order.consumer_id for order in orders})
    return {person_id: row.name for person_id, row in known.items()}


def _line(order: Order, offer_id: UUID) -> OrderLine:
    return next(line for line in order.lines if line.offer_id == offer_id)


def _farm_rows(tx: Connection, distribution_id: UUID, producer_id: UUID) -> list[FarmRow]:
    return [FarmRow.model_validate(dict(row._mapping)) for row in day.farm_rows(tx, distribution_id, producer_id)]


def _no_such_sale() -> NoReturn:
    raise NotFound("no-such-sale", "This farm is in no such sale of yours.")


def _no_such_order() -> NoReturn:
    raise NotFound("no-such-order", "You hand over no such order.")
