"""A mediator orders in somebody's name: by a consent that is held, under both names, and never a moment longer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bus import database, keys
from bus.doors import Call
from contracts.catalog import Joining, SaleSheetPublished
from contracts.consents import ConsentChanged
from contracts.errors import Conflict, NotFound, Unavailable
from contracts.members import PersonErased
from contracts.messages import Refused
from contracts.orders import (
    AmendOrder,
    CancelOrder,
    ChooseSlot,
    MyOrders,
    Order,
    OrderState,
    PlaceOrder,
    ReadOrder,
    Wish,
)
from contracts.towns import town_id
from services.orders.actions import amending, day, knowing, mediating, placing, reading
from tests.cast import BOB, CHARLIE, MALIK, MARKET, ODILE, line, sheet
from tests.orders.test_day import known, on_the_day
from tests.orders.test_forgetting import tables_with
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import grant, later

Caller = Callable[..., Call]
CAROMB = town_id("84030")
JEANNE = UUID(int=77)
YEAR = timedelta(days=365)


def consents(consumer: UUID = JEANNE, *, seq: int = 1, until: timedelta = YEAR, ended: bool = False) -> None:
    """What members says of a consent for Malik."""
    now = datetime.now(UTC)
    told = {"consent_id": UUID(int=consumer.int + 5000), "consumer_id": consumer, "mediator_id": MALIK}
    news = ConsentChanged(**told, town_id=CAROMB, valid_until=now + until, ended_at=now if ended else None)
    heard: Any = type("Heard", (), {"seq": seq})
    with database.transaction() as tx:
        knowing.know_consent(tx, news, heard)


@pytest.fixture(autouse=True)
def malik_mediates() -> None:
    grant(MALIK, "mediate", CAROMB)
    known(MALIK, "Malik Benali", email="malik@caromb.example", phone=None)
    known(JEANNE, "Jeanne Perrin", email=None, phone="+33490620001")
    consents()


def wishes(published: SaleSheetPublished, *quantities: int) -> list[Wish]:
    pairs = zip(published.lines, quantities, strict=False)
    return [Wish(offer_id=one.offer_id, quantity=n) for one, n in pairs if n]


def for_jeanne(
    call: Caller, person: UUID, published: SaleSheetPublished, *quantities: int, key: str | None = None, **more: Any
) -> Any:
    given = {"on_behalf_of": JEANNE, "lines": wishes(published, *quantities)} | more
    command = PlaceOrder(distribution_id=published.distribution_id, **given)
    answer = placing.place(command, call(person, command, key))
    return Order.model_validate_json(answer) if isinstance(answer, bytes) else answer


def amend(call: Caller, published: SaleSheetPublished, order: Order, *quantities: int, by: UUID = MALIK) -> Any:
    lines = wishes(published, *quantities)
    command = AmendOrder(order_id=order.order_id, version=order.version, lines=lines, on_behalf_of=JEANNE)
    return act(amending.amend, call, by, command)


def read(call: Caller, person: UUID, order: Order, of: UUID | None = None) -> Order:
    with database.transaction() as tx:
        return reading.order(tx, order.order_id, person, of)


def hands(order: Order) -> list[tuple[int, str]]:
    return [(one.version, one.mediator_name) for one in order.acts]


def test_an_order_on_behalf_is_the_consumer_s_and_bears_both_names(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks", price_cents=133)))
    order = for_jeanne(call, MALIK, published, 2, 1)
    assert (order.consumer_id, order.total_cents, left(published)) == (JEANNE, 653, [8, 9])
    assert hands(order) == [(1, "Malik Benali")]
    assert read(call, JEANNE, order) == read(call, MALIK, order, JEANNE) == order
    assert [one["order"]["acts"][0]["mediator_id"] for one in said("orders.order_placed.v1")] == [str(MALIK)]
    assert [one["person_id"] for one in said("orders.consumer_joined.v1")] == [str(JEANNE)]


def test_each_change_is_kept_with_whose_hand_it_was(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks")))
    first = for_jeanne(call, MALIK, published, 1)
    added = for_jeanne(call, MALIK, published, 0, 2)
    own = AmendOrder(order_id=first.order_id, version=2, lines=wishes(published, 3))
    by_herself = act(amending.amend, call, JEANNE, own)
    assert hands(by_herself) == [(1, "Malik Benali"), (2, "Malik Benali")] and added.version == 2
    cancel = CancelOrder(order_id=first.order_id, version=3, on_behalf_of=JEANNE)
    cancelled = act(amending.cancel, call, MALIK, cancel)
    assert cancelled.state is OrderState.CANCELLED and [one.version for one in cancelled.acts] == [1, 2, 4]
    assert read(call, JEANNE, first).acts == cancelled.acts and left(published) == [10, 10]


def test_a_mediator_chooses_the_slot(call: Caller) -> None:
    published = opened(sheet(line(), slots={"minutes": 60, "capacity": 1}))
    order = for_jeanne(call, MALIK, published, 1, slot=published.starts_at)
    about = {"order_id": order.order_id, "slot": published.starts_at + timedelta(hours=1)}
    with pytest.raises(NotFound):
        act(amending.choose_slot, call, CHARLIE, ChooseSlot(version=1, **about))
    chosen = act(amending.choose_slot, call, MALIK, ChooseSlot(version=1, on_behalf_of=JEANNE, **about))
    assert hands(chosen) == [(1, "Malik Benali"), (2, "Malik Benali")]
    assert read(call, JEANNE, order).slot == chosen.slot != order.slot


def test_what_was_done_on_behalf_is_written_for_good(call: Caller) -> None:
    published = opened(sheet(line()))
    for_jeanne(call, MALIK, published, 1)
    for change in ("update acts_on_behalf set version = 9", "delete from acts_on_behalf"):
        with pytest.raises(DBAPIError, match="only written"), database.transaction() as tx:
            tx.execute(text(change))


def test_a_refused_order_leaves_no_trace_of_an_act(call: Caller) -> None:
    published = opened(sheet(line()))
    assert for_jeanne(call, MALIK, published, 11).code == "sold-out"
    first = for_jeanne(call, MALIK, published, 1)
    refused = amend(call, published, first, 99)
    assert isinstance(refused, Refused) and hands(read(call, JEANNE, first)) == [(1, "Malik Benali")]
    with pytest.raises(Conflict) as conflict:
        amend(call, published, first.model_copy(update={"version": 7}), 2)
    assert len(conflict.value.details["order"]["acts"]) == 1


def everything(call: Caller, person: UUID, published: SaleSheetPublished, order: Order) -> list[Callable[[], Any]]:
    cancel = CancelOrder(order_id=order.order_id, version=order.version, on_behalf_of=JEANNE)
    mine = MyOrders(on_behalf_of=JEANNE)

    def listed() -> Any:
        with database.transaction() as tx:
            return reading.my_orders(tx, mine, person)

    return [
        lambda: read(call, person, order, JEANNE),
        listed,
        lambda: for_jeanne(call, person, published, 1),
        lambda: amend(call, published, order, 2, by=person),
        lambda: act(amending.cancel, call, person, cancel),
    ]


def refuses_all(call: Caller, person: UUID, published: SaleSheetPublished, order: Order) -> None:
    before = left(published)
    for try_it in everything(call, person, published, order):
        with pytest.raises(Unavailable, match="consent-unheard"):
            try_it()
    assert read(call, JEANNE, order) == order and left(published) == before


def test_without_a_consent_that_holds_nothing_is_read_or_changed(call: Caller) -> None:
    published = opened(sheet(line()))
    order = for_jeanne(call, MALIK, published, 1)
    refuses_all(call, CHARLIE, published, order)
    consents(seq=2, ended=True)
    refuses_all(call, MALIK, published, order)
    consents(seq=1)
    refuses_all(call, MALIK, published, order)
    consents(seq=3)
    assert read(call, MALIK, order, JEANNE) == order
    with pytest.raises(NotFound):
        read(call, MALIK, order)


def test_a_consent_ends_by_the_clock_and_with_the_mediator_s_right(call: Caller) -> None:
    published = opened(sheet(line()))
    order = for_jeanne(call, MALIK, published, 1)
    consents(seq=2, until=timedelta(hours=1))
    assert read(call, MALIK, order, JEANNE) == order
    later(hours=1, seconds=1)
    refuses_all(call, MALIK, published, order)
    consents(seq=3)
    assert read(call, MALIK, order, JEANNE) == order
    with database.transaction() as tx:
        tx.execute(text("update grants set holds = false where person_id = :malik"), {"malik": MALIK})
    refuses_all(call, MALIK, published, order)


def test_acting_for_an_organiser_opens_nothing_of_the_market(call: Caller) -> None:
    published = opened(sheet(line()))
    grant(JEANNE, "organise", MARKET)
    bobs = place(call, BOB, published, 1)
    assert read(call, JEANNE, bobs) == bobs
    with pytest.raises(NotFound):
        read(call, MALIK, bobs, JEANNE)
    change = AmendOrder(order_id=bobs.order_id, version=1, lines=wishes(published, 2), on_behalf_of=JEANNE)
    with pytest.raises(NotFound):
        act(amending.amend, call, MALIK, change)


def test_it_is_the_consumer_who_must_be_admitted(call: Caller) -> None:
    published = opened(sheet(line(), joining=Joining.ON_REQUEST))
    with database.transaction() as tx:
        member = text("insert into memberships values (:id, :market, :person, 'member', 1)")
        tx.execute(member, {"id": uuid4(), "market": MARKET, "person": MALIK})
    assert for_jeanne(call, MALIK, published, 1).code == "not-a-member"


def test_a_session_that_the_consumer_ended_does_not_stop_the_mediator(call: Caller) -> None:
    published = opened(sheet(line()))
    with database.transaction() as tx:
        revoked = text("insert into not_before values (:jeanne, now() + interval '1 minute', 1)")
        tx.execute(revoked, {"jeanne": JEANNE})
    assert for_jeanne(call, MALIK, published, 1).version == 1


def test_the_same_key_places_once_and_tells_nothing_after_the_withdrawal(call: Caller) -> None:
    published = opened(sheet(line()))
    order = for_jeanne(call, MALIK, published, 1, key="the-same-key")
    assert for_jeanne(call, MALIK, published, 1, key="the-same-key") == order
    assert left(published) == [9]
    consents(seq=2, ended=True)
    with pytest.raises(Unavailable, match="consent-unheard"):
        for_jeanne(call, MALIK, published, 1, key="the-same-key")


def test_two_first_orders_on_behalf_at_once_make_one(call: Caller) -> None:
    published = opened(sheet(line(stock=100)))
    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(lambda _: for_jeanne(call, MALIK, published, 1), range(8)))
    (order_id,) = {one.order_id for one in placed}
    order = read(call, JEANNE, placed[0])
    assert order.order_id == order_id and [one.version for one in order.acts] == list(range(1, 9))
    assert left(published) == [92]


def test_a_withdrawal_waits_for_the_act_under_way_and_stops_the_next(call: Caller) -> None:
    published = opened(sheet(line()))
    order = for_jeanne(call, MALIK, published, 1)
    with ThreadPoolExecutor(1) as pool, database.transaction() as tx:
        command = ReadOrder(order_id=order.order_id, on_behalf_of=JEANNE)
        assert mediating.hand(tx, JEANNE, call(MALIK, command)).consumer_id == JEANNE
        withdrawal = pool.submit(consents, seq=2, ended=True)
        assert reading.order(tx, order.order_id, MALIK, JEANNE) == order, "held until this transaction ends"
        tx.commit()
        withdrawal.result(10)
    refuses_all(call, MALIK, published, order)


def test_the_hand_over_list_says_who_ordered_on_whose_behalf(call: Caller) -> None:
    published = opened(sheet(line()))
    for_jeanne(call, MALIK, published, 1)
    on_the_day(call, published, (BOB, (1,)))
    with database.transaction() as tx:
        rows = list(day.handover_list(tx, published.distribution_id, ODILE))
    assert [(row.name, row.mediator) for row in rows] == [("Jeanne Perrin", "Malik Benali"), ("", "")]


def test_a_mediator_who_leaves_is_named_nowhere_and_what_was_done_stands(call: Caller) -> None:
    published = opened(sheet(line()))
    order = amend(call, published, for_jeanne(call, MALIK, published, 1), 2)
    own = AmendOrder(order_id=order.order_id, version=2, lines=wishes(published, 3))
    asked = call(JEANNE, own)
    with database.transaction() as tx:
        keys.claim(tx, asked.scope, asked.command.door, asked.key or "", asked.question)
        answer = amending.amend(tx, own, asked)
        assert isinstance(answer, Order)
        keys.keep(tx, asked.scope, asked.command.door, asked.key or "", answer.model_dump_json())
    heard: Any = type("Heard", (), {"seq": 9})
    with database.transaction() as tx:
        knowing.forget_person(tx, PersonErased(person_id=MALIK), heard)
    assert tables_with("Benali") == []
    assert hands(read(call, JEANNE, order)) == [(1, ""), (2, "")]
    acts = [one["order"]["acts"] for one in said("orders.order_changed.v1")]
    assert [[(act["version"], act["mediator_id"]) for act in one] for one in acts] == [
        [(1, str(MALIK)), (2, str(MALIK))]
    ] * 2


def test_ordering_for_oneself_takes_no_statement_more(call: Caller) -> None:
    published = opened(sheet(line()))
    place(call, CHARLIE, published, 1)
    seen: list[str] = []
    engine = database._statement_pool(database._served[0])
    listen = (engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: seen.append(statement))
    event.listen(*listen)
    try:
        place(call, BOB, published, 1)
    finally:
        event.remove(*listen)
    assert len(seen) == 1 and "consents" not in seen[0] and "acts_on_behalf" not in seen[0]
