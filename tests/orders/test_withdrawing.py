"""A product withdrawn while people order: consequences first; its orders stand, or lose it and are told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import Conflict, NotFound
from contracts.expiring import Decision
from contracts.orders import AmendOrder, CancelOrder, OrderState, Wish
from contracts.withdrawing import ListWithdrawals, ReadWithdrawal, Withdrawal, WithdrawFromSale
from services.orders.actions import amending, dropping_out, lowering, reading, withdrawing
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel
from tests.orders.test_cancelling import figures as cancellation
from tests.orders.test_day import known, read, settle
from tests.orders.test_dropping_out import drop_out
from tests.orders.test_dropping_out import figures as drop_out_figures
from tests.orders.test_lowering import lower
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later, preparation_lists

Caller = Callable[..., Call]
SAID = "orders.offer_withdrawn.v1"


@pytest.fixture
def published() -> SaleSheetPublished:
    """Carrots and leeks of Alice's, and the baker's bread, open for a day."""
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
    sale = opened(sheet(line("Carrots"), line("Leeks"), bread))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", sale.market_id)
    return sale


def figures(call: Caller, published: SaleSheetPublished, person: UUID = ALICE) -> Withdrawal:
    about = {"distribution_id": published.distribution_id, "offer_id": published.lines[0].offer_id}
    answer: Withdrawal = act(withdrawing.figures, call, person, ReadWithdrawal(**about))
    return answer


def withdraw(call: Caller, seen: Withdrawal, decision: Decision, person: UUID = ALICE, **changes: Any) -> Any:
    about = seen.model_dump(include={"distribution_id", "offer_id", "orders", "amount_cents"})
    return act(withdrawing.withdraw, call, person, WithdrawFromSale(**about | {"decision": decision} | changes))


def test_orders_stand_where_the_farm_keeps_them_and_nothing_more_is_sold(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2, 1)
    withdraw(call, figures(call, published), Decision.KEPT)
    assert place(call, CHARLIE, published, 1).code == "line-closed"
    assert place(call, BOB, published, 1).code == "line-closed"
    with database.transaction() as tx:
        names = [one.name for one in reading.sale_sheet(tx, published.distribution_id).lines]
    assert names == ["Leeks", "Baguette"]
    later(days=1)
    do_what_is_due()
    assert read(order).total_cents == 780 and said("orders.order_shortened.v1") == []
    assert [one.quantity for one in preparation_lists()[FARM].totals] == [2, 1]
    assert [one["withdrawal"]["decision"] for one in said(SAID)] == ["kept"]


def test_dropped_lines_leave_every_order_in_batches_and_everybody_is_told(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping_out, "BATCH", 2)
    known(UUID(int=7000), "Bob Blanc", email="bob@caromb.example", phone=None)
    orders = [place(call, UUID(int=7000 + n), published, 1, 0, n % 2) for n in range(5)]
    seen = figures(call, published, ODILE)
    assert (seen.orders, seen.emptied, seen.amount_cents, seen.by_telephone) == (5, 3, 5 * 260, 4)
    withdraw(call, seen, Decision.WITHDRAWN, ODILE, reason="Grêle.")
    later(days=1)
    do_what_is_due()
    after = [read(one) for one in orders]
    assert [one.state is OrderState.CANCELLED for one in after] == [True, False, True, False, True]
    assert [(one.version, one.total_cents) for one in after] == [(2, 0), (2, 120)] * 2 + [(2, 0)]
    told = said("orders.order_shortened.v1")
    assert len(told) == 5 and {(one["because"], one["note"]) for one in told} == {("withdrawn", "Grêle.")}
    assert preparation_lists()[FARM].totals == [], "the close waited for the last batch"
    assert left(published) == [10, 8], "nothing is back on sale"
    done = figures(call, published)
    assert done.done_at is not None and (done.orders, done.emptied, done.amount_cents) == (5, 3, 1300)
    assert withdraw(call, done, Decision.WITHDRAWN).code == "withdrawn"
    assert settle(call, ALICE, published, (after[1], 0, {"short": 0})).code == "withdrawn", "everybody was told"


def test_what_was_kept_may_yet_be_dropped_after_the_close(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 1)
    withdraw(call, figures(call, published), Decision.KEPT)
    later(days=1)
    do_what_is_due()
    seen = figures(call, published)
    assert withdraw(call, seen, Decision.KEPT).code == "withdrawn"
    withdraw(call, seen, Decision.WITHDRAWN)
    do_what_is_due()
    assert [(one.name, one.quantity, one.short) for one in read(order).lines] == [("Carrots", 0, 2), ("Leeks", 1, 0)]
    assert [(one["version"], one["withdrawal"]["decision"]) for one in said(SAID)] == [(1, "kept"), (2, "withdrawn")]


def test_orders_that_were_kept_still_take_a_price_lowered_before(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowering, "BATCH", 1)
    orders = [place(call, person, published, 1) for person in (BOB, CHARLIE)]
    lower(call, published, 200)
    withdraw(call, figures(call, published), Decision.KEPT)
    do_what_is_due()
    assert [read(one).total_cents for one in orders] == [200, 200]


def test_figures_that_moved_are_a_conflict_that_shows_them(call: Caller, published: SaleSheetPublished) -> None:
    seen = figures(call, published)
    place(call, BOB, published, 1)
    with pytest.raises(Conflict, match="figures-moved") as conflict:
        withdraw(call, seen, Decision.WITHDRAWN)
    assert conflict.value.details["figures"]["amount_cents"] == 260
    assert place(call, BOB, published, 1).total_cents == 520, "it is still on sale"


def test_only_its_farm_and_the_organisers_see_and_withdraw_it(call: Caller, published: SaleSheetPublished) -> None:
    grant(MALIK, "sell", BAKERY)
    for person in (BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            figures(call, published, person)
        with pytest.raises(NotFound):
            withdraw(call, figures(call, published), Decision.KEPT, person)
    withdraw(call, figures(call, published), Decision.KEPT, ODILE)
    listing = ListWithdrawals(distribution_id=published.distribution_id)
    seen = {person: act(withdrawing.of_sale, call, person, listing) for person in (ALICE, ODILE, MALIK, CHARLIE)}
    assert [len(seen[person]) for person in (ALICE, ODILE, MALIK, CHARLIE)] == [1, 1, 0, 0]


def test_a_sale_that_closed_a_farm_that_dropped_out_and_a_cancelled_sale_have_nothing_to_withdraw(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1, 0, 1)
    drop_out(call, ALICE, published, drop_out_figures(call, ALICE, published))
    do_what_is_due()
    assert withdraw(call, figures(call, published), Decision.KEPT).code == "dropped-out"
    other = opened(sheet(line("Carrots")))
    withdraw(call, figures(call, other), Decision.KEPT)
    cancel(call, ODILE, other, cancellation(call, ODILE, other))
    assert withdraw(call, figures(call, other), Decision.WITHDRAWN).code == "not-closed"
    third = opened(sheet(line("Carrots")))
    later(days=1)
    do_what_is_due()
    assert withdraw(call, figures(call, third), Decision.KEPT).code == "window-closed"


def test_who_ordered_what_was_kept_may_still_drop_it_or_cancel(call: Caller, published: SaleSheetPublished) -> None:
    bob, charlie = place(call, BOB, published, 2, 1), place(call, CHARLIE, published, 1, 0, 1)
    withdraw(call, figures(call, published), Decision.KEPT)
    wishes = [Wish(offer_id=published.lines[0].offer_id, quantity=n) for n in (3, 1, 0)]
    more, fewer, none = (AmendOrder(order_id=bob.order_id, version=1, lines=[wish]) for wish in wishes)
    assert [act(amending.amend, call, BOB, command).code for command in (more, fewer)] == ["line-closed"] * 2
    assert [one.name for one in act(amending.amend, call, BOB, none).lines] == ["Leeks"]
    gone = act(amending.cancel, call, CHARLIE, CancelOrder(order_id=charlie.order_id, version=1))
    assert gone.state is OrderState.CANCELLED and left(published) == [9, 10]
    assert (figures(call, published).orders, figures(call, published).amount_cents) == (0, 0)


def test_what_is_being_dropped_waits_for_its_batch(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 1)
    withdraw(call, figures(call, published), Decision.KEPT)
    withdraw(call, figures(call, published), Decision.WITHDRAWN)
    cancel_it = CancelOrder(order_id=order.order_id, version=1)
    assert act(amending.cancel, call, BOB, cancel_it).code == "line-closed"
