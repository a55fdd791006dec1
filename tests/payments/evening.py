"""An evening's money: orders as orders says them, rights, and what is asked of payments."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
from sqlalchemy import text

from bus import database, timers
from contracts.books import BooksClosing, OrderOwed
from contracts.catalog import Pricing
from contracts.messages import Command
from contracts.money import Unit
from contracts.orders import Order, OrderLine, OrderState
from contracts.payments import Means, OrderMoney, Part, ReadOrderMoney, TakePayment
from contracts.tills import ReadTills, Till, Tills
from services.payments.actions import books, money, owing, tills
from services.payments.store import owing as store
from tests import calls
from tests.cast import ALICE, BAKERY, BOB, FARM, MARKET, ODILE

SALE = UUID(int=301)
NAMES = {FARM: "Ferme des Alpilles", BAKERY: "Fournil"}


def order(number: int = 1, version: int = 1, *, consumer: UUID = BOB, **changes: Any) -> Order:
    """An order of 5.20 at the farm and 3.60 at the bakery, or of the `amounts` by producer."""
    amounts = changes.pop("amounts", {FARM: 520, BAKERY: 360})
    lines = [_line(producer_id, cents) for producer_id, cents in amounts.items()]
    given: dict[str, Any] = {
        "order_id": UUID(int=1000 + number),
        "distribution_id": SALE,
        "market_id": MARKET,
        "market_name": "Marché de Caromb",
        "consumer_id": consumer,
        "code": f"C{number}",
        "number": number,
        "version": version,
        "state": OrderState.PLACED,
        "lines": lines,
        "total_cents": sum(amounts.values()),
    }
    return Order.model_validate(given | changes)


def _line(producer_id: UUID, cents: int) -> OrderLine:
    name = NAMES[producer_id]
    prices = {"unit": Unit.PIECE, "pricing": Pricing.PER_PACK, "price_cents": cents, "amount_cents": cents}
    offer_id = uuid5(producer_id, "bread")
    return OrderLine(
        offer_id=offer_id, producer_id=producer_id, producer_name=name, name="Panier", quantity=1,
        vat_basis_points=550, **prices
    )  # fmt: skip


def hear(*orders: Order) -> None:
    """Let payments hear of orders, each in a transaction of its own."""
    for one in orders:
        hear_together(one)


def hear_together(*orders: Order) -> None:
    """Let payments hear of orders in one transaction, as at the close of a big sale."""
    with database.transaction() as tx:
        owing.know(tx, [OrderOwed(order_id=one.order_id, order=one) for one in orders])


def grant(person: UUID, right: str, object_id: UUID | None) -> None:
    row = {"id": uuid4(), "person": person, "right": right, "object": object_id}
    with database.transaction() as tx:
        tx.execute(
            text(
                'insert into grants (grant_id, person_id, "right", object_id, holds, seq) '
                "values (:id, :person, :right, :object, true, 1)"
            ),
            row,
        )


def cast() -> None:
    """Odile organises the market, Alice sells for the farm."""
    grant(ODILE, "organise", MARKET)
    grant(ALICE, "sell", FARM)


def act(action: Callable[..., Any], person: UUID, command: Command) -> Any:
    with database.transaction() as tx:
        return action(tx, command, calls.by(person, command))


def take(person: UUID, one: Order, amounts: dict[UUID, int], means: Means = Means.CASH, **more: Any) -> Any:
    """Take money for an order, farm by farm."""
    parts = [Part(producer_id=producer_id, amount_cents=cents) for producer_id, cents in amounts.items()]
    command = TakePayment(order_id=one.order_id, version=one.version, means=means, parts=parts, **more)
    return act(money.take, person, command)


def money_of(one: Order, person: UUID = ODILE) -> OrderMoney:
    answer: OrderMoney = act(money.read, person, ReadOrderMoney(order_id=one.order_id))
    return answer


def dues(one: Order) -> list[int]:
    return [seller.due_cents for seller in money_of(one).sellers]


def tills_of(person: UUID = ODILE) -> Tills:
    answer: Tills = act(tills.read, person, ReadTills(distribution_id=SALE))
    return answer


def till_of(producer_id: UUID | None) -> Till:
    return next(till for till in tills_of().tills if till.producer_id == producer_id)


def closing(orders: int, versions: int, *, attempt: int = 5, only_if_exact: bool = False) -> BooksClosing:
    figures = {"orders": orders, "versions": versions, "attempt": attempt, "only_if_exact": only_if_exact}
    return BooksClosing(distribution_id=SALE, **figures)


def close(*, only_if_exact: bool = False, attempt: int = 5) -> None:
    """Let the books close on what is known, and payments look at them."""
    with database.transaction() as tx:
        known = store.known(tx, SALE)
    ask_to_close(closing(*known, attempt=attempt, only_if_exact=only_if_exact))


def ask_to_close(event: BooksClosing) -> None:
    with database.transaction() as tx:
        books.close(tx, event, event.attempt)
    look()


def look() -> None:
    """Do what is due."""
    while timers.do_next({"check_books": books.check}):
        pass


def checked() -> list[dict[str, Any]]:
    """What payments said of the books."""
    with database.transaction() as tx:
        rows = tx.execute(text("select body from outbox where type = 'payments.books_checked.v1' order by id"))
        return [orjson.loads(row.body) for row in rows]
