"""Money at the counter: what is due to whom, taken once, undone by a second line, never netted between farms."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bus import database, households
from contracts.catalog import MarketFee
from contracts.errors import Malformed, NotFound
from contracts.households import AdultChanged
from contracts.orders import OrderState
from contracts.payments import (
    Adjust,
    GiveBack,
    Means,
    MovementKind,
    MyBalances,
    MyMovements,
    Part,
    ReadOrderMoney,
    UndoMovement,
)
from contracts.tills import EndMandate, GiveMandate, OpenDesk
from services.payments.actions import mandates, money, tills
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE
from tests.payments import evening
from tests.payments.evening import SALE, act, cast, dues, grant, hear, hear_together, money_of, order, take


def field_of(error: pytest.ExceptionInfo[Malformed]) -> str:
    return str(error.value.details["fields"][0]["field"])


def test_each_farm_is_owed_its_own_lines_and_the_newest_version_counts() -> None:
    cast()
    hear(order(), order(version=3, amounts={FARM: 400, BAKERY: 360}), order(version=2, amounts={FARM: 1, BAKERY: 1}))
    hear(order(version=3, amounts={FARM: 400, BAKERY: 360}))
    found = money_of(order())
    assert [(one.producer_name, one.owed_cents, one.due_cents) for one in found.sellers] == [
        ("Ferme des Alpilles", 400, 400),
        ("Fournil", 360, 360),
    ]
    assert (found.version, found.due_cents, found.movements) == (3, 760, [])


def test_what_comes_by_the_handful_comes_to_the_same() -> None:
    """Twice, the newer before the older, one without any line, another known before."""
    cast()
    newer = order(version=3, amounts={FARM: 400, BAKERY: 360})
    hear(order(2))
    hear_together(
        newer, order(3, amounts={}), order(), order(2, version=2, amounts={FARM: 0, BAKERY: 360}), newer, order(2)
    )
    assert dues(order()) == [400, 360]
    assert dues(order(2)) == [0, 360]
    assert dues(order(3)) == []


def test_a_cancelled_order_owes_nothing_and_what_was_paid_is_owed_back() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 520})
    hear(order(version=2, state=OrderState.CANCELLED))
    assert dues(order()) == [-520, 0]


def test_money_goes_into_the_farms_own_tills_and_more_than_is_due_is_a_balance() -> None:
    cast()
    hear(order())
    after = take(ODILE, order(), {FARM: 600, BAKERY: 360})
    assert [one.due_cents for one in after.sellers] == [-80, 0], "one farm's excess pays nothing of another"
    assert after.due_cents == 0
    assert [(one.kind, one.amount_cents, one.holder) for one in after.movements] == [
        (MovementKind.TAKEN, 600, "Ferme des Alpilles"),
        (MovementKind.TAKEN, 360, "Fournil"),
    ]
    balance = act(money.balances, BOB, MyBalances())
    assert [(one.producer_id, one.due_cents) for one in balance] == [(FARM, -80)]


def test_a_household_shares_what_is_due_and_nobody_else_reads_it() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 600})
    adult = {"adult_id": uuid4(), "consumer_id": BOB, "person_id": MALIK}
    for seq, holds in ((2, True), (1, False)):  # the older news comes late
        heard: Any = type("Heard", (), {"seq": seq})
        with database.transaction() as tx:
            households.know_adult(tx, AdultChanged(**adult, holds=holds), heard)
    for person in (BOB, MALIK):
        assert [one.due_cents for one in act(money.balances, person, MyBalances())] == [-80, 360]
        assert len(act(money.own_movements, person, MyMovements()).movements) == 3
        assert act(money.read, person, ReadOrderMoney(order_id=order().order_id)).due_cents == 360
    assert act(money.balances, CHARLIE, MyBalances()) == []
    with pytest.raises(NotFound):
        act(money.read, CHARLIE, ReadOrderMoney(order_id=order().order_id))
    with pytest.raises(NotFound):
        take(MALIK, order(), {BAKERY: 360})


def test_what_was_written_by_mistake_is_undone_once_and_stays_to_be_seen() -> None:
    cast()
    hear(order())
    (taken,) = take(ODILE, order(), {FARM: 520}).movements
    undoing = UndoMovement(movement_id=taken.movement_id, reason="Deux fois saisi")
    after = act(money.undo, ODILE, undoing)
    assert [(one.kind, one.undone) for one in after.movements] == [
        (MovementKind.TAKEN, True),
        (MovementKind.UNDONE, False),
    ]
    assert dues(order()) == [520, 360] and evening.till_of(FARM).parts[0].total_cents == 0
    assert act(money.undo, ODILE, undoing).code == "undone"
    with pytest.raises(NotFound):
        act(money.undo, ODILE, UndoMovement(movement_id=after.movements[1].movement_id, reason="x"))


def test_money_is_given_back_out_of_the_same_till_and_never_more_than_was_paid() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 520})
    back = {"order_id": order().order_id, "means": Means.CASH}
    refused = act(money.give_back, ODILE, GiveBack(**back, part=Part(producer_id=FARM, amount_cents=521)))
    assert (refused.code, refused.details) == ("more-than-paid", {"paid_cents": 520})
    act(money.give_back, ODILE, GiveBack(**back, part=Part(producer_id=FARM, amount_cents=120)))
    assert dues(order()) == [120, 360] and evening.till_of(FARM).expected_cents == 400


def test_the_law_limits_cash_for_one_order_and_farm_and_nothing_is_half_done() -> None:
    cast()
    big = order(amounts={FARM: 120_000, BAKERY: 360})
    hear(big)
    take(ODILE, big, {FARM: 60_000})
    refused = take(ODILE, big, {BAKERY: 360, FARM: 40_001})
    assert (refused.code, refused.details) == ("cash-limit", {"farms": ["Ferme des Alpilles"]})
    assert dues(big) == [60_000, 360]
    take(ODILE, big, {FARM: 40_000})
    take(ODILE, big, {FARM: 20_000}, Means.CARD)
    assert dues(big) == [0, 360]


def test_a_cheque_or_a_card_pays_one_farm() -> None:
    cast()
    hear(order())
    for means in (Means.CHEQUE, Means.CARD):
        with pytest.raises(Malformed) as error:
            take(ODILE, order(), {FARM: 520, BAKERY: 360}, means)
        assert field_of(error) == "parts"
    assert dues(order()) == [520, 360]


def test_a_desk_takes_money_only_for_farms_that_gave_its_holder_their_mandate() -> None:
    cast()
    hear(order())
    opened = act(tills.open_desk, ODILE, OpenDesk(distribution_id=SALE, holder="Comité des fêtes", float_cents=5000))
    desk = next(till for till in opened.tills if till.producer_id is None)
    mandate = {"market_id": MARKET, "holder": "Comité des fêtes", "given_on": "2026-09-01"}
    act(mandates.give, ALICE, GiveMandate(producer_id=FARM, **mandate))
    refused = take(ODILE, order(), {FARM: 520, BAKERY: 360}, desk_id=desk.till_id)
    assert (refused.code, refused.details) == ("no-mandate", {"farms": ["Fournil"]})
    grant(MALIK, "sell", BAKERY)
    given = act(mandates.give, MALIK, GiveMandate(producer_id=BAKERY, **mandate))
    take(ODILE, order(), {FARM: 520, BAKERY: 360}, Means.CHEQUE, desk_id=desk.till_id, reference="BNP 123")
    held = evening.till_of(None)
    assert [(part.producer_name, part.cheque_cents) for part in held.parts] == [
        ("Ferme des Alpilles", 520),
        ("Fournil", 360),
    ]
    assert [(one.number, one.reference, one.amount_cents) for one in held.cheques] == [(1, "BNP 123", 880)]
    act(mandates.end, MALIK, EndMandate(mandate_id=given.mandate_id))
    assert take(ODILE, order(), {BAKERY: 1}, desk_id=desk.till_id).code == "no-mandate"


def test_the_fee_is_owed_to_the_market_taken_at_its_own_desk_and_gone_with_the_order() -> None:
    cast()
    fee = MarketFee(payee="Mairie de Caromb", cents=50, vat_basis_points=0)
    hear(order(fee=fee, amounts={FARM: 520}))
    sellers = money_of(order()).sellers
    assert [(one.producer_id, one.producer_name, one.due_cents) for one in sellers][1:] == [
        (MARKET, "Mairie de Caromb", 50)
    ]
    desk = desk_for((ALICE, FARM))
    take(ODILE, order(), {FARM: 520, MARKET: 50}, Means.CHEQUE, desk_id=desk)
    assert dues(order()) == [0, 0]
    with pytest.raises(Malformed):
        take(ALICE, order(), {MARKET: 50})
    hear(order(version=2, fee=fee, amounts={FARM: 520}, state=OrderState.CANCELLED))
    assert dues(order()) == [-520, -50]


def test_who_keeps_the_money_lets_a_fee_go_and_a_farm_cannot() -> None:
    cast()
    hear(order(fee=MarketFee(payee="Mairie", cents=50, vat_basis_points=0)))
    waived = Adjust(order_id=order().order_id, part=Part(producer_id=MARKET, amount_cents=50), reason="Offert")
    with pytest.raises(Malformed):
        act(money.adjust, ALICE, waived)
    act(money.adjust, ODILE, waived)
    assert dues(order()) == [520, 360, 0]


def test_a_paper_that_is_to_be_signed_tomorrow_is_no_mandate_today() -> None:
    cast()
    soon = datetime.now(UTC).date() + timedelta(days=2)
    with pytest.raises(Malformed) as error:
        act(mandates.give, ALICE, GiveMandate(producer_id=FARM, market_id=MARKET, holder="Mairie", given_on=soon))
    assert field_of(error) == "given_on"


def desk_for(*farms: tuple[UUID, UUID]) -> UUID:
    """A desk of the mayor's, with the mandates of farms by who sells for them."""
    opened = act(tills.open_desk, ODILE, OpenDesk(distribution_id=SALE, holder="Mairie"))
    for person, farm in farms:
        given = GiveMandate(producer_id=farm, market_id=MARKET, holder="Mairie", given_on="2026-09-01")
        act(mandates.give, person, given)
    return next(till.till_id for till in opened.tills if till.producer_id is None)


def test_each_cheque_stands_once_on_the_slip_whatever_it_pays() -> None:
    cast()
    grant(MALIK, "sell", BAKERY)
    hear(order(), order(2))
    desk = desk_for((ALICE, FARM), (MALIK, BAKERY))
    take(ODILE, order(), {FARM: 500, BAKERY: 360}, Means.CHEQUE, desk_id=desk)
    (_, bread) = take(ODILE, order(2), {FARM: 520, BAKERY: 630}, Means.CHEQUE, desk_id=desk).movements
    act(money.undo, ODILE, UndoMovement(movement_id=bread.movement_id, reason="360, not 630"))
    take(ODILE, order(), {FARM: 20}, Means.CHEQUE, desk_id=desk)
    held = evening.till_of(None)
    assert [(one.number, one.amount_cents) for one in held.cheques] == [(1, 860), (1, 20), (2, 520)]
    assert sum(one.amount_cents for one in held.cheques) == sum(part.cheque_cents for part in held.parts)


def test_what_was_taken_at_a_desk_is_undone_there_and_not_by_the_farm() -> None:
    cast()
    hear(order())
    desk = desk_for((ALICE, FARM))
    (taken,) = take(ODILE, order(), {FARM: 520}, desk_id=desk).movements
    undoing = UndoMovement(movement_id=taken.movement_id, reason="x")
    with pytest.raises(NotFound):
        act(money.undo, ALICE, undoing)
    assert act(money.undo, ODILE, undoing).sellers[0].due_cents == 520
    (_, _, own) = take(ODILE, order(), {FARM: 520}).movements
    assert act(money.undo, ALICE, UndoMovement(movement_id=own.movement_id, reason="x")).sellers[0].due_cents == 520


def test_each_movement_says_who_may_undo_it() -> None:
    cast()
    hear(order())
    desk = desk_for((ALICE, FARM))
    take(ODILE, order(), {FARM: 100})
    take(ODILE, order(), {FARM: 100}, desk_id=desk)
    take(ALICE, order(), {FARM: 100}, Means.TRANSFER, later=True)
    part = Part(producer_id=FARM, amount_cents=20)
    act(money.adjust, ALICE, Adjust(order_id=order().order_id, part=part, reason="Abîmées"))

    def may_undo(person: UUID) -> list[bool]:
        return [one.may_undo for one in money_of(order(), person).movements]

    assert may_undo(ODILE) == [True, True, False, False]
    assert may_undo(ALICE) == [True, False, True, True]
    assert may_undo(BOB) == [False] * 4
    own = money_of(order(), ALICE).movements[0]
    act(money.undo, ALICE, UndoMovement(movement_id=own.movement_id, reason="x"))
    assert may_undo(ODILE) == [False, True, False, False, False]
    evening.close()
    assert (may_undo(ODILE), may_undo(ALICE)) == ([False] * 5, [False, False, True, True, False])


def test_desks_are_shown_to_those_who_may_take_money_at_them() -> None:
    cast()
    hear(order())
    desk = desk_for()
    assert [(one.till_id, one.holder) for one in money_of(order()).desks] == [(desk, "Mairie")]
    assert money_of(order(), ALICE).desks == money_of(order(), BOB).desks == []
    evening.close()
    assert money_of(order()).desks == []


def test_what_is_given_back_later_comes_from_no_desk() -> None:
    cast()
    hear(order())
    take(ALICE, order(), {FARM: 520}, Means.TRANSFER, later=True)
    part = Part(producer_id=FARM, amount_cents=20)
    back = {"order_id": order().order_id, "means": Means.CASH, "part": part, "later": True}
    with pytest.raises(Malformed) as error:
        act(money.give_back, ALICE, GiveBack(**back, desk_id=desk_for()))
    assert field_of(error) == "desk_id"
    act(money.give_back, ALICE, GiveBack(**back))
    assert dues(order()) == [20, 360]


def test_of_two_who_give_the_same_money_back_one_does() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 520})
    back = GiveBack(order_id=order().order_id, means=Means.CASH, part=Part(producer_id=FARM, amount_cents=520))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: act(money.give_back, ODILE, back), range(6)))
    assert sorted(getattr(one, "code", "given") for one in answers) == ["given"] + ["more-than-paid"] * 5
    assert dues(order()) == [520, 360]


def test_a_farm_takes_money_later_and_lets_something_off_with_a_reason() -> None:
    cast()
    hear(order())
    take(ALICE, order(), {FARM: 500}, Means.TRANSFER, later=True)
    let_off = Part(producer_id=FARM, amount_cents=20)
    after = act(money.adjust, ALICE, Adjust(order_id=order().order_id, part=let_off, reason="Une salade gâtée"))
    assert [(one.adjusted_cents, one.due_cents) for one in after.sellers] == [(20, 0)], "she sees her farm alone"
    assert evening.till_of(FARM).parts == []
    too_much = Part(producer_id=FARM, amount_cents=501)
    refused = act(money.adjust, ALICE, Adjust(order_id=order().order_id, part=too_much, reason="Tout"))
    assert (refused.code, refused.details) == ("more-than-owed", {"owed_cents": 500})


def test_each_sees_and_writes_what_is_his() -> None:
    cast()
    hear(order())
    assert len(money_of(order(), BOB).sellers) == 2
    assert [one.producer_id for one in money_of(order(), ALICE).sellers] == [FARM]
    with pytest.raises(NotFound):
        money_of(order(), CHARLIE)
    for person in (BOB, CHARLIE):
        with pytest.raises(NotFound):
            take(person, order(), {FARM: 520})
    with pytest.raises(Malformed) as error:
        take(ALICE, order(), {BAKERY: 360})
    assert field_of(error) == "parts.0.producer_id"
    with pytest.raises(Malformed):
        take(ODILE, order(), {FARM: 520}, later=True)
    with pytest.raises(Malformed) as error:
        take(ODILE, order(), {FARM: 520}, desk_id=uuid4())
    assert field_of(error) == "desk_id"
    (taken,) = take(ODILE, order(), {BAKERY: 360}).movements
    with pytest.raises(NotFound):
        act(money.undo, ALICE, UndoMovement(movement_id=taken.movement_id, reason="x"))
    with pytest.raises(NotFound):
        act(mandates.give, ODILE, GiveMandate(producer_id=FARM, market_id=MARKET, holder="X", given_on="2026-01-01"))


def test_an_order_of_a_sale_that_has_not_closed_is_not_known() -> None:
    cast()
    with pytest.raises(NotFound):
        take(ODILE, order(), {FARM: 520})


@pytest.mark.parametrize("change", ["update entries set cents = 1", "delete from entries", "delete from movements"])
def test_the_database_refuses_to_change_the_ledger(change: str) -> None:
    hear(order())
    with pytest.raises(DBAPIError, match="only written"), database.transaction() as tx:
        tx.execute(text(change))


def test_the_database_refuses_a_movement_that_does_not_come_to_zero() -> None:
    hear(order())
    copied = (
        "insert into movements (movement_id, key, kind, distribution_id, order_id, producer_id, consumer_id,"
        " amount_cents) select :id, 'forged', kind, distribution_id, order_id, producer_id, consumer_id, amount_cents"
        " from movements limit 1"
    )
    half = "insert into entries values (:id, 'till', 5)"
    for statements in ([copied], [copied, half]):
        with pytest.raises(DBAPIError, match="come to zero"):
            _run(*statements, id=UUID(int=7))


def _run(*statements: str, **words: Any) -> None:
    with database.transaction() as tx:
        for statement in statements:
            tx.execute(text(statement), words)
