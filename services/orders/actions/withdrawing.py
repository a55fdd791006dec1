"""A product withdrawn while people order: first it leaves the sheet, then, if so decided, every order that has it.

Orders that were kept may lose it after all, until the books close.
"""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.day import ShortReason
from contracts.errors import NotFound
from contracts.expiring import Decision
from contracts.messages import Refused
from contracts.orders import DistributionState
from contracts.withdrawing import ListWithdrawals, OfferWithdrawn, ReadWithdrawal, Withdrawal, WithdrawFromSale
from services.orders import rules
from services.orders.actions import dropping_out
from services.orders.actions.consequences import FIGURES, need_as_seen
from services.orders.actions.day import Why
from services.orders.store import day, holding
from services.orders.store import withdrawing as store

ABOUT = {"distribution_id", "offer_id", "producer_id", "producer_name", "name"}


def figures(tx: Connection, command: ReadWithdrawal, call: Call) -> Withdrawal:
    """What withdrawing an offer would mean, or meant."""
    sale, offer = own_offer(tx, command.distribution_id, command.offer_id, call)
    return _shown(tx, sale, offer)


def of_sale(tx: Connection, command: ListWithdrawals, call: Call) -> list[Withdrawal]:
    """What was withdrawn, as far as the asker may know of it; nothing where there is no such sale."""
    rows = store.of_sale(tx, command.distribution_id, call.asker.person_id)
    return [_as_decided(tx, row, row.currency) for row in rows]


def withdraw(tx: Connection, command: WithdrawFromSale, call: Call) -> Withdrawal | Refused:
    """Take an offer off sale, if that means what the asker saw; lines that are dropped go right after."""
    _, offer = own_offer(tx, command.distribution_id, command.offer_id, call)
    sale = day.hold_alone(tx, command.distribution_id)
    foreseen = _shown(tx, sale, offer)
    if refused := _not_now(tx, sale, foreseen, command.decision):
        return refused
    need_as_seen(foreseen, command)
    if sale.state == DistributionState.OPEN and foreseen.decision is None:
        dropping_out.leave_sheet(tx, sale.id, [command.offer_id])
    said = {"decision": command.decision, "reason": command.reason, "decided_by": call.asker.person_id}
    if command.decision is Decision.WITHDRAWN:
        said |= foreseen.model_dump(include=FIGURES)
        subject, key = str(sale.id), f"drop-lines:{sale.id}:{command.offer_id}"
        timers.schedule(tx, "drop_lines", key=key, subject=subject, due_at=clock.now(tx), version=1)
    return _tell(tx, sale, store.decide(tx, foreseen.model_dump(include=ABOUT) | said))


def drop_lines(tx: Connection, timer: Timer) -> None:
    """Make the next orders short of an offer that was withdrawn, until none has it."""
    distribution_id, offer_id = (UUID(part) for part in timer.key.split(":")[1:])
    row = store.one(tx, distribution_id, offer_id)
    assert row is not None, "the timer was wanted with it"
    if dropping_out.shorten_next(tx, distribution_id, [offer_id], Why(ShortReason.WITHDRAWN, row.reason)):
        timers.again(tx, timer)
    else:
        store.end(tx, distribution_id, offer_id)


def own_offer(tx: Connection, distribution_id: UUID, offer_id: UUID, call: Call) -> tuple[Row[Any], Row[Any]]:
    """A sale and an offer of it, for those who sell for its farm and the organisers."""
    offer = day.offer_line(tx, distribution_id, offer_id)
    sale = offer and day.sale_of_farm(tx, distribution_id, offer.producer_id, call.asker.person_id, deputies=False)
    if offer is None or sale is None:
        raise NotFound("no-such-offer", "There is no such offer for you.")
    return sale, offer


def _not_now(tx: Connection, sale: Row[Any], seen: Withdrawal, decision: Decision) -> Refused | None:
    is_known = seen.decision is not None
    if (is_known and decision is Decision.KEPT) or seen.offer_id in holding.withdrawn(tx, sale.id):
        return rules.withdrawn()
    if day.drop_out(tx, sale.id, seen.producer_id) is not None:
        return rules.dropped_out()
    if sale.state == DistributionState.OPEN or (is_known and sale.state in day.ACTIVE):
        return None
    return rules.not_active(sale.state) if is_known else rules.window_closed(sale.closes_at)


def _shown(tx: Connection, sale: Row[Any], offer: Row[Any]) -> Withdrawal:
    row = store.one(tx, sale.id, offer.offer_id)
    if row is not None:
        return _as_decided(tx, row, sale.currency)
    names = {name: offer.line[name] for name in ("producer_name", "name")}
    about = {name: getattr(offer, name) for name in ("distribution_id", "offer_id", "producer_id")}
    now = holding.figures(tx, sale.id, [offer.offer_id])
    return Withdrawal.model_validate(about | names | now | {"currency": sale.currency})


def _as_decided(tx: Connection, row: Row[Any], currency: str) -> Withdrawal:
    """As it was when its lines were dropped; until then as the orders stand."""
    about = dict(row._mapping) | {"currency": currency}
    if row.decision != Decision.WITHDRAWN:
        about |= holding.figures(tx, row.distribution_id, [row.offer_id])
    return Withdrawal.model_validate(about)


def _tell(tx: Connection, sale: Row[Any], row: Row[Any]) -> Withdrawal:
    shown = _as_decided(tx, row, sale.currency)
    about = {name: getattr(sale, name) for name in ("market_id", "market_name", "time_zone", "starts_at")}
    withdrawal_id = uuid5(NAMESPACE_URL, f"halle:withdrawal:{sale.id}:{row.offer_id}")
    event = OfferWithdrawn(
        withdrawal_id=withdrawal_id, version=row.version, withdrawal=shown, reason=row.reason, **about
    )
    say(tx, event, seq=row.version)
    return shown
