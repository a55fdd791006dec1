"""Late lines: goods added to an order after the close, with the producer's yes.

The farm's list stays as it was made; what is added stands in a log of its own, and the farm is told.
"""

from collections.abc import Iterable
from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus import clock
from bus.doors import Call
from bus.outbox import say
from bus.rights import does_hold
from contracts.day import FarmRow
from contracts.errors import NotFound, malformed_field
from contracts.late import AddLateLines, LateLine, LateLinesAdded, ListLateLines
from contracts.members import Right
from contracts.messages import Refused
from contracts.orders import Order, OrderChanged, OrderLine, OrderState, Wish
from services.orders import rules, sheets
from services.orders.actions import amending, owing
from services.orders.actions.day import not_now
from services.orders.sheets import Sheet
from services.orders.store import day, purchases, sales
from services.orders.store import late as store


def add(tx: Connection, command: AddLateLines, call: Call) -> FarmRow | Refused:
    """Add goods of a farm to an order; its consumer, payments and the farm hear of it."""
    who = call.asker.person_id
    distribution_id = store.order_to_add_to(tx, command.order_id, command.producer_id, who)
    if distribution_id is None:
        raise NotFound("no-such-order", "You add nothing of this farm to such an order.")
    agreed = whose_yes(tx, command, who)
    if refused := not_now(tx, distribution_id, command.producer_id, {wish.offer_id for wish in command.lines}):
        return refused
    order = day.lock_orders(tx, distribution_id, [command.order_id])[command.order_id]
    if order.state is not OrderState.PLACED:
        return rules.not_placed(order.state)
    sheet = sheets.read(tx, distribution_id)
    if refused := take(tx, order.lines, sheet, command):
        return refused
    changed = write(tx, order, sheet, command.lines)
    log(tx, sheet, command, agreed, who)
    return row(tx, changed, command.producer_id)


def of_sale(tx: Connection, command: ListLateLines, call: Call) -> list[LateLine]:
    """What was added to a sale, as far as the asker may know of it; nothing where there is no such sale."""
    return _lines(store.of_sale(tx, command.distribution_id, call.asker.person_id))


def whose_yes(tx: Connection, command: AddLateLines, who: UUID) -> str:
    """Whose yes it is, as said; nothing where it is that of the asker, who sells for the farm."""
    agreed = command.agreed.strip()
    if not agreed and not does_hold(tx, who, Right.SELL, command.producer_id):
        raise malformed_field("agreed", "Say who of the farm agreed.", "missing")
    return agreed


def take(tx: Connection, standing: Iterable[OrderLine], sheet: Sheet, command: AddLateLines) -> Refused | None:
    """Take the goods, or say why they are not to be had; with what is `standing` they keep to the sheet's limits."""
    offered = {o: line for o, line in sheet.lines.items() if line.producer_id == command.producer_id}
    ordered = {line.offer_id: line.ordered for line in standing}
    rules.check_wishes(rules.merged(ordered, command.lines), offered, zero_allowed=False)
    more = {wish.offer_id: wish.quantity for wish in command.lines}
    if expired := rules.without_mark([offered[offer] for offer in more], clock.now(tx)):
        return rules.mark_expired(expired)
    if sales.take(tx, amending.stock_changes(sheet, more)):
        return None
    left = sales.left(tx, sheet.sale.distribution_id)
    return rules.sold_out({o: n for o in more if (n := left.get(o)) is not None}, offered)


def write(tx: Connection, order: Order, sheet: Sheet, wishes: Iterable[Wish], substitutes: UUID | None = None) -> Order:
    """The order's next version, with its lines and total; what is added may stand in another offer's place."""
    lines = {line.offer_id: line for line in order.lines}
    for wish in wishes:
        standing = lines.get(wish.offer_id)
        if standing is None:
            new = rules.order_line(sheet.lines[wish.offer_id], wish.quantity)
            purchases.write_lines(tx, order.order_id, [(new, sheet.snapshots[wish.offer_id])], [])
        line = rules.grown(standing, wish.quantity) if standing else new
        lines[wish.offer_id] = line.model_copy(update={"substitutes": substitutes or line.substitutes})
        day.write_line(tx, order.order_id, lines[wish.offer_id])
    figures = {"lines": list(lines.values()), "total_cents": rules.total(lines.values(), order.fee)}
    changed = order.model_copy(update=figures | {"version": order.version + 1})
    purchases.move_locked(tx, changed, order.version)
    say(tx, OrderChanged(order_id=order.order_id, order=changed), seq=changed.version)
    owing.tell(tx, changed)
    return changed


def log(
    tx: Connection, sheet: Sheet, command: AddLateLines, agreed: str, who: UUID, substitutes: UUID | None = None
) -> None:
    """Write down who agreed and who entered it, and tell the farm."""
    late_id = uuid.uuid7()
    about = {"late_id": late_id, "order_id": command.order_id, "agreed": agreed, "entered_by": who}
    about |= {"substitutes": substitutes}
    store.enter(tx, [about | {"offer_id": wish.offer_id, "quantity": wish.quantity} for wish in command.lines])
    sale = sheet.sale.model_dump(include={"distribution_id", "market_name", "time_zone", "starts_at"})
    farm = sheet.lines[command.lines[0].offer_id].model_dump(include={"producer_id", "producer_name"})
    lines = _lines(store.of_addition(tx, late_id))
    say(tx, LateLinesAdded(late_id=late_id, lines=lines, by_person=who, **sale, **farm), seq=1)


def row(tx: Connection, order: Order, producer_id: UUID) -> FarmRow:
    known = day.known_people(tx, [order.consumer_id]).get(order.consumer_id)
    lines: list[OrderLine] = [line for line in order.lines if line.producer_id == producer_id]
    name = order.recipient or (known.name if known else "")
    return FarmRow(name=name, lines=lines, **order.model_dump(include={"order_id", "number", "code", "state"}))


def _lines(rows: Iterable[object]) -> list[LateLine]:
    return [LateLine.model_validate(row, from_attributes=True) for row in rows]
