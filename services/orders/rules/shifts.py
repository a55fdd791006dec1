"""When a sale may get another hour, what follows it, and what a list holds that was made before. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.catalog import SheetLine
from contracts.lists import ListTotal, PreparationList
from contracts.messages import Refused
from contracts.orders import DistributionState, Order


class Times(NamedTuple):
    """When a sale that is shifted closes and is handed over, and until when consumers may cancel freely."""

    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    free_until: datetime


class Fault(NamedTuple):
    """What is wrong with a field, as a sentence and a code."""

    field: str
    message: str
    code: str


def is_shiftable(state: DistributionState, closes_at: datetime, starts_at: datetime, now: datetime) -> bool:
    """Whether a sale may get another hour: open or closed, and what is due next is not due yet."""
    until = {DistributionState.OPEN: closes_at, DistributionState.CLOSED: starts_at}
    return state in until and now < until[state]


def declines_shift(asked_at: datetime | None, shift_asked_at: datetime | None) -> bool:
    """Whether a farm that withdraws was asked last because of a shift, and not because too little was ordered."""
    return shift_asked_at is not None and (asked_at is None or asked_at < shift_asked_at)


def not_shiftable() -> Refused:
    message = "This sale is being counted, handed over or cancelled: it cannot be shifted now."
    return Refused(code="not-shiftable", message=message)


def fault(times: Times, was: Times, now: datetime, *, is_open: bool, in_slots: bool) -> Fault | None:
    """Why these times are no shift of a sale."""
    is_other_close = times.closes_at != was.closes_at
    faults = {
        Fault("closes_at", "Orders are closed already: they do not open again.", "closed"): (
            not is_open and is_other_close
        ),
        Fault("closes_at", "The window would have closed already.", "past"): is_open and times.closes_at <= now,
        Fault("starts_at", "The hand-over would have begun already.", "past"): times.starts_at <= now,
        Fault("starts_at", "The hand-over cannot start before the window closes.", "order"): (
            times.starts_at < times.closes_at
        ),
        Fault("ends_at", "The hand-over cannot end before it starts.", "order"): times.ends_at < times.starts_at,
        Fault("ends_at", "A hand-over in slots keeps its length: people have chosen among them.", "slots"): (
            in_slots and times.ends_at - times.starts_at != was.ends_at - was.starts_at
        ),
        Fault("starts_at", "These are the hours that it has.", "same"): times == was,
        Fault("free_until", "Name an hour to come, not after the hand-over begins.", "order"): not (
            now < times.free_until <= times.starts_at
        ),
    }
    return next((fault for fault, is_so in faults.items() if is_so), None)


def is_open(line: SheetLine, closed: Iterable[UUID], now: datetime) -> bool:
    """Whether the farm of a line has not closed it yet."""
    return now < line.closes_at and line.producer_id not in closed


def moved(line: SheetLine, was: datetime, closes_at: datetime, now: datetime) -> SheetLine:
    """A line once its sale closes at another hour: a farm's own close moves along.

    One that this would put into the past stays where it is, but never after the sale's.
    """
    along = line.closes_at + (closes_at - was)
    return line.model_copy(update={"closes_at": along if along > now else min(line.closes_at, closes_at)})


def without(made: PreparationList, gone: Iterable[Order]) -> PreparationList:
    """A list that was made, without the orders on it that were cancelled after."""
    cancelled = {order.code: {line.offer_id: line for line in order.lines} for order in gone}
    dropped = [one for one in made.orders if one.code in cancelled]
    totals: list[ListTotal] = []
    for place, total in enumerate(made.totals):
        lines = [(cancelled[one.code][total.offer_id], n) for one in dropped if (n := one.quantities[place])]
        quantity = total.quantity - sum(n for _, n in lines)
        amount_cents = total.amount_cents - sum(line.amount(n) for line, n in lines)
        totals.append(total.model_copy(update={"quantity": quantity, "amount_cents": amount_cents}))
    amount_cents = sum(total.amount_cents for total in totals)
    kept = [one for one in made.orders if one.code not in cancelled]
    return made.model_copy(update={"totals": totals, "orders": kept, "amount_cents": amount_cents})
