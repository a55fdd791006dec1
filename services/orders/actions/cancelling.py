"""Snow on Friday: a sale is cancelled with its orders. First the state, then the orders in batches, then it is done.

What was ordered goes back into stock, for one that a farm shares with its other markets; what was said to be short
does not.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.cancelling import Cancellation, CancelSale, OrderCalledOff, ReadCancellation, SaleCancelled
from contracts.errors import NotFound
from contracts.messages import Refused
from contracts.orders import DistributionChanged, DistributionState, OrderState
from services.orders import rules
from services.orders.actions import owing
from services.orders.actions.consequences import need_as_seen
from services.orders.store import cancelling, day, purchases, sales

BATCH = 100
CANCELLABLE = (DistributionState.OPEN, DistributionState.CLOSED)


def figures(tx: Connection, command: ReadCancellation, call: Call) -> Cancellation:
    """What cancelling would mean, or meant."""
    return _figures(tx, sale_of_organiser(tx, command.distribution_id, call))


def cancel(tx: Connection, command: CancelSale, call: Call) -> Cancellation | Refused:
    """Stop a sale, if that means what the asker saw; its orders are called off right after."""
    sale_of_organiser(tx, command.distribution_id, call)
    sale = day.hold_alone(tx, command.distribution_id)
    if sale.state not in CANCELLABLE:
        return rules.not_cancellable()
    foreseen = _figures(tx, sale)
    need_as_seen(foreseen, command)
    row = foreseen.model_dump(include={"distribution_id", "orders", "amount_cents", "farms", "by_telephone"})
    cancelling.declare(tx, row | {"reason": command.reason, "declared_by": call.asker.person_id})
    _move(tx, sale, DistributionState(sale.state), DistributionState.CANCELLING)
    _say_cancelled(tx, sale, foreseen, command.reason)
    subject = str(sale.id)
    timers.schedule(tx, "call_off_orders", key=f"cancel:{subject}", subject=subject, due_at=clock.now(tx), version=1)
    return _figures(tx, sale)


def call_off_orders(tx: Connection, timer: Timer) -> None:
    """Call off the next orders of a cancelled sale; the last time, the sale is cancelled for good."""
    distribution_id = UUID(timer.subject)
    entered, sale = cancelling.cancellation(tx, distribution_id), sales.distribution(tx, distribution_id)
    assert entered is not None, "the timer was wanted with it"
    assert sale is not None, "it was entered in this sale"
    batch = cancelling.next_to_call_off(tx, distribution_id, BATCH)
    _call_off(tx, sale, batch, entered.reason)
    if len(batch) == BATCH:
        timers.again(tx, timer)
        return
    cancelling.end(tx, distribution_id)
    _move(tx, sale, DistributionState.CANCELLING, DistributionState.CANCELLED)


def _call_off(tx: Connection, sale: Row[Any], batch: list[UUID], reason: str) -> None:
    orders = day.lock_orders(tx, sale.id, batch)
    given_back = {stock_id: -taken for stock_id, taken in cancelling.stock_of(tx, sale.id, orders).items()}
    if given_back:
        sales.take(tx, given_back)
    about = {name: getattr(sale, name) for name in ("venue_name", "time_zone", "starts_at")}
    for order in orders.values():
        gone = order.model_copy(update={"state": OrderState.CANCELLED, "version": order.version + 1})
        purchases.move_locked(tx, gone, order.version)
        owing.tell(tx, gone)
        say(tx, OrderCalledOff(order_id=order.order_id, order=gone, reason=reason, **about), seq=gone.version)


def sale_of_organiser(tx: Connection, distribution_id: UUID, call: Call) -> Row[Any]:
    """A sale of a market that the asker organises."""
    sale = cancelling.sale_to_cancel(tx, distribution_id, call.asker.person_id)
    if sale is None:
        raise NotFound("no-such-sale", "You organise no such sale.")
    return sale


def _figures(tx: Connection, sale: Row[Any]) -> Cancellation:
    row = cancelling.cancellation(tx, sale.id)
    found = row._mapping if row is not None else cancelling.figures(tx, sale.id) | {"distribution_id": sale.id}
    return Cancellation.model_validate(dict(found) | {"currency": sale.currency})


def _move(tx: Connection, sale: Row[Any], seen: DistributionState, to: DistributionState) -> None:
    version = sales.move(tx, sale.id, seen, to)
    assert version is not None, "nobody else moves a sale that is being cancelled"
    say(tx, DistributionChanged(distribution_id=sale.id, state=to), seq=version)


def _say_cancelled(tx: Connection, sale: Row[Any], meant: Cancellation, reason: str) -> None:
    about = {n: getattr(sale, n) for n in ("market_id", "market_name", "venue_name", "time_zone", "starts_at")}
    figures = meant.model_dump(include={"orders", "amount_cents", "currency", "by_telephone"})
    farms = cancelling.farms(tx, sale.id)
    event = SaleCancelled(distribution_id=sale.id, producers=farms, reason=reason, **about, **figures)
    say(tx, event, seq=1)
