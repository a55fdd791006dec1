"""The end of a distribution: it stands still, payments counts, and it is final; or it is open again, and told so.

Closing is a state first, so that no order moves while payments hears the last of them. Nobody waits for an answer:
payments says what it found, whenever it is up.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.books import Books, BooksClosing, BooksStillOpen, CloseBooks, ReadBooks
from contracts.errors import NotFound
from contracts.messages import Refused
from contracts.orders import DistributionChanged, DistributionState
from contracts.payments import BooksChecked
from services.orders import rules
from services.orders.store import books, day, sales

REMINDED_AFTER = (timedelta(days=1), timedelta(days=3))
CLOSED_AFTER = timedelta(days=7)
"""Then books that are exact close by themselves; if they are not, it is tried again as long after."""


def read(tx: Connection, command: ReadBooks, call: Call) -> Books:
    """How far the books are."""
    return _books(tx, _found(books.sale_to_read(tx, command.distribution_id, call.asker.person_id)))


def close(tx: Connection, command: CloseBooks, call: Call) -> Books | Refused:
    """Let a sale stand still for good, if every order of it was handed over or nobody came."""
    _found(books.sale_to_account(tx, command.distribution_id, call.asker.person_id))
    sale = day.hold_alone(tx, command.distribution_id)
    if sale.state in rules.ACCOUNTED:
        return rules.books_closed()
    if sale.state != DistributionState.HANDOVER:
        return rules.not_handed_over()
    if waiting := books.open_orders(tx, sale.id):
        return rules.orders_open(waiting)
    _stand_still(tx, sale.id, only_if_exact=False)
    return _books(tx, sales.known(tx, sale.id))


def end(tx: Connection, checked: BooksChecked) -> None:
    """Make the sale final, or open it again because its figures are not exact; an older attempt's answer is void."""
    sale = day.hold_alone(tx, checked.distribution_id)
    if sale.state != DistributionState.CLOSING_BOOKS or sale.version != checked.attempt:
        return
    to = DistributionState.FINAL if checked.closed else DistributionState.HANDOVER
    _move(tx, sale.id, DistributionState.CLOSING_BOOKS, to)
    if not checked.closed:
        _remind(tx, sale, CLOSED_AFTER.days)


def want(tx: Connection, sale: Row[Any]) -> None:
    """Want the reminders and the close by itself, for a sale whose hand-over begins."""
    for after in REMINDED_AFTER:
        key = f"remind:{sale.id}:{after.days}"
        _schedule(tx, "remind_of_books", key, sale, sale.ends_at + after, after.days)
    _schedule(tx, "close_books", f"books:{sale.id}", sale, sale.ends_at + CLOSED_AFTER, 1)


def remind(tx: Connection, timer: Timer) -> None:
    """Remind of books that are still open; the timer's version is the days since the hand-over."""
    sale = sales.known(tx, UUID(timer.subject))
    if sale.state == DistributionState.HANDOVER:
        _remind(tx, sale, timer.version)


def close_by_itself(tx: Connection, timer: Timer) -> None:
    """Close books that nobody closed, if they are exact; try again a week later until they are closed."""
    sale = day.hold_alone(tx, UUID(timer.subject))
    if sale.state != DistributionState.HANDOVER:
        return
    _schedule(tx, "close_books", timer.key, sale, timer.due_at + CLOSED_AFTER, timer.version + 1)
    if books.open_orders(tx, sale.id):
        _remind(tx, sale, timer.version * CLOSED_AFTER.days)
    else:
        _stand_still(tx, sale.id, only_if_exact=True)


def _stand_still(tx: Connection, distribution_id: UUID, *, only_if_exact: bool) -> None:
    attempt = _move(tx, distribution_id, DistributionState.HANDOVER, DistributionState.CLOSING_BOOKS)
    orders, versions = books.said(tx, distribution_id)
    event = BooksClosing(
        distribution_id=distribution_id,
        attempt=attempt,
        orders=orders,
        versions=versions,
        only_if_exact=only_if_exact,
    )
    say(tx, event, seq=attempt)


def _remind(tx: Connection, sale: Row[Any], days: int) -> None:
    about = {n: getattr(sale, n) for n in ("market_id", "market_name", "venue_name", "time_zone", "starts_at")}
    reminder_id = uuid5(NAMESPACE_URL, f"halle:books:{sale.id}:{sale.version}:{days}")
    waiting = len(books.open_orders(tx, sale.id))
    event = BooksStillOpen(reminder_id=reminder_id, distribution_id=sale.id, days=days, open_orders=waiting, **about)
    say(tx, event, seq=1)


def _books(tx: Connection, sale: Row[Any]) -> Books:
    return Books(
        distribution_id=sale.id,
        state=sale.state,
        open_orders=books.open_orders(tx, sale.id),
        total_cents=books.total_cents(tx, sale.id),
        currency=sale.currency,
    )


def _found(sale: Row[Any] | None) -> Row[Any]:
    if sale is None:
        raise NotFound("no-such-sale", "There is no such sale whose books you keep.")
    return sale


def _move(tx: Connection, distribution_id: UUID, seen: DistributionState, to: DistributionState) -> int:
    version = sales.move(tx, distribution_id, seen, to)
    assert version is not None, "the row is locked"
    say(tx, DistributionChanged(distribution_id=distribution_id, state=to), seq=version)
    return version


def _schedule(tx: Connection, name: str, key: str, sale: Row[Any], due_at: datetime, version: int) -> None:
    timers.schedule(tx, name, key=key, subject=str(sale.id), due_at=due_at, version=version)
