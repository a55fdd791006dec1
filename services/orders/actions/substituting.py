"""One product in place of another that is short, as agreed on the spot: a shortage and a late line in one change."""

from sqlalchemy import Connection

from bus.doors import Call
from contracts.day import FarmRow
from contracts.errors import NotFound, malformed_field
from contracts.late import Substitute
from contracts.messages import Refused
from contracts.orders import Order, OrderLine, OrderState
from services.orders import rules, sheets
from services.orders.actions import late
from services.orders.actions.day import not_now
from services.orders.sheets import Sheet
from services.orders.store import day
from services.orders.store import late as store


def substitute(tx: Connection, command: Substitute, call: Call) -> FarmRow | Refused:
    """Make a line short and add what is given for it; the order moves once, and its consumer hears of it once."""
    who = call.asker.person_id
    distribution_id = store.order_to_add_to(tx, command.order_id, command.producer_id, who)
    if distribution_id is None:
        raise NotFound("no-such-order", "You add nothing of this farm to such an order.")
    agreed = late.whose_yes(tx, command.addition, who)
    if refused := not_now(tx, distribution_id, command.producer_id, {command.offer_id}):
        return refused
    order = day.lock_orders(tx, distribution_id, [command.order_id])[command.order_id]
    line = _line(order, command)
    if day.sale_of_farm(tx, distribution_id, line.producer_id, who) is None:
        raise NotFound("no-such-order", "You settle nothing of this farm in such an order.")
    sheet = sheets.read(tx, distribution_id)
    if refused := _refusal(tx, command, order, line, sheet):
        return refused
    weight = line.weighed_grams if command.short == line.short else None
    shortened = _shortened(tx, order, rules.settled(line, command.short, weight))
    changed = late.write(tx, shortened, sheet, command.addition.lines, command.instead_of)
    late.log(tx, sheet, command.addition, agreed, who, command.instead_of)
    return late.row(tx, changed, command.producer_id)


def _line(order: Order, command: Substitute) -> OrderLine:
    """The line that is short; Malformed where it cannot be."""
    line = next((one for one in order.lines if one.offer_id == command.instead_of), None)
    if line is None or command.instead_of == command.offer_id:
        raise malformed_field("instead_of", "This order has no such other line.", "unknown")
    if not line.short <= command.short <= line.ordered:
        raise malformed_field("short", "Less is short than was said, or more than was ordered.", "too-much")
    return line


def _refusal(tx: Connection, command: Substitute, order: Order, line: OrderLine, sheet: Sheet) -> Refused | None:
    """Why it cannot be; else what is given is taken. What was short before may be of a farm that does not come."""
    if order.state is not OrderState.PLACED:
        return rules.not_placed(order.state)
    if command.short != line.short:
        refused = not_now(tx, order.distribution_id, line.producer_id, {line.offer_id})
        if refused:
            return refused
    given = sheet.lines.get(command.offer_id)
    before = rules.worth(order, store.given_for(tx, order.order_id, line.offer_id))
    if given and not command.dearer and (refused := rules.dearer(line, command.short, before, given, command.quantity)):
        return refused
    return late.take(tx, order.lines, sheet, command.addition)


def _shortened(tx: Connection, order: Order, settled: OrderLine) -> Order:
    day.write_line(tx, order.order_id, settled)
    lines = [settled if one.offer_id == settled.offer_id else one for one in order.lines]
    return order.model_copy(update={"lines": lines})
