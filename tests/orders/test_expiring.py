"""A mark that expires while a sale is open: off the sheet at its instant, orders stand, the organisers decide."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished, SheetLine
from contracts.errors import Conflict, NotFound
from contracts.expiring import DecideExpiredMarks, Decision, ExpiredMarks, ListExpiredMarks
from contracts.messages import Refused
from contracts.orders import AmendOrder, Order, OrderState, Wish
from contracts.quality import Certificate
from services.orders.actions import amending, dropping_out, expiring, reading, windows
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_cancelling import cancel
from tests.orders.test_cancelling import figures as cancellation
from tests.orders.test_day import known, read, settle
from tests.orders.test_dropping_out import drop_out, figures
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later, preparation_lists
from tests.orders.test_withdrawing import figures as withdrawal
from tests.orders.test_withdrawing import withdraw

Caller = Callable[..., Call]


def organic(name: str, ends_at: datetime, *, required: bool = True, **changes: Any) -> SheetLine:
    """An offer under AB until an instant; the market asks for it unless said otherwise."""
    until = {"qualifies_until": ends_at} if required else {}
    return line(name, marks=["ab", "aop"], certificates=certificates(ends_at), **until | changes)


def certificates(ends_at: datetime) -> list[Certificate]:
    return [Certificate(kind="ab", certifier="FR-BIO-01", ends_at=ends_at), Certificate(kind="aop")]


@pytest.fixture
def published() -> SaleSheetPublished:
    """Carrots and leeks whose AB ends in twelve hours, and the baker's bread that needs none; open for a day."""
    ends_at = datetime.now(UTC) + timedelta(hours=12)
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
    sale = opened(sheet(organic("Carrots", ends_at), organic("Leeks", ends_at), bread))
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", sale.market_id)
    return sale


def shown(published: SaleSheetPublished) -> list[tuple[list[str], int]]:
    with database.transaction() as tx:
        sale = reading.sale_sheet(tx, published.distribution_id)
    return [(one.marks, len(one.certificates)) for one in sale.lines]


def listed(call: Caller, person: UUID, published: SaleSheetPublished) -> list[ExpiredMarks]:
    command = ListExpiredMarks(distribution_id=published.distribution_id)
    found: list[ExpiredMarks] = act(expiring.of_sale, call, person, command)
    return found


def decide(call: Caller, seen: ExpiredMarks, decision: Decision, person: UUID = ODILE, **changes: Any) -> Any:
    about = seen.model_dump(include={"expiry_id", "orders", "amount_cents"}) | {"decision": decision}
    return act(expiring.decide, call, person, DecideExpiredMarks(**about | changes))


def amend(call: Caller, order: Order, published: SaleSheetPublished, *quantities: int) -> Any:
    pairs = zip(published.lines, quantities, strict=False)
    wishes = [Wish(offer_id=line.offer_id, quantity=n) for line, n in pairs]
    return act(amending.amend, call, BOB, AmendOrder(order_id=order.order_id, version=order.version, lines=wishes))


def test_an_expired_mark_leaves_the_sheet_by_the_clock_alone(published: SaleSheetPublished) -> None:
    both = [(["ab", "aop"], 2)] * 2 + [([], 0)]
    later(hours=11, minutes=59)
    assert shown(published) == both
    later(hours=12)
    assert shown(published) == [(["aop"], 1)] * 2 + [([], 0)]
    do_what_is_due()
    with database.transaction() as tx:
        assert reading.sale_sheet(tx, published.distribution_id).version == 2, "whoever keeps the sheet asks again"
    assert [one["state"] for one in said("orders.distribution_changed.v1")] == ["open", "open"]


def test_nothing_more_is_sold_of_what_needs_the_mark_and_what_stands_may_shrink(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 4, 2)
    later(hours=12)
    for refused in (place(call, CHARLIE, published, 1, 0, 2), place(call, BOB, published, 1)):
        assert (refused.code, [one["name"] for one in refused.details["lines"]]) == ("mark-expired", ["Carrots"])
    refused = amend(call, order, published, 5, 1)
    assert (refused.code, [one["name"] for one in refused.details["lines"]]) == ("mark-expired", ["Carrots"])
    assert left(published) == [6, 8, 10]
    fewer = amend(call, order, published, 3, 0, 1)
    assert [(one.name, one.quantity) for one in fewer.lines] == [("Carrots", 3), ("Baguette", 1)]
    assert isinstance(place(call, CHARLIE, published, 0, 0, 2), Order)


def test_the_last_order_before_the_instant_is_taken(call: Caller, published: SaleSheetPublished) -> None:
    later(hours=11, minutes=59)
    assert isinstance(place(call, BOB, published, 1), Order)


def test_a_mark_that_no_policy_asks_for_only_leaves_the_sheet(call: Caller) -> None:
    ends_at = datetime.now(UTC) + timedelta(hours=12)
    published = opened(sheet(organic("Carrots", ends_at, required=False)))
    grant(ODILE, "organise", published.market_id)
    place(call, BOB, published, 1)
    later(hours=12)
    do_what_is_due()
    assert isinstance(place(call, CHARLIE, published, 1), Order)
    [seen] = listed(call, ODILE, published)
    assert (seen.required, seen.orders) == (False, 2)


def test_the_organiser_sees_the_orders_concerned_and_is_told_once(call: Caller, published: SaleSheetPublished) -> None:
    known(BOB, "Bob Blanc", email="bob@caromb.example", phone=None)
    place(call, BOB, published, 2, 1, 1)
    place(call, CHARLIE, published, 1)
    place(call, MALIK, published, 0, 0, 3)
    later(hours=12)
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    assert (seen.orders, seen.emptied, seen.amount_cents, seen.by_telephone) == (2, 1, 4 * 260, 1)
    assert (seen.names, seen.marks, seen.required, seen.decision) == (["Carrots", "Leeks"], ["ab"], True, None)
    [told] = said("orders.marks_expired.v1")
    assert (told["expired"]["orders"], told["version"]) == (2, 1)
    assert listed(call, ALICE, published) == [seen], "the farm sees its own"
    assert [listed(call, person, published) for person in (BOB, CHARLIE, MALIK)] == [[], [], []]


def test_kept_orders_stand_and_may_yet_be_withdrawn(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 1)
    later(hours=12)
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    assert decide(call, seen, Decision.KEPT).decision is Decision.KEPT
    do_what_is_due()
    assert read(order).version == 1 and said("orders.order_shortened.v1") == []
    decide(call, seen, Decision.WITHDRAWN)
    do_what_is_due()
    assert read(order).state is OrderState.CANCELLED
    assert [one["expired"]["decision"] for one in said("orders.marks_expired.v1")] == [None, "kept", "withdrawn"]


def test_withdrawn_lines_leave_every_order_in_batches_and_everybody_is_told(
    call: Caller, published: SaleSheetPublished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping_out, "BATCH", 2)
    orders = [place(call, UUID(int=7000 + n), published, 1, 0, n % 2) for n in range(5)]
    later(hours=12)
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    assert (seen.orders, seen.emptied) == (5, 3)
    decide(call, seen, Decision.WITHDRAWN, reason="Le certificat n’a pas été renouvelé.")
    later(days=1)
    do_what_is_due()
    after = [read(one) for one in orders]
    assert [one.state == "cancelled" for one in after] == [True, False, True, False, True]
    assert [one.version for one in after] == [2] * 5
    told = said("orders.order_shortened.v1")
    assert len(told) == 5 and {one["because"] for one in told} == {"mark_expired"}
    assert {one["note"] for one in told} == {"Le certificat n’a pas été renouvelé."}
    assert preparation_lists()[FARM].totals == [] and preparation_lists()[BAKERY].totals[0].quantity == 2
    [done] = listed(call, ODILE, published)
    assert done.done_at is not None and (done.orders, done.emptied, done.amount_cents) == (5, 3, 5 * 260)
    refused = decide(call, done, Decision.WITHDRAWN)
    assert isinstance(refused, Refused) and refused.code == "withdrawn"


def test_what_was_withdrawn_is_off_sale_and_cannot_be_settled_back(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 0, 1)
    later(hours=12)
    do_what_is_due()
    decide(call, listed(call, ODILE, published)[0], Decision.WITHDRAWN)
    assert place(call, CHARLIE, published, 1).code == "line-closed"
    assert [marks for marks, _ in shown(published)] == [[]], "only the bread is left"
    later(days=1)
    do_what_is_due()
    assert settle(call, ALICE, published, (read(order), 0, {"short": 0})).code == "withdrawn"


def test_after_the_close_lines_are_withdrawn_as_a_shortage(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 0, 1)
    later(days=1)
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    assert decide(call, seen, Decision.WITHDRAWN).decision is Decision.WITHDRAWN
    do_what_is_due()
    assert [(one.name, one.quantity, one.short) for one in read(order).lines] == [
        ("Carrots", 0, 2), ("Baguette", 1, 0)
    ]  # fmt: skip
    assert preparation_lists()[FARM].totals[0].quantity == 2, "the list stays as it was at the close"


def test_a_mark_that_ends_after_the_close_concerns_nobodys_order(call: Caller) -> None:
    ends_at = datetime.now(UTC) + timedelta(hours=36)
    published = opened(sheet(organic("Carrots", ends_at)))
    grant(ODILE, "organise", published.market_id)
    place(call, BOB, published, 1)
    later(hours=36)
    do_what_is_due()
    assert listed(call, ODILE, published) == [] and said("orders.marks_expired.v1") == []
    assert shown(published) == [(["aop"], 1)]


def test_orders_that_were_kept_of_what_was_withdrawn_are_concerned_as_well(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2, 0, 1)
    withdraw(call, withdrawal(call, published), Decision.KEPT)
    later(hours=12)
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    assert (seen.names, seen.orders) == (["Carrots", "Leeks"], 1)
    assert len(said("orders.marks_expired.v1")) == 1
    decide(call, seen, Decision.WITHDRAWN)
    do_what_is_due()
    assert [(one.name, one.quantity) for one in read(order).lines] == [("Carrots", 0), ("Baguette", 1)]


@pytest.mark.parametrize("how", ["dropped lines", "drop-out"])
def test_what_does_not_come_anyhow_concerns_nobody(how: str, call: Caller, published: SaleSheetPublished) -> None:
    place(call, BOB, published, 2, 0, 1)
    if how == "drop-out":
        drop_out(call, ALICE, published, figures(call, ALICE, published))
    else:
        withdraw(call, withdrawal(call, published), Decision.WITHDRAWN)
    later(hours=12)
    do_what_is_due()
    assert [one.names for one in listed(call, ODILE, published)] == ([] if how == "drop-out" else [["Leeks"]])


def test_lines_whose_farm_had_closed_before_are_not_concerned(call: Caller) -> None:
    now = datetime.now(UTC)
    published = opened(sheet(organic("Carrots", now + timedelta(hours=12), closes_at=now + timedelta(hours=6))))
    grant(ODILE, "organise", published.market_id)
    place(call, BOB, published, 1)
    later(hours=12)
    do_what_is_due()
    assert listed(call, ODILE, published) == []


def test_a_sheet_that_comes_twice_or_a_timer_that_rings_twice_enters_nothing_twice(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 1)
    with database.transaction() as tx:
        windows.open_distribution(tx, published, 1)
    later(hours=12)
    assert do_what_is_due() == 1
    later(hours=13)
    assert do_what_is_due() == 0 and len(listed(call, ODILE, published)) == 1


def test_figures_that_moved_are_a_conflict_and_only_organisers_decide(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2)
    later(hours=12)
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    amend(call, order, published, 1)
    with pytest.raises(Conflict, match="figures-moved") as conflict:
        decide(call, seen, Decision.WITHDRAWN)
    assert conflict.value.details["figures"]["amount_cents"] == 260
    grant(MALIK, "organise", uuid4())
    for person in (ALICE, BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            decide(call, seen, Decision.KEPT, person)


def test_a_farm_that_dropped_out_and_a_cancelled_sale_leave_nothing_to_decide(
    call: Caller, published: SaleSheetPublished
) -> None:
    place(call, BOB, published, 2)
    later(hours=12)
    do_what_is_due()
    drop_out(call, ALICE, published, figures(call, ALICE, published))
    [seen] = listed(call, ODILE, published)
    assert decide(call, seen, Decision.WITHDRAWN).code == "dropped-out"
    do_what_is_due()
    cancel(call, ODILE, published, cancellation(call, ODILE, published))
    do_what_is_due()
    [seen] = listed(call, ODILE, published)
    assert decide(call, seen, Decision.KEPT).code == "dropped-out"
