"""A farm that does not come: first the state, then its orders in batches, then the summary.

1. The drop-out is entered while nobody orders in the sale; in an open one the farm's offers leave it. 2. A timer makes
a batch of orders short, and wants itself again while there are more. 3. The last batch says that it is done.
"""

from collections.abc import Collection
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.day import DropOut, DropOutFigures, ProducerDroppedOut, ReadDropOut, ShortReason
from contracts.errors import NotFound
from contracts.messages import Refused
from contracts.orders import DistributionChanged, DistributionState, OrderState
from services.orders import rules
from services.orders.actions import choosing
from services.orders.actions.consequences import need_as_seen
from services.orders.actions.day import Why, settle
from services.orders.store import day, holding, sales

BATCH = 100


def figures(tx: Connection, command: ReadDropOut, call: Call) -> DropOutFigures:
    """What a drop-out would mean, or meant."""
    sale = _sale(tx, command, call)
    return _figures(tx, sale, command.producer_id)


def drop_out(tx: Connection, command: DropOut, call: Call) -> DropOutFigures | Refused:
    """Enter a drop-out, if it means what the asker saw; orders are made short right after."""
    _sale(tx, command, call)
    sale = day.hold_alone(tx, command.distribution_id)
    foreseen = _figures(tx, sale, command.producer_id)
    if foreseen.declared_at is not None:
        return rules.dropped_out()
    if sale.state not in (*day.ACTIVE, DistributionState.OPEN):
        return rules.not_active(sale.state)
    need_as_seen(foreseen, command)
    if sale.state == DistributionState.OPEN:
        leave_sheet(tx, sale.id, holding.offers_of_farm(tx, sale.id, command.producer_id))
    enter(tx, sale, command.producer_id, ShortReason.DROP_OUT, command.reason, call.asker.person_id)
    return _figures(tx, sale, command.producer_id)


def enter(tx: Connection, sale: Row[Any], producer_id: UUID, because: ShortReason, reason: str, by: UUID) -> None:
    """Enter a drop-out with the figures of this instant, and want its first batch."""
    columns = {"producer_id", "producer_name", "orders", "emptied", "amount_cents", "by_telephone"}
    row = _figures(tx, sale, producer_id).model_dump(include=columns)
    said = {"distribution_id": sale.id, "because": because, "reason": reason, "declared_by": by}
    day.declare_drop_out(tx, row | said)
    subject, key = str(sale.id), f"drop-out:{sale.id}:{producer_id}"
    timers.schedule(tx, "shorten_orders", key=key, subject=subject, due_at=clock.now(tx), version=1)


def shorten_orders(tx: Connection, timer: Timer) -> None:
    """Make the next orders of a farm that dropped out short; the last time, say that it is done."""
    distribution_id, producer_id = (UUID(part) for part in timer.key.split(":")[1:])
    entered = day.drop_out(tx, distribution_id, producer_id)
    assert entered is not None, "the timer was wanted with it"
    offers = holding.offers_of_farm(tx, distribution_id, producer_id)
    if shorten_next(tx, distribution_id, offers, Why(ShortReason(entered.because), entered.reason)):
        timers.again(tx, timer)
    elif day.end_drop_out(tx, distribution_id, producer_id):
        _say_done(tx, entered)


def shorten_next(tx: Connection, distribution_id: UUID, offers: Collection[UUID], why: Why) -> bool:
    """Make the next orders that have some offers short of them; whether there may be more."""
    is_open = day.hold(tx, distribution_id, [DistributionState.OPEN])  # a shift would move the slots meanwhile
    batch = holding.next_to_shorten(tx, distribution_id, offers, BATCH)
    shortened = []
    for order in day.lock_orders(tx, distribution_id, batch).values():
        if order.state is not OrderState.PLACED:
            continue  # handed over while its lock was waited for
        lines = [line for line in order.lines if line.offer_id in offers]
        settled = {line.offer_id: rules.settled(line, line.ordered, None) for line in lines}
        shortened.append(settle(tx, order, settled, why))
    if is_open:
        choosing.give_back_of_cancelled(tx, distribution_id, shortened)
    return len(batch) == BATCH


def leave_sheet(tx: Connection, distribution_id: UUID, offers: Collection[UUID]) -> None:
    """Take offers out of a sale that is open."""
    holding.withdraw(tx, distribution_id, offers)
    renew_sheet(tx, distribution_id)


def renew_sheet(tx: Connection, distribution_id: UUID) -> Row[Any]:
    """Make the sheet of a sale a new version, and tell whoever keeps it; the sale as it is then."""
    sale = sales.renew_sheet(tx, distribution_id)
    say(tx, DistributionChanged(distribution_id=sale.id, state=DistributionState(sale.state)), seq=sale.version)
    return sale


def _sale(tx: Connection, command: ReadDropOut | DropOut, call: Call) -> Row[Any]:
    person_id = call.asker.person_id
    sale = day.sale_of_farm(tx, command.distribution_id, command.producer_id, person_id, deputies=False)
    if sale is None:
        raise NotFound("no-such-sale", "This farm is in no such sale of yours.")
    return sale


def _figures(tx: Connection, sale: Row[Any], producer_id: UUID) -> DropOutFigures:
    row = day.drop_out(tx, sale.id, producer_id)
    if row is not None:
        return DropOutFigures(**row._mapping, currency=sale.currency)
    now = holding.figures(tx, sale.id, holding.offers_of_farm(tx, sale.id, producer_id))
    name = next(line.line["producer_name"] for line in sales.lines(tx, sale.id) if line.producer_id == producer_id)
    about = {"distribution_id": sale.id, "producer_id": producer_id, "producer_name": name}
    return DropOutFigures.model_validate(about | now | {"currency": sale.currency})


def _say_done(tx: Connection, done: Row[Any]) -> None:
    sale = sales.distribution(tx, done.distribution_id)
    assert sale is not None, "it was entered in this sale"
    event = ProducerDroppedOut(
        drop_out_id=uuid5(NAMESPACE_URL, f"halle:drop-out:{sale.id}:{done.producer_id}"),
        distribution_id=sale.id,
        market_id=sale.market_id,
        market_name=sale.market_name,
        venue_name=sale.venue_name,
        time_zone=sale.time_zone,
        starts_at=sale.starts_at,
        producer_id=done.producer_id,
        producer_name=done.producer_name,
        reason=done.reason,
        shortened=done.orders - done.emptied,
        cancelled=done.emptied,
        amount_cents=done.amount_cents,
        currency=sale.currency,
        by_telephone=done.by_telephone,
    )
    say(tx, event, seq=1)
