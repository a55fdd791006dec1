"""The VAT of a period is to the cent what the receipts say, by farm and by distribution, and each sees his own."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from bus.doors import Call
from contracts.catalog import MarketFee
from contracts.errors import NotFound
from contracts.orders import CancelOrder, Order
from contracts.vat import ReadVat, VatList
from services.orders.actions import amending, taxing
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE, line, sheet
from tests.orders.test_day import on_the_day
from tests.orders.test_placing import act, opened, place
from tests.orders.test_windows import grant

Caller = Callable[..., Call]
PEOPLE = [UUID(int=number) for number in range(50, 57)]


def test_the_vat_of_a_period_is_what_the_receipts_say(call: Caller) -> None:
    sale = opened(
        sheet(
            line("Carrots", price_cents=133, stock=1000),
            line("Cider", price_cents=377, vat_basis_points=2000, stock=1000),
            line("Bread", producer_id=BAKERY, producer_name="Boulangerie Roux", price_cents=291, stock=1000),
            fee=MarketFee(payee="Mairie", cents=47, vat_basis_points=2000),
        )
    )
    gone = place(call, BOB, sale, 5)
    act(amending.cancel, call, BOB, CancelOrder(order_id=gone.order_id, version=gone.version))
    orders = on_the_day(call, sale, *((one, (n, n % 3, 1 + n % 2)) for n, one in enumerate(PEOPLE, start=1)))
    day = sale.starts_at.date()

    def ask(person: UUID, **about: UUID) -> VatList:
        period = {"from_on": day - timedelta(days=2), "to_on": day + timedelta(days=2)}
        found: VatList = act(taxing.read, call, person, ReadVat(**about, **period))
        return found

    grant(MALIK, "account", None)
    found = ask(MALIK)
    assert by_farm(found) == receipts(orders)
    assert sum(one.total_cents for one in found.sales) == sum(order.total_cents for order in orders)
    assert sum(one.vat_cents for one in found.sales) == sum(one.vat_cents for one in found.farms)
    assert ask(ODILE, market_id=MARKET) == found == ask(MALIK, market_id=MARKET)
    mine = ask(ALICE, producer_id=FARM)
    others = "Boulangerie Roux", "Mairie"
    assert by_farm(mine) == {key: sums for key, sums in receipts(orders).items() if key[0] not in others}
    assert [one.total_cents for one in mine.sales] == [one.total_cents for one in mine.farms]
    assert ask(ODILE, market_id=MARKET).sales[0].final is False
    for person, about in ((CHARLIE, {"market_id": MARKET}), (ODILE, {"producer_id": FARM}), (ALICE, {}), (ODILE, {})):
        with pytest.raises(NotFound):
            ask(person, **about)


def by_farm(found: VatList) -> dict[tuple[str, int], tuple[int, int, int]]:
    return {
        (one.producer_name, one.vat_basis_points): (one.orders, one.total_cents, one.vat_cents) for one in found.farms
    }


def receipts(orders: list[Order]) -> dict[tuple[str, int], tuple[int, int, int]]:
    """The same, added up from each order's own receipt."""
    sums: dict[tuple[str, int], tuple[int, int, int]] = {}
    for _, seller, rate, cents, vat in (part for order in orders for part in order.vat):
        many, total, tax = sums.get((seller, rate), (0, 0, 0))
        sums[seller, rate] = many + 1, total + cents, tax + vat
    return sums


def test_sales_stand_by_their_date_and_farms_by_name_each_with_its_rates_in_order(call: Caller) -> None:
    cider = line("Cider", price_cents=377, vat_basis_points=2000, stock=1000)
    bread = line("Bread", producer_id=BAKERY, producer_name="Zoé’s", price_cents=291, stock=1000)
    soon, later = opened(sheet(cider, bread)), opened(sheet(bread, cider))
    place(call, BOB, soon, 1, 1)
    on_the_day(call, later, (BOB, (1, 1)))
    days = sorted((soon.starts_at.date(), later.starts_at.date()))
    about = {"market_id": MARKET, "from_on": days[0] - timedelta(days=2), "to_on": days[1] + timedelta(days=2)}
    found = act(taxing.read, call, ODILE, ReadVat(**about))
    sales = [(one.starts_at, one.distribution_id, one.vat_basis_points) for one in found.sales]
    assert sales == sorted(sales) and len(sales) == 4
    assert [one.producer_name for one in found.farms] == ["Ferme des Alpilles", "Zoé’s"]
