"""The fee of a market: once in each order while anything of it comes, apart from every farm's money."""

from collections.abc import Callable
from uuid import UUID

import pytest

from bus import database
from bus.doors import Call
from contracts.catalog import MarketFee, SaleSheetPublished
from contracts.day import ReadDropOut
from contracts.lists import HandoverRow
from contracts.orders import AmendOrder, Order, OrderState, Wish
from services.orders.actions import amending, day, dropping_out
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, MARKET, ODILE, line, sheet
from tests.orders.test_day import on_the_day, read
from tests.orders.test_dropping_out import drop_out
from tests.orders.test_placing import act, opened, place, said
from tests.orders.test_windows import do_what_is_due, preparation_lists

Caller = Callable[..., Call]
FEE = MarketFee(payee="Mairie de Caromb", cents=50, vat_basis_points=2000)


@pytest.fixture
def published() -> SaleSheetPublished:
    """Carrots at 2.60, the baker's bread at 1.20, and 0.50 an order for the town."""
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120, stock=100)
    return opened(sheet(line(stock=100), bread, fee=FEE))


def amend(call: Caller, order: Order, published: SaleSheetPublished, *quantities: int) -> Order:
    pairs = zip(published.lines, quantities, strict=True)
    wishes = [Wish(offer_id=one.offer_id, quantity=n) for one, n in pairs]
    command = AmendOrder(order_id=order.order_id, version=order.version, lines=wishes)
    changed: Order = act(amending.amend, call, order.consumer_id, command)
    return changed


def test_it_is_paid_once_an_order_however_often_one_orders(call: Caller, published: SaleSheetPublished) -> None:
    order = place(call, BOB, published, 2, 1)
    assert (order.total_cents, order.fee, order.fee_cents) == (2 * 260 + 120 + 50, FEE, 50)
    added = place(call, BOB, published, 1)
    assert (added.order_id, added.total_cents) == (order.order_id, 3 * 260 + 120 + 50)
    assert amend(call, added, published, 0, 1).total_cents == 120 + 50
    assert read(order).total_cents == 120 + 50
    assert [(one.seller_id, one.seller, one.amount_cents, one.vat_cents) for one in read(order).vat][1:] == [
        (MARKET, "Mairie de Caromb", 50, 8)
    ]


def test_an_order_that_is_emptied_by_its_consumer_is_cancelled_fee_and_all(
    call: Caller, published: SaleSheetPublished
) -> None:
    order = place(call, BOB, published, 2)
    assert amend(call, order, published, 0, 0).state is OrderState.CANCELLED


def test_of_a_broken_tractor_it_stays_where_something_comes_and_goes_where_nothing_does(
    call: Caller, published: SaleSheetPublished
) -> None:
    both, carrots = on_the_day(call, published, (BOB, (2, 1)), (CHARLIE, (2, 0)))
    where = {"distribution_id": published.distribution_id, "producer_id": published.lines[0].producer_id}
    seen = act(dropping_out.figures, call, ALICE, ReadDropOut(**where))
    assert seen.amount_cents == 4 * 260, "the farm's own money"
    drop_out(call, ALICE, published, seen)
    do_what_is_due()
    assert (read(both).state, read(both).total_cents) == (OrderState.PLACED, 120 + 50)
    assert (read(carrots).state, read(carrots).total_cents) == (OrderState.CANCELLED, 0)
    owed = {one["order"]["order_id"]: one["order"]["total_cents"] for one in said("orders.order_owed.v1")}
    assert owed == {str(both.order_id): 170, str(carrots.order_id): 0}


def test_no_farms_list_has_it_and_the_market_is_a_payee_of_its_own(call: Caller, published: SaleSheetPublished) -> None:
    on_the_day(call, published, (BOB, (2, 1)))
    assert preparation_lists().keys() == {one.producer_id for one in published.lines}
    (row,) = handover(published, ODILE)
    assert (row.total_cents, row.payees) == (
        690,
        [("Ferme des Alpilles", 520), ("Fournil", 120), ("Mairie de Caromb", 50)],
    )


def handover(published: SaleSheetPublished, person: UUID) -> list[HandoverRow]:
    with database.transaction() as tx:
        return list(day.handover_list(tx, published.distribution_id, person))


def test_a_sale_without_a_fee_knows_of_none(call: Caller) -> None:
    sale = opened(sheet(line(stock=100)))
    order = place(call, BOB, sale, 1)
    assert (order.total_cents, order.fee, order.fee_cents) == (260, None, 0)
