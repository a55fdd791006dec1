"""A mark that expires while a sale is open: it leaves the sheet, orders stand, and the organisers decide about them.

1. A timer at the instant makes the sheet a new version, enters what expired by farm, and tells whom it concerns. 2. An
organiser keeps the orders, or withdraws the lines: then batches, as for a farm that drops out.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.catalog import SheetLine
from contracts.day import ShortReason
from contracts.errors import NotFound
from contracts.expiring import DecideExpiredMarks, Decision, ExpiredMarks, ListExpiredMarks, MarksExpired
from contracts.messages import Refused
from contracts.orders import DistributionState
from services.orders import rules
from services.orders.actions import dropping_out
from services.orders.actions.consequences import FIGURES, need_as_seen
from services.orders.actions.day import Why
from services.orders.store import day, holding, sales
from services.orders.store import expiring as store


def want_expiries(tx: Connection, distribution_id: UUID, lines: Iterable[SheetLine], until: datetime) -> None:
    """Note each instant at which a mark of a sheet ends before its hand-over does; what is noted stays so."""
    subject = str(distribution_id)
    ends = {one.ends_at for line in lines for one in line.certificates if one.ends_at is not None}
    for ends_at in sorted(one for one in ends if one <= until):
        key = f"{subject}:expire:{ends_at.isoformat()}"
        timers.schedule(tx, "expire_marks", key=key, subject=subject, due_at=ends_at, version=1)


def expire_marks(tx: Connection, timer: Timer) -> None:
    """Let marks leave a sheet at their instant; of lines that were still open, the organisers are to decide."""
    distribution_id = UUID(timer.subject)
    sale = day.hold_alone(tx, distribution_id)
    if sale.state in rules.ACCOUNTED:
        return  # its version is what payments answers to
    dropping_out.renew_sheet(tx, distribution_id)
    if sale.state != DistributionState.OPEN:
        return
    by_farm: dict[UUID, list[SheetLine]] = defaultdict(list)
    gone = holding.taken_away(tx, distribution_id)
    for row in sales.lines(tx, distribution_id):
        line = SheetLine.model_validate(row.line)
        if row.offer_id not in gone and row.closes_at > timer.due_at and _ended(line, timer.due_at):
            by_farm[row.producer_id].append(line)
    for lines in by_farm.values():
        _enter(tx, sale, lines, timer.due_at)


def of_sale(tx: Connection, command: ListExpiredMarks, call: Call) -> list[ExpiredMarks]:
    """What expired in a sale, as far as the asker may know of it; nothing where there is no such sale."""
    rows = store.of_sale(tx, command.distribution_id, call.asker.person_id)
    return [_shown(tx, row, row.currency) for row in rows]


def decide(tx: Connection, command: DecideExpiredMarks, call: Call) -> ExpiredMarks | Refused:
    """Write what an organiser decides, if the orders are as they were seen; withdrawn lines go right after."""
    distribution_id = store.to_decide(tx, command.expiry_id, call.asker.person_id)
    if distribution_id is None:
        raise NotFound("no-such-expiry", "Nothing like this expired in a sale of yours.")
    sale = day.hold_alone(tx, distribution_id)
    row = store.one(tx, command.expiry_id)
    if refused := _not_now(tx, sale, row):
        return refused
    foreseen = _shown(tx, row, sale.currency)
    need_as_seen(foreseen, command)
    said = {"decision": command.decision, "reason": command.reason, "decided_by": call.asker.person_id}
    if command.decision is Decision.WITHDRAWN:
        said |= foreseen.model_dump(include=FIGURES)
        _withdraw(tx, sale, row)
    decided = store.decide(tx, row.id, said)
    return _tell(tx, sale, decided)


def withdraw_lines(tx: Connection, timer: Timer) -> None:
    """Make the next orders short of lines that were withdrawn, until none has them."""
    row = store.one(tx, UUID(timer.key.removeprefix("withdraw:")))
    why = Why(ShortReason.MARK_EXPIRED, row.reason)
    if dropping_out.shorten_next(tx, row.distribution_id, row.offers, why):
        timers.again(tx, timer)
    else:
        store.end(tx, row.id)


def _ended(line: SheetLine, at: datetime) -> list[str]:
    return [one.kind for one in line.certificates if one.ends_at == at]


def _enter(tx: Connection, sale: Row[Any], lines: list[SheetLine], at: datetime) -> None:
    """Enter what expired of a farm; who ordered by it makes it news."""
    farm = lines[0]
    row = {
        "id": uuid5(NAMESPACE_URL, f"halle:expiry:{sale.id}:{farm.producer_id}:{at.isoformat()}"),
        "distribution_id": sale.id,
        "producer_id": farm.producer_id,
        "producer_name": farm.producer_name,
        "marks": sorted({kind for line in lines for kind in _ended(line, at)}),
        "expired_at": at,
        "offers": [line.offer_id for line in lines],
        "names": [line.name for line in lines],
        "required": any(line.qualifies_until == at for line in lines),
    }
    if store.enter(tx, row) and holding.figures(tx, sale.id, row["offers"])["orders"]:
        _tell(tx, sale, store.one(tx, row["id"]))


def _not_now(tx: Connection, sale: Row[Any], row: Row[Any]) -> Refused | None:
    if row.decision == Decision.WITHDRAWN:
        return rules.withdrawn()
    if day.drop_out(tx, sale.id, row.producer_id) is not None:
        return rules.dropped_out()
    return None if sale.state in (*day.ACTIVE, DistributionState.OPEN) else rules.not_active(sale.state)


def _withdraw(tx: Connection, sale: Row[Any], row: Row[Any]) -> None:
    if sale.state == DistributionState.OPEN:
        dropping_out.leave_sheet(tx, sale.id, row.offers)
    subject, key = str(row.distribution_id), f"withdraw:{row.id}"
    timers.schedule(tx, "withdraw_lines", key=key, subject=subject, due_at=clock.now(tx), version=1)


def _shown(tx: Connection, row: Row[Any], currency: str) -> ExpiredMarks:
    """As it was when the lines were withdrawn; until then as the orders stand."""
    about = dict(row._mapping) | {"expiry_id": row.id, "currency": currency}
    if row.decision != Decision.WITHDRAWN:
        about |= holding.figures(tx, row.distribution_id, row.offers)
    return ExpiredMarks.model_validate(about)


def _tell(tx: Connection, sale: Row[Any], row: Row[Any]) -> ExpiredMarks:
    shown = _shown(tx, row, sale.currency)
    about = {name: getattr(sale, name) for name in ("market_id", "market_name", "time_zone", "starts_at")}
    event = MarksExpired(expiry_id=row.id, version=row.version, expired=shown, reason=row.reason, **about)
    say(tx, event, seq=row.version)
    return shown
