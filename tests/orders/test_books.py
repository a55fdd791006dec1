"""What is owed is said once it can be owed; books close on orders that stand still: the state first, then the sums."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bus import database
from bus.doors import Call
from contracts.books import Books, CloseBooks, ReadBooks
from contracts.catalog import SaleSheetPublished
from contracts.day import SetHandover
from contracts.errors import NotFound
from contracts.orders import Order, OrderState
from contracts.payments import BooksChecked
from contracts.quality import Certificate
from services.orders.actions import books, day
from tests.cast import ALICE, BOB, CHARLIE, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel, figures
from tests.orders.test_day import chicken, on_the_day, read, settle
from tests.orders.test_placing import act, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later, state_of

Caller = Callable[..., Call]
OWED, CLOSING = "orders.order_owed.v1", "orders.books_closing.v1"


@pytest.fixture
def published() -> SaleSheetPublished:
    return opened(sheet(line("Carrots"), chicken()))


def owed() -> list[tuple[int, int, int]]:
    """What was said to be owed: number, version, amount of each."""
    return [(one["order"]["number"], one["order"]["version"], one["order"]["total_cents"]) for one in said(OWED)]


def hand_over(call: Caller, order: Order, state: OrderState = OrderState.HANDED_OVER) -> Any:
    command = SetHandover(order_id=order.order_id, version=read(order).version, state=state)
    return act(day.set_handover, call, ODILE, command)


def close(call: Caller, person: UUID, published: SaleSheetPublished) -> Any:
    return act(books.close, call, person, CloseBooks(distribution_id=published.distribution_id))


def handed_over(call: Caller, published: SaleSheetPublished) -> list[Order]:
    """Two orders of a sale that is being handed over: Bob's was fetched, nobody came for Charlie's."""
    orders = on_the_day(call, published, (BOB, (2, 1)), (CHARLIE, (3,)))
    later(days=2)
    do_what_is_due()
    hand_over(call, orders[0])
    hand_over(call, orders[1], OrderState.ABSENT)
    return orders


def test_an_accountant_reads_the_books_and_does_not_close_them(call: Caller, published: SaleSheetPublished) -> None:
    handed_over(call, published)
    grant(MALIK, "account", published.market_id)
    question = ReadBooks(distribution_id=published.distribution_id)
    found: Books = act(books.read, call, MALIK, question)
    assert found == act(books.read, call, ODILE, question)
    with pytest.raises(NotFound):
        close(call, MALIK, published)
    with pytest.raises(NotFound):
        act(books.read, call, CHARLIE, question)
    assert state_of(published) == "handover"


def checked(published: SaleSheetPublished, *, closed: bool, attempt: int | None = None) -> None:
    event = said(CLOSING)[-1]
    answer = {"closed": closed, "due_cents": 0, "overpaid_cents": 0, "attempt": attempt or event["attempt"]}
    with database.transaction() as tx:
        books.end(tx, BooksChecked(distribution_id=published.distribution_id, **answer))


def test_nothing_is_owed_before_the_close_and_each_order_once_after_it(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.orders.actions.owing.BATCH", 2)
    monkeypatch.setattr("services.orders.actions.owing.PAUSE", timedelta(0))
    people = [UUID(int=number) for number in range(50, 55)]
    for person in people:
        place(call, person, published, 1)
    assert owed() == []
    on_the_day(call, published)
    assert sorted(owed()) == [(number, 1, 260) for number in range(1, 6)]


def test_a_weight_a_shortage_and_the_hand_over_are_new_versions_of_what_is_owed(
    call: Caller, published: SaleSheetPublished
) -> None:
    (order,) = on_the_day(call, published, (BOB, (2, 1)))
    assert owed() == [(1, 1, 520 + 2142)]
    settle(call, ALICE, published, (order, 1, {"grams": 1743}))
    settle(call, ALICE, published, (order, 0, {"short": 1}))
    hand_over(call, order)
    assert owed()[1:] == [(1, 2, 520 + 2074), (1, 3, 260 + 2074), (1, 4, 260 + 2074)]


def test_an_order_that_is_called_off_after_the_close_is_said_too(call: Caller, published: SaleSheetPublished) -> None:
    on_the_day(call, published, (BOB, (2,)))
    cancel(call, ODILE, published, figures(call, ODILE, published))
    do_what_is_due()
    assert [one["order"]["state"] for one in said(OWED)] == ["placed", "cancelled"]


def test_books_wait_for_the_hand_over_and_for_every_order(call: Caller, published: SaleSheetPublished) -> None:
    first, second = on_the_day(call, published, (BOB, (2,)), (CHARLIE, (1,)))
    assert close(call, ODILE, published).code == "not-handed-over"
    later(days=2)
    do_what_is_due()
    hand_over(call, first)
    refused = close(call, ODILE, published)
    assert (refused.code, refused.details) == ("orders-open", {"numbers": [2]})
    hand_over(call, second, OrderState.ABSENT)
    closing = close(call, ODILE, published)
    assert (closing.state, closing.open_orders, closing.total_cents) == ("closing_books", [], 3 * 260)
    (event,) = said(CLOSING)
    assert (event["orders"], event["versions"], event["only_if_exact"]) == (2, 4, False)


def test_a_sale_whose_books_close_stands_still_and_is_final_once_payments_has_counted(
    call: Caller, published: SaleSheetPublished
) -> None:
    orders = handed_over(call, published)
    close(call, ODILE, published)
    assert settle(call, ALICE, published, (orders[0], 0, {"short": 1})).code == "books-closed"
    assert hand_over(call, orders[0], OrderState.PLACED).code == "books-closed"
    assert close(call, ODILE, published).code == "books-closed"
    for _ in range(2):
        checked(published, closed=True)
    assert state_of(published) == "final"
    checked(published, closed=False)
    assert state_of(published) == "final"


def test_an_answer_to_an_older_attempt_is_void(call: Caller, published: SaleSheetPublished) -> None:
    handed_over(call, published)
    close(call, ODILE, published)
    checked(published, closed=True, attempt=1)
    assert state_of(published) == "closing_books"


def test_a_mark_that_ends_while_the_books_close_keeps_nothing_open(call: Caller) -> None:
    ends_at = datetime.now(UTC) + timedelta(days=2, hours=1)
    published = opened(sheet(line(marks=["ab"], certificates=[Certificate(kind="ab", ends_at=ends_at)])))
    (order,) = on_the_day(call, published, (BOB, (2,)))
    later(days=2)
    do_what_is_due()
    hand_over(call, order)
    close(call, ODILE, published)
    later(days=2, hours=1.5)
    do_what_is_due()
    checked(published, closed=True)
    assert state_of(published) == "final"


def test_books_that_nobody_closes_are_reminded_of_and_close_by_themselves_when_exact(
    call: Caller, published: SaleSheetPublished
) -> None:
    handed_over(call, published)
    for days, reminders in ((3, [1]), (5, [1, 3])):
        later(days=days, hours=3)
        do_what_is_due()
        assert [one["days"] for one in said("orders.books_still_open.v1")] == reminders
    later(days=10)
    do_what_is_due()
    assert state_of(published) == "closing_books" and said(CLOSING)[0]["only_if_exact"]
    checked(published, closed=False)
    assert state_of(published) == "handover"
    assert [one["days"] for one in said("orders.books_still_open.v1")] == [1, 3, 7]
    later(days=17)
    do_what_is_due()
    checked(published, closed=True)
    assert state_of(published) == "final"


def test_books_with_an_open_order_do_not_close_by_themselves(call: Caller, published: SaleSheetPublished) -> None:
    on_the_day(call, published, (BOB, (2,)))
    later(days=10)
    do_what_is_due()
    assert state_of(published) == "handover" and said(CLOSING) == []
    assert [one["open_orders"] for one in said("orders.books_still_open.v1")] == [1, 1, 1]


def test_only_those_who_keep_the_books_see_and_close_them(call: Caller, published: SaleSheetPublished) -> None:
    handed_over(call, published)
    for stranger in (CHARLIE, BOB, ALICE):
        with pytest.raises(NotFound):
            close(call, stranger, published)
        with pytest.raises(NotFound):
            act(books.read, call, stranger, ReadBooks(distribution_id=published.distribution_id))
    seen = act(books.read, call, ODILE, ReadBooks(distribution_id=published.distribution_id))
    assert isinstance(seen, Books) and seen.state == "handover"
