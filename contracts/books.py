"""What is owed once a window has closed, and the books that end a distribution. Orders owns both.

Before the close nothing is owed yet: orders still change. From then on every version of an order is said whole.
"""

from datetime import datetime
from uuid import UUID

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape
from contracts.orders import DistributionState, Order


class OrderOwed(
    Event,
    name="orders.order_owed.v1",
    shape=Shape.STATE,
    about="order_id",
    heard_by=("payments.know_what_is_owed",),
):
    """What is owed for an order: said for each numbered order after the close, then for each of its versions.

    A cancelled order owes nothing, whatever its lines say; one that nobody fetched is still owed for.
    """

    order_id: UUID
    order: Order


class BooksClosing(
    Event,
    name="orders.books_closing.v1",
    shape=Shape.STATE,
    about="distribution_id",
    heard_by=("payments.check_books",),
):
    """Said when a distribution stands still so that its books can be closed; `attempt` is its version.

    Versions only grow: who knows as many orders, with the same sum of versions, knows the last of each.
    """

    distribution_id: UUID
    attempt: int
    orders: int
    """How many were said to be owed for."""
    versions: int
    """The sum of their versions."""
    only_if_exact: bool
    """Whether nobody asked for it: then the books close only if nothing is due."""


class BooksStillOpen(
    Event,
    name="orders.books_still_open.v1",
    shape=Shape.FACT,
    about="reminder_id",
    heard_by=("notifications.remind_of_books",),
):
    """Said one and three days after a hand-over whose books are open, and when they did not close by themselves."""

    reminder_id: UUID
    distribution_id: UUID
    market_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    starts_at: datetime
    days: int
    """Since the hand-over."""
    open_orders: int
    """Neither handed over nor absent."""


class Books(Model):
    """How far the books of a distribution are, as orders sees it."""

    distribution_id: UUID
    state: DistributionState
    open_orders: list[int]
    """Numbers of the orders that are neither handed over nor absent."""
    total_cents: int
    """Owed for all its orders."""
    currency: str


class ReadBooks(Command, door="orders.read_books", answers=Books):
    """Whether the books of a sale can be closed; for the market's organisers and treasurers."""

    distribution_id: UUID


class CloseBooks(
    Command, door="orders.close_books", answers=Books | Refused, acts=True, by=(Right.ORGANISE, Right.TREASURY)
):
    """Close the books of a distribution: nothing of it changes any more, and what comes later is dated apart.

    What is still due stays due. It is `final` once payments knows the last version of every order, which takes a
    moment. Refused: `orders-open` (details: their numbers), `not-handed-over` (the hand-over has not begun),
    `books-closed`.
    """

    distribution_id: UUID
