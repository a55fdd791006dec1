"""Snow on Friday: a sale is cancelled with its orders, in batches that survive whatever stops them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from bus import database
from bus.doors import Call
from contracts.cancelling import Cancellation, CancelSale, ReadCancellation
from contracts.catalog import SaleSheetPublished, StockMode
from contracts.errors import Conflict, NotFound
from contracts.messages import Refused
from contracts.orders import Order, OrderState
from services.orders.actions import cancelling, day
from tests.cast import ALICE, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_day import known, read, settle
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later, preparation_lists, state_of

Caller = Callable[..., Call]


def figures(call: Caller, person: UUID, published: SaleSheetPublished) -> Cancellation:
    command = ReadCancellation(distribution_id=published.distribution_id)
    answer: Cancellation = act(cancelling.figures, call, person, command)
    return answer


def cancel(call: Caller, person: UUID, published: SaleSheetPublished, seen: Cancellation, **changes: Any) -> Any:
    shown = seen.model_dump(include={"orders", "amount_cents"}) | {"distribution_id": published.distribution_id}
    return act(cancelling.cancel, call, person, CancelSale(**shown | {"reason": "Trop de neige."} | changes))


@pytest.fixture
def published() -> SaleSheetPublished:
    """A sale of carrots, and of eggs of which Alice has one stock for all her markets."""
    sale = opened(sheet(line("Carrots"), line("Eggs", stock_mode=StockMode.SHARED)))
    grant(ODILE, "organise", sale.market_id)
    grant(ALICE, "sell", FARM)
    return sale


def test_an_open_sale_is_stopped_at_once_and_everybody_is_told(call: Caller, published: SaleSheetPublished) -> None:
    known(BOB, "Bob Blanc", email="bob@caromb.example", phone=None)
    orders = [place(call, BOB, published, 2, 1), place(call, CHARLIE, published, 0, 3)]
    seen = figures(call, ODILE, published)
    assert (seen.orders, seen.amount_cents, seen.farms, seen.by_telephone) == (2, 6 * 260, 1, 1)
    cancel(call, ODILE, published, seen)
    assert place(call, MALIK, published, 1).code == "window-closed"
    do_what_is_due()
    assert state_of(published) == "cancelled" and figures(call, ODILE, published).done_at is not None
    assert [read(order).state for order in orders] == [OrderState.CANCELLED] * 2
    assert left(published) == [10, 10], "what Alice shares with her other markets is hers to sell again"
    with database.transaction() as tx:
        called = day.telephone_list(tx, published.distribution_id, ODILE)
    assert [row.order_id for row in called] == [orders[1].order_id], "no mail reaches Charlie"
    (told,) = said("orders.sale_cancelled.v1")
    assert (told["orders"], told["amount_cents"], told["producers"]) == (2, 1560, [str(FARM)])
    assert [one["order"]["total_cents"] for one in said("orders.order_called_off.v1")] == [780, 780]
    states = [one["state"] for one in said("orders.distribution_changed.v1")]
    assert states == ["open", "cancelling", "cancelled"]
    later(days=3)
    do_what_is_due()
    assert state_of(published) == "cancelled" and preparation_lists() == {}


def test_a_closed_sale_is_cancelled_without_what_was_short_coming_back(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2, 4)
    later(days=1)
    do_what_is_due()
    settle(call, ALICE, published, (read(order), 1, {"short": 3}))
    cancel(call, ODILE, published, figures(call, ODILE, published))
    do_what_is_due()
    assert left(published) == [10, 7] and read(order).state is OrderState.CANCELLED


def test_a_worker_that_dies_between_batches_repeats_nothing(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancelling, "BATCH", 2)
    orders: list[Order] = [place(call, UUID(int=7000 + n), published, 1) for n in range(5)]
    cancel(call, ODILE, published, figures(call, ODILE, published))
    do_what_is_due()
    do_what_is_due()
    assert [read(one).version for one in orders] == [2] * 5 and left(published) == [10, 10]
    assert len(said("orders.order_called_off.v1")) == 5 and len(said("orders.sale_cancelled.v1")) == 1


def test_figures_that_moved_are_a_conflict_and_a_second_time_is_refused(
    call: Caller, published: SaleSheetPublished
) -> None:
    seen = figures(call, ODILE, published)
    place(call, BOB, published, 1)
    with pytest.raises(Conflict, match="figures-moved"):
        cancel(call, ODILE, published, seen)
    cancel(call, ODILE, published, figures(call, ODILE, published))
    again = cancel(call, ODILE, published, figures(call, ODILE, published))
    assert isinstance(again, Refused) and again.code == "not-cancellable"


def test_a_hand_over_that_has_begun_is_not_cancelled(call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 1)
    later(days=1)
    do_what_is_due()
    later(days=2)
    do_what_is_due()
    assert cancel(call, ODILE, published, figures(call, ODILE, published)).code == "not-cancellable"


def test_only_organisers_cancel(call: Caller, published: SaleSheetPublished) -> None:
    grant(MALIK, "handover", published.distribution_id)
    seen = figures(call, ODILE, published)
    for person in (ALICE, BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            figures(call, person, published)
        with pytest.raises(NotFound):
            cancel(call, person, published, seen)
