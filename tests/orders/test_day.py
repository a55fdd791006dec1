"""The day: what is short, what was weighed, who goes short, who fetched what. To the cent, and nothing back on sale."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bus import clock, database
from bus.doors import Call
from contracts.catalog import Absence, Pricing, SaleSheetPublished, Uncollected
from contracts.day import (
    PreviewSharing,
    ReadFarmLines,
    SetHandover,
    Settled,
    SettleLines,
    ShareRule,
    ShareShortage,
    TelephoneRow,
)
from contracts.errors import Conflict, Malformed, NotFound
from contracts.members import PersonChanged, PersonErased
from contracts.messages import Refused
from contracts.money import Unit
from contracts.orders import CancelOrder, Order, OrderState
from services.orders.actions import amending, day, knowing, reading
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, ODILE, line, sheet
from tests.orders.test_placing import act, left, opened, place, said
from tests.orders.test_windows import do_what_is_due, grant, later

Caller = Callable[..., Call]
SHORTENED = "orders.order_shortened.v1"


def on_the_day(call: Caller, published: SaleSheetPublished, *orders: tuple[UUID, tuple[int, ...]]) -> list[Order]:
    """Orders by person, in this order of placing, of a sale that has closed; Alice sells, Odile organises."""
    placed = [place(call, person, published, *quantities) for person, quantities in orders]
    grant(ALICE, "sell", FARM)
    grant(ODILE, "organise", published.market_id)
    later(days=1)
    do_what_is_due()
    return [read(order) for order in placed]


def read(order: Order) -> Order:
    with database.transaction() as tx:
        return reading.order(tx, order.order_id, order.consumer_id)


def settle(call: Caller, person: UUID, published: SaleSheetPublished, *lines: tuple[Order, int, dict[str, int]]) -> Any:
    said_lines = [
        Settled(order_id=order.order_id, offer_id=published.lines[n].offer_id, **what) for order, n, what in lines
    ]
    farm = published.lines[lines[0][1]].producer_id
    command = SettleLines(distribution_id=published.distribution_id, producer_id=farm, lines=said_lines)
    return act(day.settle_lines, call, person, command)


def chicken(**changes: Any) -> Any:
    return line(
        "Poulet", pricing=Pricing.PER_WEIGHT, price_cents=1190, estimated_grams=1800, unit=Unit.PIECE, **changes
    )


def test_a_friday_in_caromb(call: Caller) -> None:
    """45.92 ordered, 48.52 amended, 39.34 owed: the chicken weighs 1.743 kg and a bottle is broken."""
    cellar = UUID(int=103)
    bread = line("Baguette", producer_id=BAKERY, producer_name="Fournil", price_cents=120)
    carrots = line("Carottes", unit=Unit.KILOGRAM, producer_id=UUID(int=104), producer_name="Maraîcher", stock=9000)
    wine = line("Vin", producer_id=cellar, producer_name="Cave", price_cents=850, vat_basis_points=2000)
    published = opened(sheet(bread, carrots, chicken(), wine))
    grant(MALIK, "sell", cellar)
    (order,) = on_the_day(call, published, (BOB, (3, 2500, 1, 2)))
    assert order.total_cents == 4852
    settle(call, ALICE, published, (order, 2, {"grams": 1743}))
    settle(call, MALIK, published, (order, 3, {"short": 1}))
    after = read(order)
    assert [one.amount_cents for one in after.lines] == [360, 650, 2074, 850] and after.total_cents == 3934
    assert [one.vat_cents for one in after.vat] == [19, 34, 108, 142]
    assert left(published) == [7, 6500, 9, 8], "the broken bottle is not back on sale"
    assert after.number == order.number == 1


def test_a_weight_is_paid_as_far_as_the_tolerance_and_the_rest_is_a_gift(call: Caller) -> None:
    published = opened(sheet(chicken()))
    (order,) = on_the_day(call, published, (BOB, (2,)))
    settle(call, ALICE, published, (order, 0, {"grams": 4500}))
    assert read(order).total_cents == round(11.90 * 3.96 * 100)
    settle(call, ALICE, published, (order, 0, {"grams": 3600, "short": 0}))
    assert read(order).total_cents == 2 * 2142
    settle(call, ALICE, published, (order, 0, {"short": 1, "grams": 1700}))
    assert read(order).total_cents == 2023
    assert len(said(SHORTENED)) == 1, "weights alone are no news"


def test_what_is_said_twice_is_done_and_told_once_and_can_be_corrected(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks")))
    (order,) = on_the_day(call, published, (BOB, (3, 2)))
    for _ in range(2):
        settle(call, ALICE, published, (order, 0, {"short": 2}))
    (told,) = said(SHORTENED)
    assert (told["because"], told["producer_name"]) == ("shortage", "Ferme des Alpilles")
    assert [(one["quantity"], one["short"]) for one in told["order"]["lines"]] == [(1, 2), (2, 0)]
    settle(call, ALICE, published, (order, 0, {"short": 0}))
    assert read(order).lines == order.lines and read(order).total_cents == order.total_cents
    assert len(said(SHORTENED)) == 2


def test_an_order_left_empty_is_cancelled_and_stands_again_when_the_goods_are_found(call: Caller) -> None:
    published = opened(sheet(line()))
    (order,) = on_the_day(call, published, (BOB, (3,)))
    settle(call, ALICE, published, (order, 0, {"short": 3}))
    assert (read(order).state, read(order).total_cents) == (OrderState.CANCELLED, 0)
    rows = settle(call, ALICE, published, (order, 0, {"short": 1}))
    assert (read(order).state, read(order).total_cents) == (OrderState.PLACED, 520)
    assert [(row.state, row.lines[0].quantity) for row in rows] == [(OrderState.PLACED, 2)]


def test_what_was_handed_over_stays_so_when_it_was_written_short_by_mistake(call: Caller) -> None:
    published = opened(sheet(line()))
    (order,) = on_the_day(call, published, (BOB, (3,)))
    handed(call, ODILE, order, OrderState.HANDED_OVER, to="Sa voisine")
    settle(call, ALICE, published, (order, 0, {"short": 3}))
    assert read(order).state is OrderState.CANCELLED
    settle(call, ALICE, published, (order, 0, {"short": 0}))
    assert (read(order).state, read(order).handed_to) == (OrderState.HANDED_OVER, "Sa voisine")


def test_bad_lines_are_named_and_nothing_of_them_is_done(call: Caller) -> None:
    published = opened(sheet(line(), line("Bread", producer_id=BAKERY)))
    (order,) = on_the_day(call, published, (BOB, (3, 1)))
    first = (order, 0, {"short": 1})
    wrong = {"lines.1.short": (order, 0, {"short": 4}), "lines.1.offer_id": (order, 1, {"short": 1})}
    for field, second in wrong.items():
        with pytest.raises(Malformed) as malformed:
            settle(call, ALICE, published, first, second)
        assert [one["field"] for one in malformed.value.details["fields"]] == [field]
    with pytest.raises(Malformed, match="once"):
        settle(call, ALICE, published, first, first)
    assert read(order).version == order.version


def test_consumers_who_can_still_change_their_order_are_not_cut(call: Caller) -> None:
    published = opened(sheet(line()))
    order = place(call, BOB, published, 3)
    grant(ALICE, "sell", FARM)
    refused = settle(call, ALICE, published, (order, 0, {"short": 1}))
    assert isinstance(refused, Refused) and refused.code == "not-closed"


def test_an_order_that_its_consumer_cancelled_stays_cancelled(call: Caller) -> None:
    published = opened(sheet(line()))
    order = place(call, BOB, published, 3)
    act(amending.cancel, call, BOB, CancelOrder(order_id=order.order_id, version=1))
    on_the_day(call, published, (CHARLIE, (1,)))
    assert settle(call, ALICE, published, (order, 0, {"short": 1})).code == "cancelled"


def test_strangers_and_other_farms_settle_nothing_and_see_nothing(call: Caller) -> None:
    published = opened(sheet(line(), line("Bread", producer_id=BAKERY)))
    (order,) = on_the_day(call, published, (BOB, (3, 1)))
    about = {"distribution_id": published.distribution_id}
    for person in (BOB, CHARLIE):
        with pytest.raises(NotFound):
            settle(call, person, published, (order, 0, {"short": 1}))
        with pytest.raises(NotFound):
            act(day.farm_lines, call, person, ReadFarmLines(producer_id=FARM, **about))
        with pytest.raises(NotFound):
            handed(call, person, order, OrderState.HANDED_OVER)
        with database.transaction() as tx, pytest.raises(NotFound):
            day.handover_list(tx, published.distribution_id, person)
        with database.transaction() as tx, pytest.raises(NotFound):
            day.handover(tx, order.order_id, person)
        with database.transaction() as tx, pytest.raises(NotFound):
            day.telephone_list(tx, published.distribution_id, person)
    with pytest.raises(NotFound):
        act(day.farm_lines, call, ALICE, ReadFarmLines(producer_id=BAKERY, **about))
    (row,) = act(day.farm_lines, call, ALICE, ReadFarmLines(producer_id=FARM, **about))
    assert [one.name for one in row.lines] == ["Carrots"], "Alice does not see the baker's lines"


def test_one_order_at_the_counter_is_as_the_list_has_it_and_stays_when_it_was_cancelled(call: Caller) -> None:
    published = opened(sheet(line()))
    first, second = on_the_day(call, published, (BOB, (3,)), (CHARLIE, (1,)))
    with database.transaction() as tx:
        listed = list(day.handover_list(tx, published.distribution_id, ODILE))
        assert [day.handover(tx, one.order_id, ODILE) for one in (first, second)] == listed
    settle(call, ALICE, published, (first, 0, {"short": 3}))
    with database.transaction() as tx:
        assert [row.number for row in day.handover_list(tx, published.distribution_id, ODILE)] == [2]
        assert day.handover(tx, first.order_id, ODILE).state is OrderState.CANCELLED


def handed(call: Caller, person: UUID, order: Order, state: Any, **more: Any) -> Any:
    command = SetHandover(order_id=order.order_id, version=read(order).version, state=state, **more)
    return act(day.set_handover, call, person, command)


def test_an_order_is_handed_over_and_that_can_be_taken_back(call: Caller) -> None:
    published = opened(sheet(line()))
    (order,) = on_the_day(call, published, (BOB, (3,)))
    done = handed(call, ODILE, order, OrderState.HANDED_OVER, to="Sa voisine")
    assert (read(order).state, read(order).handed_to) == (OrderState.HANDED_OVER, "Sa voisine") and done.handed_at
    stale = SetHandover(order_id=order.order_id, version=order.version, state=OrderState.ABSENT)
    with pytest.raises(Conflict, match="order-changed"):
        act(day.set_handover, call, ODILE, stale)
    handed(call, ODILE, order, OrderState.PLACED)
    back = read(order)
    assert (back.state, back.handed_to, back.handed_at) == (OrderState.PLACED, "", None)
    assert handed(call, ODILE, order, OrderState.ABSENT).state is OrderState.ABSENT


def test_a_deputy_hands_over_this_sale_until_midnight_and_not_a_second_longer(call: Caller) -> None:
    published = opened(sheet(line()))
    (order,) = on_the_day(call, published, (BOB, (3,)))
    with database.transaction() as tx:
        midnight = clock.now(tx) + timedelta(hours=1)
        deputy = {"id": uuid4(), "person": MALIK, "object": published.distribution_id, "until": midnight}
        tx.execute(text("insert into grants values (:id, :person, 'handover', :object, true, :until, 1)"), deputy)
    assert handed(call, MALIK, order, OrderState.HANDED_OVER).state is OrderState.HANDED_OVER
    later(days=1, hours=1, seconds=1)
    with pytest.raises(NotFound):
        handed(call, MALIK, order, OrderState.PLACED)


def share(call: Caller, published: SaleSheetPublished, came: int, rule: ShareRule | None, ordered: int) -> Any:
    about = {"distribution_id": published.distribution_id, "offer_id": published.lines[0].offer_id}
    command = ShareShortage(**about, came=came, rule=rule, ordered=ordered)
    return act(day.share_shortage, call, ALICE, command)


@pytest.mark.parametrize(
    "rule, announced, gets",
    [
        (ShareRule.FIRST_COME, ShareRule.PRO_RATA, [4, 2, 0]), (ShareRule.PRO_RATA, ShareRule.FIRST_COME, [3, 2, 1]),
        (None, ShareRule.FIRST_COME, [4, 2, 0]), (None, ShareRule.PRO_RATA, [3, 2, 1]),
    ],
)  # fmt: skip
def test_what_came_is_shared_by_the_rule_else_the_farm_s_and_those_who_go_short_are_told(
    rule: ShareRule | None, announced: ShareRule, gets: list[int], call: Caller
) -> None:
    published = opened(sheet(line(share_rule=announced)))
    orders = on_the_day(call, published, (BOB, (4,)), (CHARLIE, (4,)), (MALIK, (2,)))
    about = {"distribution_id": published.distribution_id, "offer_id": published.lines[0].offer_id}
    preview = act(day.preview_sharing, call, ALICE, PreviewSharing(**about, came=6, rule=rule))
    assert preview.rule is (rule or announced) and said(SHORTENED) == []
    assert [one.gets for one in preview.shares] == gets
    assert share(call, published, 6, rule, preview.ordered).shares == preview.shares
    assert [sum(one.quantity for one in read(order).lines) for order in orders] == gets
    assert len(said(SHORTENED)) == sum(got < wanted for got, wanted in zip(gets, (4, 4, 2), strict=True))
    share(call, published, 10, rule, 10)
    assert [read(order).lines for order in orders] == [order.lines for order in orders], "they were found after all"


def test_a_share_that_was_seen_otherwise_is_a_conflict(call: Caller) -> None:
    published = opened(sheet(line()))
    on_the_day(call, published, (BOB, (4,)))
    with pytest.raises(Conflict, match="figures-moved"):
        share(call, published, 1, ShareRule.PRO_RATA, 5)


def known(person: UUID, name: str, *, email: str | None, phone: str | None, seq: int = 1) -> None:
    heard: Any = type("Heard", (), {"seq": seq})
    event = PersonChanged(person_id=person, name=name, email=email, phone=phone, language="fr")
    with database.transaction() as tx:
        knowing.know_person(tx, event, heard)


def test_whoever_has_no_email_is_on_the_telephone_list_until_erased(call: Caller) -> None:
    published = opened(sheet(line(), line("Leeks")))
    known(BOB, "Bob Blanc", email="bob@caromb.example", phone=None)
    known(CHARLIE, "Charlie Noir", email=None, phone="+33490620001")
    orders = on_the_day(call, published, (BOB, (4,)), (CHARLIE, (2, 1)), (MALIK, (1,)))
    settle(call, ALICE, published, (orders[0], 0, {"short": 1}), (orders[1], 0, {"short": 2}))
    with database.transaction() as tx:
        (row,) = day.telephone_list(tx, published.distribution_id, ODILE)
        wanted = ("Charlie Noir", "+33490620001", 2, 260)
        assert (row.name, row.phone, row.number, row.total_cents) == wanted
        assert [(one.name, one.short) for one in row.short] == [("Carrots", 2)]
        heard: Any = type("Heard", (), {"seq": 2})
        knowing.forget_person(tx, PersonErased(person_id=CHARLIE), heard)
        erased: TelephoneRow = day.telephone_list(tx, published.distribution_id, ODILE)[0]
        assert (erased.name, erased.phone) == ("", None)


def test_the_hand_over_begins_at_its_hour(call: Caller) -> None:
    published = opened(sheet(line(), closes_at=datetime.now(UTC) + timedelta(hours=1)))
    later(hours=2)
    do_what_is_due()
    later(days=2)
    do_what_is_due()
    states = [one["state"] for one in said("orders.distribution_changed.v1")]
    assert states == ["open", "closing", "closed", "handover"]
    assert published.distribution_id


@pytest.mark.parametrize("uncollected", list(Uncollected))
def test_who_does_not_come_owes_what_he_owed_and_the_policy_of_the_order_is_that_of_its_sale(
    call: Caller, uncollected: Uncollected
) -> None:
    published = sheet(line())
    fridge = {"time_zone": published.time_zone, "by_proxy": True, "in_fridge": True, "uncollected": uncollected}
    policy = Absence(kept_until=published.ends_at + timedelta(hours=1), **fridge)
    opened(published.model_copy(update={"absence": policy}))
    (order,) = on_the_day(call, published, (BOB, (3,)))
    placed = Order.model_validate(said("orders.order_placed.v1")[0]["order"])
    assert placed.absence == order.absence == policy
    absent = handed(call, ODILE, order, OrderState.ABSENT)
    assert (absent.state, absent.total_cents, absent.lines) == (OrderState.ABSENT, order.total_cents, order.lines)
    again = handed(call, ODILE, order, OrderState.PLACED)
    assert (again.state, again.total_cents) == (OrderState.PLACED, order.total_cents)
    owed = [(one["order"]["state"], one["order"]["total_cents"]) for one in said("orders.order_owed.v1")]
    assert owed == [("placed", 780), ("absent", 780), ("placed", 780)]
