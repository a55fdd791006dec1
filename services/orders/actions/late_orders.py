"""Late orders: written after the close for who had none, with the farm's yes; from then on orders like all others."""

from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus.doors import Call
from bus.outbox import say
from contracts.day import FarmRow
from contracts.errors import NotFound, malformed_field
from contracts.late_orders import FindMembers, MemberFound, PlaceLateOrder
from contracts.messages import Refused
from contracts.orders import Order, OrderPlaced, PlaceOrder
from services.orders import rules, sheets
from services.orders.actions import late, owing, placing
from services.orders.actions.day import not_now
from services.orders.sheets import Sheet
from services.orders.store import day, purchases
from services.orders.store import late_orders as store


def find_members(tx: Connection, command: FindMembers, call: Call) -> list[MemberFound]:
    """Members of the market by parts of their name."""
    _check_sale(tx, command.distribution_id, call.asker.person_id)
    parts = rules.name_parts(command.name)
    rows = store.members_named(tx, command.distribution_id, parts) if parts else []
    return [MemberFound.model_validate(dict(row._mapping)) for row in rows]


def place(tx: Connection, command: PlaceLateOrder, call: Call) -> FarmRow | Refused:
    """Write an order for a member or a guest; its consumer, payments and the farm hear of it."""
    who = call.asker.person_id
    _check_sale(tx, command.distribution_id, who)
    if (command.person_id is None) == (command.name is None):
        raise malformed_field("name", "Say for whom: a member, or the name of somebody without an account.", "missing")
    addition = command.addition(uuid.uuid7())
    agreed = late.whose_yes(tx, addition, who)
    day.hold_alone(tx, command.distribution_id)  # numbers are given one after the other
    offers = {wish.offer_id for wish in command.lines}
    if refused := not_now(tx, command.distribution_id, command.producer_id, offers) or _not_theirs(tx, command):
        return refused
    sheet = sheets.read(tx, command.distribution_id)
    if refused := late.take(tx, (), sheet, addition):
        return refused
    order = _written(tx, command, addition.order_id, sheet)
    say(tx, OrderPlaced(order_id=order.order_id, order=order), seq=order.version)
    owing.tell(tx, order)
    late.log(tx, sheet, addition, agreed, who)
    return late.row(tx, order, command.producer_id)


def _check_sale(tx: Connection, distribution_id: UUID, person_id: UUID) -> None:
    if day.sale_for(tx, distribution_id, person_id) is None:
        raise NotFound("no-such-sale", "You hand over no such sale.")


def _not_theirs(tx: Connection, command: PlaceLateOrder) -> Refused | None:
    """Why a member is given no order of one's own; a guest always is."""
    if command.person_id is None:
        return None
    if not store.is_member(tx, command.distribution_id, command.person_id):
        return rules.not_a_member()
    standing = purchases.standing_order_id(tx, command.distribution_id, command.person_id, "")
    if standing is None:
        return None
    return rules.order_stands(purchases.of_ids(tx, [standing])[0])


def _written(tx: Connection, command: PlaceLateOrder, order_id: UUID, sheet: Sheet) -> Order:
    """The order with its number and its lines, and the guest it is for."""
    consumer_id = command.person_id or uuid.uuid7()
    if command.name is not None:
        store.enter_guest(tx, consumer_id, command.name, command.phone)
    wanted = PlaceOrder(distribution_id=command.distribution_id, lines=command.lines)
    about = {"order_id": order_id, "number": store.next_number(tx, command.distribution_id)}
    order = placing.new_order(wanted, consumer_id, sheet).model_copy(update=about)
    store.enter(tx, order)
    purchases.write_lines(tx, order_id, [(line, sheet.snapshots[line.offer_id]) for line in order.lines], [])
    return order
