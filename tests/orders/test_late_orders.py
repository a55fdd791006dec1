"""Somebody telephones after the close and has no order yet: one is written, numbered, taken from stock, owed, told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus import clock, database, timers
from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import Malformed, NotFound
from contracts.late import More
from contracts.late_orders import FindMembers, ForgetGuest, PlaceLateOrder
from contracts.lists import HandoverRow
from contracts.members import MembershipChanged, Standing
from contracts.messages import Refused
from contracts.orders import Order, OrderState
from contracts.presence import Coming, ConfirmPresence
from services.orders.actions import day, knowing, late_orders, presences, reading
from tests.cast import ALICE, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE, line, sheet
from tests.orders.test_day import handed, known, on_the_day, read, settle, share
from tests.orders.test_forgetting import erase, tables_with
from tests.orders.test_late import ADDED, add, log_for, two_farms
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import EFFECTS, do_what_is_due, grant, later, preparation_lists

Caller = Callable[..., Call]
GERMAINE = {"name": "Germaine Blanc", "phone": "+33490620017"}


def write(
    call: Caller, person: UUID, published: SaleSheetPublished, n: int = 0, quantity: int = 2, **changes: Any
) -> Any:
    offer = published.lines[n]
    what: dict[str, Any] = {"distribution_id": published.distribution_id, "producer_id": offer.producer_id}
    what |= {"lines": [More(offer_id=offer.offer_id, quantity=quantity)], "agreed": "Jeanne, par téléphone"}
    command = PlaceLateOrder.model_validate(what | changes)
    return act(late_orders.place, call, person, command)


def joined(person: UUID, name: str, standing: Standing = Standing.MEMBER) -> None:
    """Somebody of that name belongs to the market, or did."""
    known(person, name, email=None, phone=None)
    heard: Any = type("Heard", (), {"seq": 1})
    with database.transaction() as tx:
        membership = {"membership_id": uuid4(), "market_id": MARKET, "person_id": person, "standing": standing}
        knowing.know_membership(tx, MembershipChanged.model_validate(membership), heard)


def baskets(call: Caller, published: SaleSheetPublished) -> list[HandoverRow]:
    with database.transaction() as tx:
        return list(day.handover_list(tx, published.distribution_id, ODILE))


def test_a_member_without_an_order_is_given_one_with_the_next_number(call: Caller) -> None:
    published = two_farms()
    joined(CHARLIE, "Charlie Noir")
    (order,) = on_the_day(call, published, (BOB, (3,)))
    lists = preparation_lists()
    row = write(call, ODILE, published, 0, 2, person_id=CHARLIE)
    assert (row.number, row.name, [one.quantity for one in row.lines]) == (2, "Charlie Noir", [2])
    assert left(published) == [5, 10, 10] and preparation_lists() == lists
    (told,) = [one["order"] for one in said("orders.order_placed.v1") if one["order"]["number"]]
    assert (told["consumer_id"], told["total_cents"], told["version"]) == (str(CHARLIE), 520, 1)
    assert said("orders.order_owed.v1")[-1]["order"] == told
    (to_farm,) = said(ADDED)
    assert [(one["number"], one["name"], one["agreed"]) for one in to_farm["lines"]] == [
        (2, "Carrots", "Jeanne, par téléphone")
    ]
    assert [one.order_id for one in log_for(call, ODILE, published)] == [row.order_id]
    assert {(one.number, one.name) for one in baskets(call, published)} == {(1, ""), (2, "Charlie Noir")}
    assert read(order) == order


def test_who_was_given_another_order_since_does_not_get_the_first_one_back(call: Caller) -> None:
    published = two_farms()
    people = [(BOB, "Bob Blanc"), (CHARLIE, "Charlie Noir")]
    for person, name in people:
        joined(person, name)
    fetched, empty = on_the_day(call, published, (BOB, (3,)), (CHARLIE, (2,)))
    fetched = handed(call, ODILE, fetched, OrderState.HANDED_OVER)
    settle(call, ALICE, published, (empty, 0, {"short": 2}))
    numbers = [write(call, ODILE, published, 1, 1, person_id=person).number for person, _ in people]
    refused = [
        handed(call, ODILE, fetched, OrderState.PLACED),
        settle(call, ALICE, published, (empty, 0, {"short": 0})),
    ]
    assert [(one.code, one.details["number"]) for one in refused] == [("order-stands", n) for n in numbers]
    assert [read(one).state for one in (fetched, empty)] == [OrderState.HANDED_OVER, OrderState.CANCELLED]
    assert not isinstance(settle(call, ALICE, published, (empty, 0, {"short": 2})), Refused), "said twice, said once"
    shared = share(call, published, came=3, rule=None, ordered=3)
    assert [one.order_id for one in shared.shares] == [fetched.order_id]


@pytest.mark.parametrize("together", [True, False])
def test_of_two_empty_orders_of_one_person_one_stands_again(call: Caller, together: bool) -> None:
    published = two_farms()
    joined(CHARLIE, "Charlie Noir")
    (first,) = on_the_day(call, published, (CHARLIE, (2,)))
    settle(call, ALICE, published, (first, 0, {"short": 2}))
    second = write(call, ODILE, published, 0, 1, person_id=CHARLIE)
    settle(call, ALICE, published, (second, 0, {"short": 1}))
    full = [(one, 0, {"short": 0}) for one in (first, second)]
    if together:
        assert settle(call, ALICE, published, *full).code == "order-stands"
        assert settle(call, ALICE, published, full[0])
    else:
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda line: settle(call, ALICE, published, line), full))
        assert [one.code for one in answers if isinstance(one, Refused)] == ["order-stands"]
    states = sorted(read_for(CHARLIE, one.order_id).state for one in (first, second))
    assert states == [OrderState.CANCELLED, OrderState.PLACED]


def read_for(person: UUID, order_id: UUID) -> Order:
    with database.transaction() as tx:
        return reading.order(tx, order_id, person)


def test_a_guest_is_known_by_name_and_number_and_by_no_event(call: Caller) -> None:
    published = two_farms()
    on_the_day(call, published, (BOB, (3,)))
    row = write(call, ODILE, published, 2, 3, **GERMAINE)
    (basket,) = [one for one in baskets(call, published) if one.order_id == row.order_id]
    assert (basket.name, basket.phone, basket.guest, basket.total_cents) == (*GERMAINE.values(), True, 360)
    assert "outbox" not in tables_with("Germaine|90620017")
    again = write(call, ODILE, published, 2, 1, **GERMAINE)
    assert again.number == row.number + 1, "two people of one name are two"


def test_a_guest_is_forgotten_on_demand_and_the_order_stands(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    row = write(call, ODILE, published, 0, 2, **GERMAINE)
    standing = handed(call, ODILE, whole(call, row.order_id), OrderState.HANDED_OVER, to="Germaine")
    for person, order_id in ((BOB, row.order_id), (ALICE, row.order_id), (ODILE, order.order_id)):
        with pytest.raises(NotFound):
            forget(call, person, order_id)
    for _ in range(2):
        forget(call, ODILE, row.order_id)
        do_what_is_due()
    assert tables_with("Germaine|90620017") == []
    assert whole(call, row.order_id) == standing.model_copy(update={"handed_to": ""})


def test_a_year_later_nobody_who_was_named_at_the_hand_over_is(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    known(ALICE, "Alice Roux", email=None, phone=None)
    write(call, ODILE, published, 0, 2, **GERMAINE)
    add(call, ALICE, published, order, 1, agreed="")
    carried = {"distribution_id": published.distribution_id, "producer_id": FARM, "coming": Coming.CARRIED}
    act(presences.confirm, call, ODILE, ConfirmPresence(**carried, carrier="Jean Bleu"))
    with database.transaction() as tx:
        timers.schedule(tx, "forget_names", key="n", subject="n", due_at=clock.now(tx), version=1)
    names = {"late_lines": "Jeanne", "presences": "Jean Bleu", "people": "Germaine|90620017"}
    for days, still in ((366, set(names)), (368, set[str]())):
        later(days=days)
        while timers.do_next({name: EFFECTS[name] for name in ("forget_names", "forget_order")}):
            pass
        assert {table for table, words in names.items() if table in tables_with(words)} == still
    assert [one.agreed for one in log_for(call, ODILE, published)] == ["", "Alice Roux"], "her account has its own term"


def test_who_ends_an_account_is_no_longer_named_as_who_agreed_or_carried(call: Caller) -> None:
    published = two_farms()
    known(BOB, "Bob Étienne", email=None, phone=None)
    (order,) = on_the_day(call, published, (CHARLIE, (3,)))
    add(call, ODILE, published, order, agreed="bob étienne, au téléphone")
    grant(BOB, "sell", FARM)
    add(call, ODILE, published, order, agreed="Bob Étiennette")
    carried = {"distribution_id": published.distribution_id, "producer_id": FARM, "coming": Coming.CARRIED}
    act(presences.confirm, call, ODILE, ConfirmPresence(**carried, carrier="Bob Étienne"))
    erase()
    assert {one.agreed for one in log_for(call, ODILE, published)} == {"", "Bob Étiennette"}
    assert "presences" not in tables_with("Étienne$|Étienne,")


def forget(call: Caller, person: UUID, order_id: UUID) -> None:
    act(knowing.forget_guest, call, person, ForgetGuest(order_id=order_id))


def whole(call: Caller, order_id: UUID) -> Order:
    """An order as Odile reads it."""
    with database.transaction() as tx:
        return reading.order(tx, order_id, ODILE)


def test_members_are_found_by_parts_of_their_name_with_the_order_that_stands(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    joined(BOB, "Étienne Lefèvre-Roux")
    joined(CHARLIE, "Hélène Lefevre")
    joined(MALIK, "Lefèvre, parti", Standing.LEFT)
    known(ALICE, "Lefèvre d'ailleurs", email=None, phone=None)
    find = FindMembers(distribution_id=published.distribution_id, name="LEFÈVRE")
    found = act(late_orders.find_members, call, ODILE, find)
    assert [(one.person_id, one.order_id, one.number) for one in found] == [
        (BOB, order.order_id, 1), (CHARLIE, None, None)
    ]  # fmt: skip
    assert act(late_orders.find_members, call, ODILE, find.model_copy(update={"name": "--"})) == []
    narrower = find.model_copy(update={"name": "roux etienne"})
    assert [one.person_id for one in act(late_orders.find_members, call, ODILE, narrower)] == [BOB]
    for stranger in (BOB, ALICE):
        with pytest.raises(NotFound):
            act(late_orders.find_members, call, stranger, find)


def test_who_has_an_order_is_not_given_a_second_one(call: Caller) -> None:
    published = two_farms()
    joined(BOB, "Bob Étienne")
    (order,) = on_the_day(call, published, (BOB, (3,)))
    refused = write(call, ODILE, published, person_id=BOB)
    assert refused.code == "order-stands" and refused.details == {"order_id": str(order.order_id), "number": 1}
    assert write(call, ODILE, published, person_id=CHARLIE).code == "not-a-member"
    handed(call, ODILE, order, OrderState.HANDED_OVER)
    assert write(call, ODILE, published, person_id=BOB).number == 2, "he came, and telephones again"


def test_a_late_order_keeps_to_stock_limits_and_yes_and_leaves_nothing_when_refused(call: Caller) -> None:
    published = two_farms()
    on_the_day(call, published, (BOB, (8,)))
    assert write(call, ODILE, published, 0, 3, **GERMAINE).code == "sold-out"
    for changes in ({"agreed": " "} | GERMAINE, {}, GERMAINE | {"person_id": CHARLIE}):
        with pytest.raises(Malformed):
            write(call, ODILE, published, **changes)
    for stranger in (ALICE, BOB, CHARLIE):
        with pytest.raises(NotFound):
            write(call, stranger, published, **GERMAINE)
    assert left(published) == [2, 10, 10] and tables_with("Germaine") == [] and said(ADDED) == []
    grant(CHARLIE, "handover", published.distribution_id)
    assert write(call, CHARLIE, published, 0, 2, **GERMAINE).number == 2
    assert left(published) == [0, 10, 10]


def test_before_the_close_people_order_for_themselves(call: Caller) -> None:
    published = two_farms()
    place(call, BOB, published, 1)
    grant(ODILE, "organise", published.market_id)
    assert write(call, ODILE, published, **GERMAINE).code == "not-closed"


def test_many_who_telephone_at_once_get_a_number_each_and_oversell_nothing(call: Caller) -> None:
    published = opened(sheet(line(stock=9)))
    on_the_day(call, published, (BOB, (1,)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: write(call, ODILE, published, 0, 1, **GERMAINE), range(12)))
    numbers = sorted(answer.number for answer in answers if not isinstance(answer, Refused))
    assert numbers == list(range(2, 10)) and left(published) == [0]
