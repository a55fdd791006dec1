"""A hand-over at another hour: the sale and its timers first, then its farms are asked again and its people told.

Orders stay as they are. Timers follow by the number of the shift: whatever was wanted before it is void.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.catalog import Absence, SheetLine
from contracts.errors import malformed_field
from contracts.messages import Refused
from contracts.orders import DistributionState
from contracts.shifting import (
    FarmAskedAgain,
    FarmClose,
    OrderShifted,
    ReadShift,
    SaleShifted,
    Shift,
    Shifted,
    ShiftSale,
)
from contracts.wall import instant
from services.orders.actions import cancelling, dropping_out, expiring, presences, reminding, windows
from services.orders.actions.consequences import need_as_seen
from services.orders.rules import shifts as rules
from services.orders.rules.shifts import Times
from services.orders.store import cancelling as figures_store
from services.orders.store import choosing, day, purchases, sales
from services.orders.store import shifting as store

BATCH = 100


def figures(tx: Connection, command: ReadShift, call: Call) -> Shift:
    """What shifting would mean, and what the last shift was."""
    return _figures(tx, cancelling.sale_of_organiser(tx, command.distribution_id, call))


def shift(tx: Connection, command: ShiftSale, call: Call) -> Shift | Refused:
    """Give a sale another hour, if that means what the asker saw.

    1. The sale, its lines and its timers, while nobody orders in it. 2. Its farms are asked again. 3. It is said; a
    timer tells the people of its orders, in batches.
    """
    cancelling.sale_of_organiser(tx, command.distribution_id, call)
    sale, now = day.hold_alone(tx, command.distribution_id), clock.now(tx)
    if not rules.is_shiftable(DistributionState(sale.state), sale.closes_at, sale.starts_at, now):
        return rules.not_shiftable()
    foreseen = _figures(tx, sale)
    need_as_seen(foreseen, command, is_same=foreseen.version == command.version)
    times = _times(command, sale, now)
    moved = _move(tx, sale, times, now)
    entered = _enter(tx, moved, command.reason, call.asker.person_id)
    _tell(tx, entered, foreseen, moved.version)
    return _figures(tx, moved)


def tell_shift(tx: Connection, timer: Timer) -> None:
    """Tell the people of the next orders; of a shift that another one followed, or of a cancelled sale, nothing."""
    distribution_id = UUID(timer.subject)
    sale, entered = sales.known(tx, distribution_id), store.last(tx, distribution_id)
    assert entered is not None, "the timer was wanted with it"
    if timer.key != _key(entered) or sale.state not in cancelling.CANCELLABLE:
        return
    batch = store.next_to_tell(tx, entered, BATCH)
    for order in purchases.of_ids(tx, batch):
        event = OrderShifted(order_id=order.order_id, order=order, shift=_shifted(sale, entered))
        say(tx, event, seq=order.version)
    store.told(tx, entered, batch[-1] if batch else None, is_done=len(batch) < BATCH)
    if len(batch) == BATCH:
        timers.again(tx, timer)


def _figures(tx: Connection, sale: Row[Any]) -> Shift:
    entered = store.last(tx, sale.id)
    now = figures_store.figures(tx, sale.id) | {"farms": store.farms(tx, sale.id)}
    names = ("version", "state", "time_zone", "closes_at", "starts_at", "ends_at", "currency")
    return Shift(
        distribution_id=sale.id,
        last=_shifted(sale, entered) if entered else None,
        done_at=entered.done_at if entered else None,
        **now,
        **{name: getattr(sale, name) for name in names},
    )


def _times(command: ShiftSale, sale: Row[Any], now: datetime) -> Times:
    """The instants that a command means; Malformed where they are none of a hand-over to come."""
    is_open = sale.state == DistributionState.OPEN
    walls = command.starts_at, command.ends_at, command.free_until
    starts_at, ends_at, free_until = (instant(wall, sale.time_zone) for wall in walls)
    closes_at = instant(command.closes_at, sale.time_zone) if command.closes_at else sale.closes_at
    times = Times(closes_at, starts_at, ends_at, free_until)
    was = Times(sale.closes_at, sale.starts_at, sale.ends_at, free_until)
    if fault := rules.fault(times, was, now, is_open=is_open, in_slots=sale.slots is not None):
        raise malformed_field(*fault)
    return times


def _move(tx: Connection, sale: Row[Any], times: Times, now: datetime) -> Row[Any]:
    """Write the times; whatever depends on them follows. The sale as it is then."""
    values = times._asdict() | {"absence": _absence(sale, times.ends_at)}
    moved = store.shift(tx, sale, values)
    assert moved, "it is held alone"
    choosing.move(tx, sale.id, times.starts_at - sale.starts_at)
    shifted = dropping_out.renew_sheet(tx, sale.id)
    lines = [SheetLine.model_validate(row.line) for row in sales.lines(tx, sale.id)]
    expiring.want_expiries(tx, sale.id, lines, shifted.ends_at)
    if sale.state == DistributionState.CLOSED:
        windows.want_handover(tx, shifted)
        reminding.want(tx, shifted)
    elif times.closes_at != sale.closes_at:
        still_open = [line for line in lines if rules.is_open(line, sale.closed_producers, now)]
        later = [rules.moved(line, sale.closes_at, times.closes_at, now) for line in still_open]
        sales.reschedule_lines(tx, sale.id, shifted.sheet_version, later)
        windows.want_closes(tx, shifted, later)
    else:
        windows.want_closes(tx, shifted, [])
    return shifted


def _absence(sale: Row[Any], ends_at: datetime) -> dict[str, Any] | None:
    """What is done with orders that nobody fetches: kept as long after the end as before."""
    if sale.absence is None:
        return None
    absence = Absence.model_validate(sale.absence)
    kept_until = absence.kept_until + (ends_at - sale.ends_at)
    return absence.model_copy(update={"kept_until": kept_until}).model_dump(mode="json")


def _enter(tx: Connection, sale: Row[Any], reason: str, by: UUID) -> Row[Any]:
    times = {name: getattr(sale, name) for name in Times._fields}
    is_open = sale.state == DistributionState.OPEN
    about = {"distribution_id": sale.id, "number": sale.shift_number, "was_starts_at": sale.shifted_from}
    store.declare(tx, about | times | {"is_open": is_open, "reason": reason, "declared_by": by})
    entered = store.last(tx, sale.id)
    assert entered is not None, "it was entered now"
    due_at = clock.now(tx)
    timers.schedule(tx, "tell_shift", key=_key(entered), subject=str(sale.id), due_at=due_at, version=1)
    return entered


def _tell(tx: Connection, entered: Row[Any], meant: Shift, version: int) -> None:
    sale = sales.known(tx, entered.distribution_id)
    shifted = _shifted(sale, entered)
    for row in store.ask_again(tx, sale.id):
        farm = {"producer_id": row.producer_id, "producer_name": row.producer_name}
        asked = FarmAskedAgain(presence_id=presences.presence_id(row), shift=shifted, **farm)
        say(tx, asked, seq=entered.number)
    closes = {row.producer_id: row.closes_at for row in sales.lines(tx, sale.id)}
    told = meant.model_dump(include={"orders", "amount_cents", "currency", "by_telephone"})
    farms = [FarmClose(producer_id=farm, closes_at=at) for farm, at in sorted(closes.items())]
    say(tx, SaleShifted(distribution_id=sale.id, shift=shifted, closes=farms, **told), seq=version)


def _shifted(sale: Row[Any], entered: Row[Any]) -> Shifted:
    about = {name: getattr(sale, name) for name in ("market_id", "market_name", "venue_name", "time_zone")}
    return Shifted.model_validate(dict(entered._mapping) | about)


def _key(entered: Row[Any]) -> str:
    return f"tell-shift:{entered.distribution_id}:{entered.number}"
