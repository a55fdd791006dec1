"""Money that changes hands: taken, given back, undone, and what a farm lets off. All is written, nothing changed."""

from typing import Any, NoReturn
from uuid import UUID

import uuid_utils.compat as uuid
from sqlalchemy import Connection, Row

from bus import clock, households
from bus.doors import Call
from contracts.errors import NotFound, malformed_field
from contracts.messages import Refused
from contracts.payments import (
    Adjust,
    Balance,
    Desk,
    GiveBack,
    Means,
    Movement,
    MovementKind,
    MyBalances,
    MyMovements,
    OrderMoney,
    OwnMovement,
    OwnMovements,
    Part,
    ReadOrderMoney,
    SellerMoney,
    TakePayment,
    UndoMovement,
)
from services.payments import rules
from services.payments.store import asking, evening, ledger, owing
from services.payments.store.asking import Seen


def read(tx: Connection, command: ReadOrderMoney, call: Call) -> OrderMoney:
    """The money of one order, as much of it as the asker may see."""
    return _money(tx, command.order_id, call)


def take(tx: Connection, command: TakePayment, call: Call) -> OrderMoney | Refused:
    """Write that money was taken, each part for its farm; more than is due is a balance."""
    order = _order(tx, command.order_id, call)
    if refused := _hold(tx, order.row, later=command.later):
        return refused
    sellers, desk = _sellers(tx, command.order_id), _desk(tx, order.row, command)
    _check_parts(command, order, sellers)
    if refused := _not_taken(tx, command, order.row, desk, sellers):
        return refused
    said = {"shown_version": command.version, "at": clock.now(tx)}  # one instant: by it a cheque is known as one
    for part in command.parts:
        row = _row(order.row, part, call) | _hands(order.row, part, command)
        _write(tx, row | said, MovementKind.TAKEN)
    return _money(tx, command.order_id, call)


def give_back(tx: Connection, command: GiveBack, call: Call) -> OrderMoney | Refused:
    """Write that money was given back, at most what was paid."""
    order = _order(tx, command.order_id, call)
    if refused := _hold(tx, order.row, later=command.later):
        return refused
    sellers, part = _sellers(tx, command.order_id), command.part
    _check_part(order, sellers, part, "part", later=command.later)
    _desk(tx, order.row, command)
    paid = sellers[part.producer_id].paid_cents
    if part.amount_cents > paid:
        return rules.more_than_paid(paid)
    _write(tx, _row(order.row, part, call) | _hands(order.row, part, command), MovementKind.GIVEN_BACK)
    return _money(tx, command.order_id, call)


def undo(tx: Connection, command: UndoMovement, call: Call) -> OrderMoney | Refused:
    """Write a movement back; what belongs to an evening's till only until its books close."""
    wrong = asking.movement_for(tx, command.movement_id, call.asker.person_id)
    if wrong is None or wrong.kind in (MovementKind.OWED, MovementKind.UNDONE):
        raise NotFound("no-such-movement", "There is no such movement that you may undo.")
    if refused := _hold(tx, wrong, later=wrong.till_id is None):
        return refused
    kept = {name: getattr(wrong, name) for name in ("means", "till_id")}
    said = {"kind": MovementKind.UNDONE, "corrects": wrong.movement_id, "reference": command.reason.strip()}
    part = Part.model_construct(producer_id=wrong.producer_id, amount_cents=wrong.amount_cents)
    if not ledger.write_undoing(tx, _row(wrong, part, call) | kept | said | {"key": f"undone:{wrong.movement_id}"}):
        return rules.undone()
    return _money(tx, wrong.order_id, call)


def adjust(tx: Connection, command: Adjust, call: Call) -> OrderMoney | Refused:
    """Lower what a consumer owes a farm, by at most what was owed."""
    order = _order(tx, command.order_id, call)
    owing.lock_order(tx, command.order_id)
    sellers, part = _sellers(tx, command.order_id), command.part
    _check_part(order, sellers, part, "part", later=True)
    seller = sellers[part.producer_id]
    if part.amount_cents > seller.owed_cents - seller.adjusted_cents:
        return rules.more_than_owed(seller.owed_cents - seller.adjusted_cents)
    _write(tx, _row(order.row, part, call) | {"reference": command.reason.strip()}, MovementKind.ADJUSTED)
    return _money(tx, command.order_id, call)


def balances(tx: Connection, command: MyBalances, call: Call) -> list[Balance]:
    """What is due between the asker and each farm."""
    return [
        Balance.model_validate(dict(row._mapping))
        for row in ledger.balances(tx, households.consumers(tx, call.asker.person_id))
    ]


def own_movements(tx: Connection, command: MyMovements, call: Call) -> OwnMovements:
    """A page of all that was owed and paid by the asker."""
    whose = households.consumers(tx, call.asker.person_id)
    rows = ledger.of_consumers(tx, whose, command.limit, command.after)
    movements = [OwnMovement.model_validate(dict(row._mapping) | {"holder": row.holder or ""}) for row in rows]
    following = movements[-1].movement_id if len(movements) == command.limit else None
    return OwnMovements(movements=movements, following=following)


def _order(tx: Connection, order_id: UUID, call: Call) -> Seen:
    """An order's money for those who write it; a consumer only sees it."""
    seen = asking.order_for(tx, order_id, call.asker.person_id)
    if seen is None or not (seen.row.keeps or seen.farms):
        _no_such_order()
    return seen


def _hold(tx: Connection, order: Row[Any], *, later: bool) -> Refused | None:
    """Hold the evening's books open, then the order: in this order everywhere. Or say that the books are closed."""
    if not later and not owing.hold_open(tx, order.distribution_id):
        return rules.books_closed()
    owing.lock_order(tx, order.order_id)
    return None


Sellers = dict[UUID, Row[Any]]


def _sellers(tx: Connection, order_id: UUID) -> Sellers:
    return {row.producer_id: row for row in ledger.sellers_of(tx, order_id)}


def _desk(tx: Connection, order: Row[Any], command: TakePayment | GiveBack) -> Row[Any] | None:
    """The desk that was named; Malformed where it cannot be."""
    if command.desk_id is None:
        return None
    if command.later:
        raise malformed_field("desk_id", "What is paid later is between the farm and its consumer.", "later")
    desk = evening.desk(tx, order.distribution_id, command.desk_id) if order.keeps else None
    if desk is None:
        raise malformed_field("desk_id", "There is no such desk at this distribution.", "unknown")
    return desk


def _check_parts(command: TakePayment, order: Seen, sellers: Sellers) -> None:
    """Raise Malformed naming the first part that cannot be."""
    for index, part in enumerate(command.parts):
        _check_part(order, sellers, part, f"parts.{index}", later=command.later)
    if len({part.producer_id for part in command.parts}) < len(command.parts):
        raise malformed_field("parts", "Name each farm once.", "named-twice")
    if command.desk_id is None and command.means in rules.ONE_PAYEE and len(command.parts) > 1:
        raise malformed_field("parts", "A cheque or a card pays one farm; take the others apart.", "one-payee")


def _check_part(order: Seen, sellers: Sellers, part: Part, field: str, *, later: bool) -> None:
    of_market = part.producer_id == order.row.market_id
    may = part.producer_id in order.farms or (order.row.keeps and (of_market or not later))
    if part.producer_id not in sellers or not may:
        raise malformed_field(f"{field}.producer_id", "You take no money for this farm in this order.", "unknown")


def _not_taken(
    tx: Connection, command: TakePayment, order: Row[Any], desk: Row[Any] | None, sellers: Sellers
) -> Refused | None:
    """Why money may not be taken: no mandate of a farm, or too much cash for the law."""
    farms = [part.producer_id for part in command.parts if part.producer_id != order.market_id]  # it opened the desk
    if desk is not None and (missing := evening.without_mandate(tx, order.market_id, desk.holder, farms)):
        return rules.no_mandate(desk.holder, [sellers[farm].producer_name for farm in farms if farm in missing])
    if command.means is not Means.CASH:
        return None
    over = rules.over_cash_limit(command.parts, ledger.cash_of(tx, order.order_id))
    return rules.cash_limit([sellers[farm].producer_name for farm in over]) if over else None


def _hands(order: Row[Any], part: Part, command: TakePayment | GiveBack) -> dict[str, Any]:
    """How money changes hands, and where it is then: at the desk, in the farm's own till, or with the farm itself."""
    own = evening.till_id(order.distribution_id, part.producer_id)
    till_id = None if command.later else command.desk_id or own
    return {"means": command.means, "reference": command.reference.strip(), "till_id": till_id}


def _row(order: Row[Any], part: Part, call: Call) -> dict[str, Any]:
    about = {name: getattr(order, name) for name in ("distribution_id", "order_id", "consumer_id")}
    movement_id = uuid.uuid7()
    written = {"movement_id": movement_id, "key": str(movement_id), "by_person": call.asker.person_id}
    return about | written | part.model_dump()


def _write(tx: Connection, row: dict[str, Any], kind: MovementKind) -> None:
    ledger.write(tx, [row | {"kind": kind}], rules.accounts(kind, in_till=row.get("till_id") is not None))


def _money(tx: Connection, order_id: UUID, call: Call) -> OrderMoney:
    seen = asking.order_for(tx, order_id, call.asker.person_id)
    if seen is None:
        _no_such_order()
    sellers = [row for row in ledger.sellers_of(tx, order_id) if seen.shows(row.producer_id)]
    names = {row.producer_id: row.producer_name for row in sellers}
    return OrderMoney(
        order_id=order_id,
        version=seen.row.seq,
        number=seen.row.number,
        currency=seen.row.currency,
        sellers=[SellerMoney.model_validate(dict(row._mapping)) for row in sellers],
        movements=[_movement(row, names, seen) for row in ledger.of_order(tx, order_id) if row.producer_id in names],
        final=seen.row.final_at is not None,
        desks=[Desk.model_validate(dict(row._mapping)) for row in _desks(tx, seen)],
    )


def _desks(tx: Connection, seen: Seen) -> list[Row[Any]]:
    """Where money may be taken: for who keeps the evening's, until its books close."""
    is_open = seen.row.keeps and seen.row.final_at is None
    return evening.desks(tx, seen.row.distribution_id) if is_open else []


def _movement(row: Row[Any], names: dict[UUID, str], seen: Seen) -> Movement:
    """A movement as it is shown; money outside a till is with the farm itself."""
    holder = names[row.producer_id] if row.holder is None and row.means is not None else row.holder or ""
    may_undo = row.kind != MovementKind.UNDONE and seen.may_undo(row)
    return Movement.model_validate(dict(row._mapping) | {"holder": holder, "may_undo": may_undo})


def _no_such_order() -> NoReturn:
    raise NotFound("no-such-order", "There is no such order whose money you see.")
