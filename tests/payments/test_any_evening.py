"""After any history of an evening the books hold: owed = paid + adjusted + due, tills and lists add up, stock too.

Orders and payments are the real ones, each on its database; what the one says reaches the other twice and shuffled.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from bus import database, migrations
from contracts.books import BooksClosing, CloseBooks, OrderOwed
from contracts.catalog import MarketFee, Pricing
from contracts.day import DropOut, ReadDropOut, ReadFarmLines, SetHandover, Settled, SettleLines
from contracts.late import AddLateLines, More, Substitute
from contracts.late_orders import PlaceLateOrder
from contracts.lists import PreparationList
from contracts.messages import Command, Refused
from contracts.orders import CancelOrder, Order, OrderState, PlaceOrder, Wish
from contracts.payments import Adjust, BooksChecked, GiveBack, Means, Part, TakePayment, UndoMovement
from contracts.tills import ReadTills, Tills
from deploy.database import Postgres
from services.orders import sheets
from services.orders.actions import (
    amending,
    day,
    dropping_out,
    late,
    late_orders,
    placing,
    reading,
    substituting,
    windows,
)
from services.orders.actions import books as their_books
from services.payments.actions import books, money, owing, tills
from tests import calls
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE, line, sheet
from tests.emptying import empty
from tests.orders.test_raising import raised
from tests.orders.test_shifting import shift
from tests.orders.test_windows import do_what_is_due, later
from tests.payments.evening import look
from tests.payments.figures import BY_ORDER, GIVEN_UP, LEFT, OWED, SOLD, UNDOABLE, sums

PEOPLE = (BOB, CHARLIE, UUID(int=21))
FARMS = {FARM: ALICE, BAKERY: MALIK}
PAYEES = FARMS | {MARKET: ODILE}
FEE = MarketFee(payee="Mairie de Caromb", cents=50, vat_basis_points=2000)
STOCK = 10

some = st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any)
"""So much of each offer, and not nothing at all."""
people, farms, payees = (st.sampled_from(sorted(some)) for some in (PEOPLE, FARMS, PAYEES))
cents = st.integers(1, 3000)


@pytest.fixture(scope="module")
def orders_beside(postgres: Postgres) -> str:
    """A database of orders beside that of payments."""
    postgres.create("test_evening_orders")
    migrations.migrate("orders", postgres.url("test_evening_orders"))
    with postgres.connect() as connection:  # thousands of commits, and none must outlive the run
        for name in ("test_evening_orders", "test_payments"):
            connection.execute(f"alter database {name} set synchronous_commit = off")
    return postgres.url("test_evening_orders")


@contextmanager
def being(service: str) -> Iterator[None]:
    """Act as one of the two services for a moment."""
    database.serve(service)
    yield


def act(action: Callable[..., Any], person: UUID, command: Command) -> Any:
    with database.transaction() as tx:
        return action(tx, command, calls.by(person, command))


class Evening(RuleBasedStateMachine):
    """One sale of carrots, bread and a chicken by weight: ordered, shifted, handed over, paid, closed for good."""

    @initialize(seed=st.integers(0, 1000), quantities=some, is_closed=st.booleans())
    def begin(self, seed: int, quantities: list[int], is_closed: bool) -> None:
        """Bob has ordered; half of the histories begin after the close, and half have a fee of the market."""
        self.shuffled = random.Random(seed)
        self.taken: list[tuple[UUID, int, bool]] = []
        """What was taken (below zero: given back), by farm, and whether it is in a till."""
        self.heard = self.answered = 0
        self.final: Tills | None = None
        chicken = line("Poulet", pricing=Pricing.PER_WEIGHT, price_cents=1190, estimated_grams=1800)
        bread = line("Pain", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
        self.sale = sheet(line("Carottes"), bread, chicken, fee=FEE if seed % 2 else None)
        with being("payments"):
            _begin()
        with being("orders"):
            sheets.forget()
            _begin()
            with database.transaction() as tx:
                windows.open_distribution(tx, self.sale, 1)
        self.order(BOB, quantities)
        if is_closed:
            self.time_passes(1)

    # -- while the window is open

    @rule(person=people, quantities=some)
    def order(self, person: UUID, quantities: list[int]) -> None:
        pairs = zip(self.sale.lines, quantities, strict=True)
        wishes = [Wish(offer_id=line.offer_id, quantity=quantity) for line, quantity in pairs if quantity]
        command = PlaceOrder(distribution_id=self.sale.distribution_id, lines=wishes)
        with being("orders"):
            placing.place(command, calls.by(person, command))

    @rule(pick=st.randoms(use_true_random=False))
    def cancel(self, pick: random.Random) -> None:
        if placed := [one for one in self.orders() if one.state is OrderState.PLACED]:
            one = pick.choice(placed)
            with being("orders"):
                act(amending.cancel, one.consumer_id, CancelOrder(order_id=one.order_id, version=one.version))

    @rule(cents=st.integers(261, 400))
    def raise_price(self, cents: int) -> None:
        """Of the carrots; who does not order anew confirms nothing, and loses them at the close."""
        with being("orders"):
            raised(calls.by, self.sale, cents)

    @rule()
    def shift(self) -> None:
        """By a week; until two days before it consumers cancel freely, also what is closed."""
        with being("orders"):
            shift(calls.by, self.sale)

    @rule(days=st.sampled_from((1, 2, 2, 7)))
    def time_passes(self, days: int) -> None:
        with being("orders"):
            later(days=days)
            do_what_is_due()

    # -- the day

    @rule(pick=st.randoms(use_true_random=False), short=st.integers(0, 2), grams=st.integers(500, 4000))
    def settle(self, pick: random.Random, short: int, grams: int) -> None:
        if found := [(one, line) for one in self.orders() for line in one.lines if short <= line.ordered]:
            one, line = pick.choice(found)
            weighed = grams if line.pricing is Pricing.PER_WEIGHT else None
            settled = Settled(order_id=one.order_id, offer_id=line.offer_id, short=short, grams=weighed)
            where = {"distribution_id": self.sale.distribution_id, "producer_id": line.producer_id}
            with being("orders"):
                act(day.settle_lines, ODILE, SettleLines(**where, lines=[settled]))

    @rule(pick=st.randoms(use_true_random=False), more=st.integers(1, 3))
    def late_line(self, pick: random.Random, more: int) -> None:
        if found := self.orders():
            one, offer = pick.choice(found), pick.choice(self.sale.lines)
            lines = [More(offer_id=offer.offer_id, quantity=more)]
            about = {"order_id": one.order_id, "producer_id": offer.producer_id}
            with being("orders"):
                act(late.add, ODILE, AddLateLines(**about, lines=lines, agreed="Jeanne"))

    @rule(pick=st.randoms(use_true_random=False), quantity=st.integers(1, 3))
    def late_order(self, pick: random.Random, quantity: int) -> None:
        offer = pick.choice(self.sale.lines)
        what = {"producer_id": offer.producer_id, "lines": [More(offer_id=offer.offer_id, quantity=quantity)]}
        about = {"distribution_id": self.sale.distribution_id, "name": "Germaine Blanc", "agreed": "Jeanne"}
        with being("orders"):
            act(late_orders.place, ODILE, PlaceLateOrder.model_validate(what | about))

    @rule(pick=st.randoms(use_true_random=False), short=st.integers(1, 3), quantity=st.integers(1, 3))
    def substitute(self, pick: random.Random, short: int, quantity: int) -> None:
        if found := [(one, line) for one in self.orders() for line in one.lines if line.short <= short <= line.ordered]:
            one, line = pick.choice(found)
            given = pick.choice([offer for offer in self.sale.lines if offer.offer_id != line.offer_id])
            what = {"offer_id": given.offer_id, "producer_id": given.producer_id, "quantity": quantity}
            about = {
                "order_id": one.order_id,
                "instead_of": line.offer_id,
                "short": short,
                "dearer": pick.random() < 0.5,
            }
            with being("orders"):
                act(substituting.substitute, ODILE, Substitute(**what, **about, agreed="Jeanne"))

    @rule(producer_id=farms)
    def drop_out(self, producer_id: UUID) -> None:
        where = {"distribution_id": self.sale.distribution_id, "producer_id": producer_id}
        with being("orders"):
            seen = act(dropping_out.figures, ODILE, ReadDropOut(**where))
            command = DropOut(**where, orders=seen.orders, amount_cents=seen.amount_cents)
            act(dropping_out.drop_out, ODILE, command)
            do_what_is_due()

    @rule(state=st.sampled_from((OrderState.HANDED_OVER, OrderState.ABSENT, OrderState.PLACED)))
    def hand_over_all(self, state: OrderState) -> None:
        for one in self.orders():
            command = SetHandover(order_id=one.order_id, version=one.version, state=state)
            with being("orders"):
                act(day.set_handover, ODILE, command)

    # -- money

    @rule()
    def news_arrives(self) -> None:
        """Everything that orders said, twice and shuffled, and what payments answered."""
        with being("orders"):
            said = _said(self.heard, "orders.order_owed.v1", "orders.books_closing.v1")
        self.heard = max([self.heard, *(row.id for row in said)])
        twice = [*said, *said]
        self.shuffled.shuffle(twice)
        with being("payments"):
            for row in twice:
                _hear(row)
            look()
            answers = _said(self.answered, "payments.books_checked.v1")
        self.answered = max([self.answered, *(row.id for row in answers)])
        with being("orders"):
            for row in answers:
                with database.transaction() as tx:
                    their_books.end(tx, BooksChecked.model_validate_json(row.body))

    @rule(pick=st.randoms(use_true_random=False), producer_id=payees, amount=cents, by_farm=st.booleans())
    def take(self, pick: random.Random, producer_id: UUID, amount: int, by_farm: bool) -> None:
        part = Part(producer_id=producer_id, amount_cents=amount)
        if one := self.known(pick, producer_id):
            about = {"order_id": one.order_id, "version": one.version, "means": Means.CASH, "later": by_farm}
            asker = PAYEES[producer_id] if by_farm else ODILE
            if not isinstance(self.pay(money.take, asker, TakePayment(**about, parts=[part])), Refused):
                self.taken.append((producer_id, amount, not by_farm))

    @rule(pick=st.randoms(use_true_random=False), producer_id=payees, amount=cents)
    def give_back(self, pick: random.Random, producer_id: UUID, amount: int) -> None:
        part = Part(producer_id=producer_id, amount_cents=amount)
        if one := self.known(pick, producer_id):
            command = GiveBack(order_id=one.order_id, means=Means.CASH, part=part)
            if not isinstance(self.pay(money.give_back, ODILE, command), Refused):
                self.taken.append((producer_id, -amount, True))

    @rule(pick=st.randoms(use_true_random=False), producer_id=payees)
    def undo(self, pick: random.Random, producer_id: UUID) -> None:
        with being("payments"), database.transaction() as tx:
            rows = tx.execute(UNDOABLE, {"farm": producer_id}).all()
        if rows:
            row = pick.choice(rows)
            command = UndoMovement(movement_id=row.movement_id, reason="Erreur")
            if not isinstance(self.pay(money.undo, PAYEES[producer_id], command), Refused):
                back = -row.amount_cents if row.kind == "taken" else row.amount_cents
                self.taken.append((producer_id, back, row.till_id is not None))

    @rule(pick=st.randoms(use_true_random=False), producer_id=payees, amount=st.integers(1, 300))
    def adjust(self, pick: random.Random, producer_id: UUID, amount: int) -> None:
        if one := self.known(pick, producer_id):
            part = Part(producer_id=producer_id, amount_cents=amount)
            command = Adjust(order_id=one.order_id, part=part, reason="Abîmé")
            self.pay(money.adjust, PAYEES[producer_id], command)

    @rule()
    def close_books(self) -> None:
        with being("orders"):
            act(their_books.close, ODILE, CloseBooks(distribution_id=self.sale.distribution_id))

    # -- what holds

    @invariant()
    @precondition(lambda self: hasattr(self, "sale"))
    def final_figures_never_change(self) -> None:
        if self.final is not None:
            assert self.tills() == self.final
        elif (seen := self.tills()) is not None and seen.final_at is not None:
            self.final = seen

    def teardown(self) -> None:
        if not hasattr(self, "sale"):
            return
        self.news_arrives()
        orders = self.orders()
        self.stock_holds()
        self.lists_hold(orders)
        if (seen := self.tills()) is not None:
            self.sums_hold(orders, seen)

    def stock_holds(self) -> None:
        """Sold + left = stock; what is short is not back on sale, nor what was given up once its farm had closed."""
        with being("orders"), database.transaction() as tx:
            left, sold = dict(tx.execute(LEFT).all()), dict(tx.execute(SOLD).all())
            given_up = dict(tx.execute(GIVEN_UP).all())
        for offer in self.sale.lines:
            assert sum(found.get(offer.offer_id, 0) for found in (sold, left, given_up)) == STOCK

    def lists_hold(self, orders: list[Order]) -> None:
        """Each farm's list was exact at the close, and its lines of the day are those of the orders."""
        with being("orders"):
            lists = [_list(row) for row in _said(0, "orders.preparation_list_ready.v1")]
            for made in lists:
                where = {"distribution_id": self.sale.distribution_id, "producer_id": made.producer_id}
                rows = act(day.farm_lines, ODILE, ReadFarmLines(**where))
                lines = [line for row in rows for line in row.lines]
                theirs = [line for one in orders for line in one.lines if line.producer_id == made.producer_id]
                assert sums(lines) == sums(theirs)

    def sums_hold(self, orders: list[Order], seen: Tills) -> None:
        """By order and seller, by seller, by till: to the cent."""
        with being("payments"), database.transaction() as tx:
            owed = dict(tx.execute(OWED).all())
            by_order = tx.execute(BY_ORDER).all()
        for producer_id in owed:
            lines = [line for one in orders for line in one.lines if line.producer_id == producer_id]
            fees = [one.fee_cents for one in orders if producer_id == MARKET]
            assert owed[producer_id] == sum(line.amount_cents for line in lines) + sum(fees)
        assert sum(owed.values()) == sum(one.total_cents for one in orders)
        assert all(row.due_cents == row.owed_cents - row.adjusted_cents - row.paid_cents for row in by_order)
        if seen.final_at is None:
            for seller in seen.sellers:
                paid = [amount for farm, amount, _ in self.taken if farm == seller.producer_id]
                assert seller.paid_cents == sum(paid)
                assert seller.due_cents == seller.owed_cents - seller.adjusted_cents - seller.paid_cents
        in_tills = sum(amount for _, amount, in_till in self.taken if in_till)
        assert sum(part.total_cents for till in seen.tills for part in till.parts) == in_tills

    # -- helpers

    def orders(self) -> list[Order]:
        """Every order that its consumer did not cancel."""
        with being("orders"), database.transaction() as tx:
            rows = tx.execute(text("select id, consumer_id from orders order by id")).all()
            found = [reading.order(tx, row.id, row.consumer_id) for row in rows]
        return [one for one in found if one.state is not OrderState.CANCELLED or one.total_cents == 0]

    def known(self, pick: random.Random, producer_id: UUID) -> Order | None:
        """An order with lines of a farm that payments has heard of."""
        with being("payments"), database.transaction() as tx:
            rows = tx.execute(text("select order_id from order_sellers where producer_id = :id"), {"id": producer_id})
            ids = set(rows.scalars())
        found = [one for one in self.orders() if one.order_id in ids]
        return pick.choice(found) if found else None

    def pay(self, action: Callable[..., Any], person: UUID, command: Command) -> Any:
        with being("payments"):
            return act(action, person, command)

    def tills(self) -> Tills | None:
        """The tills, once an order was heard of."""
        with being("payments"):
            with database.transaction() as tx:
                known = tx.execute(text("select count(*) from sales")).scalar()
            return act(tills.read, ODILE, ReadTills(distribution_id=self.sale.distribution_id)) if known else None


def _begin() -> None:
    with database.transaction() as tx:
        empty(tx)
        for person, right, about in ((ODILE, "organise", MARKET), (ALICE, "sell", FARM), (MALIK, "sell", BAKERY)):
            tx.execute(
                text("insert into grants values (gen_random_uuid(), :person, :right, :about, true, null, 1)"),
                {"person": person, "right": right, "about": about},
            )


def _said(after: int, *types: str) -> list[Any]:
    with database.transaction() as tx:
        statement = text("select id, type, seq, body from outbox where id > :after and type = any(:types) order by id")
        return list(tx.execute(statement, {"after": after, "types": list(types)}))


def _hear(row: Any) -> None:
    with database.transaction() as tx:
        if row.type == "orders.order_owed.v1":
            owing.know(tx, [OrderOwed.model_validate_json(row.body)])
        else:
            books.close(tx, BooksClosing.model_validate_json(row.body), row.seq)


def _list(row: Any) -> PreparationList:
    return PreparationList.model_validate_json(row.body[row.body.index('"preparation_list":') + 19 : -1])


def test_after_any_evening_the_books_hold(orders_beside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALLE_DATABASE_URL_ORDERS", orders_beside)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    slow = settings(max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Evening, settings=slow)
