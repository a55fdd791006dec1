"""How much there is, said while people order: never less than what is ordered, in all sales that share it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from bus import database
from bus.doors import Call
from contracts.catalog import SaleSheetPublished, StockMode
from contracts.errors import Conflict, NotFound
from contracts.messages import Refused
from contracts.orders import Order
from contracts.stocks import ListStocks, SetStock, Stock
from services.orders.actions import stocking
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_placing import act, left, opened, place
from tests.orders.test_windows import grant

Caller = Callable[..., Call]
HONEY = line("Honey", stock_mode=StockMode.SHARED, stock=20)


@pytest.fixture
def two() -> list[SaleSheetPublished]:
    """Two sales of one honey, 20 pots of it, and of bread of which there is no end."""
    bread = {"stock_mode": StockMode.UNLIMITED, "stock": None}
    sales = [opened(sheet(HONEY, line("Bread", **bread), market_id=UUID(int=301 + n))) for n in range(2)]
    grant(ALICE, "sell", FARM)
    return sales


def set_stock(
    call: Caller,
    sale: SaleSheetPublished,
    stock: int,
    held_back: int = 0,
    person: UUID = ALICE,
    seen: int | None = None,
) -> Any:
    about = {"distribution_id": sale.distribution_id, "offer_id": sale.lines[0].offer_id, "seen": seen}
    return act(stocking.set_stock, call, person, SetStock(stock=stock, held_back=held_back, **about))


def stocks(call: Caller, sale: SaleSheetPublished, person: UUID = ALICE) -> list[Stock]:
    listing = ListStocks(distribution_id=sale.distribution_id, producer_id=FARM)
    found: list[Stock] = act(stocking.of_farm, call, person, listing)
    return found


def test_what_is_held_back_leaves_every_sale_and_what_is_ordered_stays(
    call: Caller, two: list[SaleSheetPublished]
) -> None:
    first, second = two
    place(call, BOB, first, 5)
    place(call, CHARLIE, second, 3)
    (seen,) = stocks(call, second)
    assert (seen.stock, seen.ordered, seen.held_back, seen.left, seen.sales) == (20, 8, 0, 12, 2)
    changed = set_stock(call, first, 20, held_back=10)
    assert (changed.stock, changed.ordered, changed.held_back, changed.left) == (20, 8, 10, 2)
    assert left(first)[0] == left(second)[0] == 2
    assert place(call, MALIK, second, 3).code == "sold-out"
    refused = set_stock(call, second, 17, held_back=10)
    assert isinstance(refused, Refused) and refused.code == "below-ordered"
    assert refused.details == {"ordered": 8, "held_back": 10} and left(first)[0] == 2
    assert set_stock(call, second, 18, held_back=10).left == 0, "lowered to what is ordered"
    assert set_stock(call, second, 40).left == 32
    with database.transaction() as tx:
        assert tx.execute(text("select sum(change) from stock_moves")).scalar() == 32 + 8, "what began and changed"


def test_a_stock_lowered_while_everybody_orders_is_never_oversold(call: Caller, two: list[SaleSheetPublished]) -> None:
    people = [UUID(int=7000 + n) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        flying = [pool.submit(place, call, person, two[n % 2], 1) for n, person in enumerate(people)]
        lowered = pool.submit(set_stock, call, two[0], 8)
        answers = [one.result(30) for one in flying]
    placed = sum(isinstance(one, Order) for one in answers)
    (now,) = stocks(call, two[0])
    assert now.ordered == placed and now.stock == placed + now.left
    assert now.stock == (8 if isinstance(lowered.result(), Stock) else 20)


def test_a_stock_that_somebody_else_wrote_meanwhile_is_read_anew(call: Caller, two: list[SaleSheetPublished]) -> None:
    first, second = two
    (seen,) = stocks(call, first)
    place(call, BOB, first, 5)
    assert set_stock(call, first, 30, seen=seen.stock).left == 25, "what is ordered meanwhile is in it"
    with pytest.raises(Conflict) as raised:
        set_stock(call, second, 20, seen=seen.stock)
    assert raised.value.details == {"stock": 30} and left(second)[0] == 25


def test_only_who_sells_for_the_farm_sees_and_sets_its_stock(call: Caller, two: list[SaleSheetPublished]) -> None:
    grant(ODILE, "organise", two[0].market_id)
    grant(MALIK, "sell", BAKERY)
    for person in (BOB, ODILE, MALIK):
        assert stocks(call, two[0], person) == []
        with pytest.raises(NotFound):
            set_stock(call, two[0], 30, person=person)
