"""Closing the books: once the last version of every order is known, the figures are kept as they are.

Who knows the last order cannot see what another transaction is just learning. So whoever learns anything of books that
wait wants a look of its own, after its commit and alone with the sale: the last of these looks sees everything.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection

from bus import clock, timers
from bus.outbox import say
from bus.timers import Timer
from contracts.books import BooksClosing
from contracts.orders import Order
from contracts.payments import BooksChecked
from services.payments import rules
from services.payments.actions import tills
from services.payments.store import books, evening, owing


def close(tx: Connection, event: BooksClosing, seq: int) -> None:
    """Enter that books are to be closed, and look whether they can be."""
    if books.want(tx, event, seq):
        _want_look(tx, event.distribution_id, f"closing:{event.attempt}")


def look_again(tx: Connection, learnt: Iterable[Order]) -> None:
    """Look again if books wait for what was just learnt; no version of an order is learnt twice."""
    for sale, order in {order.distribution_id: order for order in learnt}.items():
        if books.wanted(tx, sale) is not None:
            _want_look(tx, sale, f"order:{order.order_id}:{order.version}")


def check(tx: Connection, timer: Timer) -> None:
    """Answer an attempt whose orders are all known: figures kept for good, or not exact where they had to be."""
    distribution_id = UUID(timer.subject)
    sale = owing.hold_sale_alone(tx, distribution_id)
    attempt = books.wanted(tx, distribution_id)
    if attempt is None or owing.known(tx, distribution_id) != (attempt.orders, attempt.versions):
        return
    dues = [row.due_cents for row in evening.sold(tx, distribution_id)]
    closed = rules.is_exact(dues) or not attempt.only_if_exact
    if closed and sale is not None:
        figures = tills.figures(tx, sale, final_at=clock.now(tx))
        owing.end_sale(tx, distribution_id, figures.model_dump(mode="json"))
    books.answer(tx, distribution_id, attempt.attempt)
    answer = BooksChecked(
        distribution_id=distribution_id,
        attempt=attempt.attempt,
        closed=closed,
        due_cents=sum(cents for cents in dues if cents > 0),
        overpaid_cents=-sum(cents for cents in dues if cents < 0),
    )
    say(tx, answer, seq=attempt.attempt)


def _want_look(tx: Connection, distribution_id: UUID, why: str) -> None:
    subject = str(distribution_id)
    key = f"books:{subject}:{why}"
    timers.schedule(tx, "check_books", key=key, subject=subject, due_at=clock.now(tx), version=1)
