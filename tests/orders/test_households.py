"""A household shares its orders: each adult sees and changes them under the own name, and nobody else does."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from bus import database, households
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import NotFound, Unavailable
from contracts.households import AdultChanged
from contracts.members import PersonChanged
from contracts.orders import AmendOrder, CancelOrder, MyOrders, Order, OrderState, PlaceOrder, ReadOrder, Wish
from services.orders import mediation
from services.orders.actions import amending, day, knowing, placing, reading
from tests.cast import BOB, CHARLIE, MARKET, ODILE, line, sheet
from tests.orders.test_day import known
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import grant

Caller = Callable[..., Call]
CLAIRE = UUID(int=66)


def adult(person: UUID = CLAIRE, consumer: UUID = BOB, *, seq: int = 1, holds: bool = True) -> None:
    """What members says of an adult of Bob's household."""
    news = AdultChanged(adult_id=UUID(int=person.int + 7000), consumer_id=consumer, person_id=person, holds=holds)
    heard: Any = type("Heard", (), {"seq": seq})
    with database.transaction() as tx:
        households.know_adult(tx, news, heard)


@pytest.fixture(autouse=True)
def claire_is_of_bobs_household() -> None:
    known(BOB, "Bob Étienne", email="bob@example.org", phone=None)
    known(CLAIRE, "Claire Étienne", email="claire@example.org", phone="+33490620002")
    adult()


def for_bob(call: Caller, person: UUID, published: SaleSheetPublished, *quantities: int) -> Any:
    lines = [Wish(offer_id=one.offer_id, quantity=n) for one, n in zip(published.lines, quantities, strict=False) if n]
    command = PlaceOrder(distribution_id=published.distribution_id, on_behalf_of=BOB, lines=lines)
    answer = placing.place(command, call(person, command))
    return Order.model_validate_json(answer) if isinstance(answer, bytes) else answer


def amend(call: Caller, person: UUID, order: Order, quantity: int) -> Any:
    wish = Wish(offer_id=order.lines[0].offer_id, quantity=quantity)
    return act(amending.amend, call, person, AmendOrder(order_id=order.order_id, version=order.version, lines=[wish]))


def orders_of(person: UUID) -> list[UUID]:
    with database.transaction() as tx:
        return [one.order_id for one in reading.my_orders(tx, MyOrders(), person)]


def read(order: Order, person: UUID) -> Order:
    with database.transaction() as tx:
        return reading.order(tx, order.order_id, person)


def test_an_adult_orders_for_the_household_and_adds_to_its_order(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks")))
    first = place(call, BOB, published, 2)
    added = for_bob(call, CLAIRE, published, 1, 1)
    assert (added.order_id, added.consumer_id, [one.quantity for one in added.lines]) == (first.order_id, BOB, [3, 1])
    assert [(one.version, one.mediator_name, one.by_consent) for one in added.acts] == [(2, "Claire Étienne", False)]
    assert left(published) == [7, 9] and orders_of(BOB) == orders_of(CLAIRE) == [first.order_id]
    assert read(first, CLAIRE) == read(first, BOB) == added


def test_each_adult_changes_and_cancels_without_saying_for_whom(call: Caller) -> None:
    published = opened(sheet(line()))
    order = for_bob(call, CLAIRE, published, 1)
    changed = amend(call, CLAIRE, amend(call, BOB, order, 2), 3)
    assert changed.version == 3 and [one.version for one in changed.acts] == [1, 3]
    cancelled = act(amending.cancel, call, CLAIRE, CancelOrder(order_id=order.order_id, version=3))
    assert cancelled.state is OrderState.CANCELLED and left(published) == [10]
    assert [one["order"]["consumer_id"] for one in said("orders.order_cancelled.v1")] == [str(BOB)]


def test_her_own_order_stays_her_own(call: Caller) -> None:
    published = opened(sheet(line()))
    own, shared = place(call, CLAIRE, published, 1), for_bob(call, CLAIRE, published, 2)
    assert own.order_id != shared.order_id and orders_of(CLAIRE) == [shared.order_id, own.order_id]
    assert orders_of(BOB) == [shared.order_id] and amend(call, CLAIRE, own, 3).acts == []
    with pytest.raises(NotFound):
        read(own, BOB)
    with pytest.raises(NotFound):
        amend(call, BOB, own, 1)


def test_who_is_not_or_no_longer_of_the_household_sees_and_changes_nothing(call: Caller) -> None:
    published = opened(sheet(line()))
    order = for_bob(call, CLAIRE, published, 2)
    adult(seq=2, holds=False)
    adult(seq=1)  # late, and out of order
    for person in (CLAIRE, CHARLIE):
        with pytest.raises(Unavailable, match="consent-unheard"):  # members, asked before, says no
            for_bob(call, person, published, 1)
        for attempt in (lambda: amend(call, person, order, 1), lambda: read(order, person)):  # noqa: B023
            with pytest.raises(NotFound):
                attempt()
        assert orders_of(person) == []
    assert left(published) == [8] and read(order, BOB).version == 1


def test_members_is_asked_only_for_others_than_the_household(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    line_of_ours = type("Line", (), {"ask_raw": lambda self, question, **_: asked.append(question.consumer_id)})()
    monkeypatch.setattr(mediation, "_line", lambda: line_of_ours)
    for person, consumer in ((CLAIRE, BOB), (CHARLIE, BOB), (CLAIRE, CHARLIE)):
        command = ReadOrder(order_id=UUID(int=1), on_behalf_of=consumer)
        mediation.ask_its_owner(command, call(person, command))
    assert asked == [BOB, CHARLIE]


def test_the_hand_over_knows_everybody_of_a_household_who_may_come(call: Caller) -> None:
    published = opened(sheet(line()))
    grant(ODILE, "organise", MARKET)
    named = {"name": "Jeanne", "phone": None}
    told = PersonChanged(
        person_id=BOB, name="Bob Étienne", email="b@example.org", phone=None, language="fr", adults=[named]
    )
    heard: Any = type("Heard", (), {"seq": 9})
    with database.transaction() as tx:
        knowing.know_person(tx, told, heard)
    for_bob(call, CLAIRE, published, 1)
    place(call, CHARLIE, published, 1)
    with database.transaction() as tx:
        rows = {row.name: row for row in day.handover_list(tx, published.distribution_id, ODILE)}
    everybody = [(one.name, one.phone) for one in rows["Bob Étienne"].adults]
    assert everybody == [("Jeanne", None), ("Claire Étienne", "+33490620002")]
    assert rows["Bob Étienne"].mediator == "" and [row.adults for name, row in rows.items() if "Bob" not in name] == [
        []
    ]
