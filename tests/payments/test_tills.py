"""The tills of an evening, counted; and books that close once, on everything, and then stand."""

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import text

from bus import database
from contracts.errors import Malformed, NotFound
from contracts.messages import Refused
from contracts.orders import OrderState
from contracts.payments import Adjust, Means, Part, UndoMovement
from contracts.tills import CountTill, GiveMandate, OpenDesk, SetFloat, Tills
from services.payments.actions import mandates, money, tills
from services.payments.store import evening
from tests.cast import ALICE, BAKERY, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE
from tests.payments.evening import (
    NAMES,
    SALE,
    act,
    ask_to_close,
    cast,
    checked,
    close,
    closing,
    dues,
    grant,
    hear,
    look,
    money_of,
    order,
    take,
    till_of,
    tills_of,
)


def count(person: Any, cents: int, reason: str = "") -> Any:
    return act(tills.count, person, CountTill(till_id=till_of(FARM).till_id, counted_cents=cents, reason=reason))


def test_a_till_expects_its_float_and_the_cash_that_came() -> None:
    cast()
    hear(order(), order(2, consumer=CHARLIE))
    take(ODILE, order(), {FARM: 520})
    take(ODILE, order(2), {FARM: 520}, Means.CHEQUE, reference="CA 77")
    act(tills.set_float, ALICE, SetFloat(till_id=till_of(FARM).till_id, float_cents=3000))
    till = till_of(FARM)
    assert (till.expected_cents, till.counted_cents, till.difference_cents) == (3520, None, None)
    assert [(one.cash_cents, one.cheque_cents, one.total_cents) for one in till.parts] == [(520, 520, 1040)]
    assert [one.number for one in till.cheques] == [2]


def test_a_count_that_differs_needs_its_reason_and_may_be_made_again() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 520})
    with pytest.raises(Malformed) as error:
        count(ALICE, 500)
    assert error.value.details["fields"][0]["field"] == "reason"
    count(ALICE, 500, "20 centimes perdus")
    assert till_of(FARM).difference_cents == -20
    count(ODILE, 520)
    assert (till_of(FARM).difference_cents, till_of(FARM).reason) == (0, "")


def test_a_till_in_which_something_moves_after_its_count_is_to_be_counted_again() -> None:
    cast()
    hear(order())
    assert not till_of(FARM).is_to_count, "there is nothing in it"
    take(ODILE, order(), {FARM: 500})
    assert till_of(FARM).is_to_count
    count(ALICE, 500)
    assert not till_of(FARM).is_to_count
    act(tills.set_float, ALICE, SetFloat(till_id=till_of(FARM).till_id, float_cents=3000))
    assert till_of(FARM).difference_cents == -3000 and till_of(FARM).is_to_count
    count(ALICE, 3480, "20 centimes perdus")
    assert not till_of(FARM).is_to_count
    act(tills.set_float, ALICE, SetFloat(till_id=till_of(FARM).till_id, float_cents=5000))
    assert till_of(FARM).is_to_count, "20 centimes are the reason of another difference"
    act(tills.set_float, ALICE, SetFloat(till_id=till_of(FARM).till_id, float_cents=3000))
    assert not till_of(FARM).is_to_count


def test_sellers_see_their_own_till_and_strangers_none() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 520, BAKERY: 360})
    seen = tills_of(ALICE)
    assert [till.producer_id for till in seen.tills] == [FARM]
    assert [one.producer_id for one in seen.sellers] == [FARM] and seen.open_orders == []
    for stranger in (BOB, CHARLIE):
        with pytest.raises(NotFound):
            tills_of(stranger)
    with pytest.raises(NotFound):
        count(CHARLIE, 0)
    with pytest.raises(NotFound):
        act(tills.open_desk, ALICE, OpenDesk(distribution_id=SALE, holder="Alice"))


def test_of_a_desk_a_seller_sees_what_it_holds_for_his_farm_and_nothing_else() -> None:
    cast()
    grant(MALIK, "sell", BAKERY)
    hear(order())
    opened = act(tills.open_desk, ODILE, OpenDesk(distribution_id=SALE, holder="Mairie", float_cents=5000))
    desk = next(till for till in opened.tills if till.producer_id is None)
    for person, farm in ((ALICE, FARM), (MALIK, BAKERY)):
        given = GiveMandate(producer_id=farm, market_id=MARKET, holder="Mairie", given_on="2026-09-01")
        act(mandates.give, person, given)
    take(ODILE, order(), {FARM: 520, BAKERY: 360}, desk_id=desk.till_id)
    act(tills.count, ODILE, CountTill(till_id=desk.till_id, counted_cents=5800, reason="Erreur de rendu"))
    seen = next(till for till in tills_of(ALICE).tills if till.producer_id is None)
    assert [(one.producer_id, one.cash_cents) for one in seen.parts] == [(FARM, 520)]
    assert (seen.float_cents, seen.counted_cents, seen.reason) == (0, None, "")


def test_a_desk_opened_twice_is_one() -> None:
    cast()
    hear(order())
    for cents in (1000, 2000):
        act(tills.open_desk, ODILE, OpenDesk(distribution_id=SALE, holder="Mairie", float_cents=cents))
    desks = [till for till in tills_of().tills if till.producer_id is None]
    assert [(desk.holder, desk.float_cents) for desk in desks] == [("Mairie", 2000)]


def test_books_close_once_the_last_order_is_known_whatever_comes_first() -> None:
    cast()
    hear(order())
    ask_to_close(closing(2, 1 + 3))
    assert checked() == []
    hear(order(2))
    look()
    assert checked() == [], "an older version of the second order is no answer"
    hear(order(2, 3))
    look()
    (answer,) = checked()
    assert (answer["closed"], answer["attempt"], answer["due_cents"]) == (True, 5, 2 * 880)
    ask_to_close(closing(2, 4))
    assert len(checked()) == 1, "it was said twice and answered once"


def test_the_last_orders_heard_at_the_same_time_close_the_books_all_the_same() -> None:
    cast()
    ask_to_close(closing(8, 8))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: hear(order(number)), range(1, 9)))
    look()
    assert [one["closed"] for one in checked()] == [True]


def somebody_waits() -> bool:
    """Whether a statement waits for a lock; asked anew, since a transaction sees one answer all along."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    with database.transaction() as tx:
        return bool(tx.execute(text(waiting)).scalar_one())


def test_orders_that_name_the_farms_in_another_order_do_not_lock_each_other_out() -> None:
    cast()
    hear(order(1, amounts={}))
    own = {farm: {"till_id": evening.till_id(SALE, farm), "distribution_id": SALE, "holder": "x"} for farm in NAMES}
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            evening.make(tx, [own[FARM] | {"producer_id": FARM}])
            heard = pool.submit(hear, order(2, amounts={BAKERY: 360, FARM: 520}))
            while not (somebody_waits() or heard.done()):
                wait([heard], 0.01)
            evening.make(tx, [own[BAKERY] | {"producer_id": BAKERY}])
        heard.result()
    assert {till.producer_id for till in tills_of().tills} == {FARM, BAKERY}


def test_books_that_nobody_closed_close_only_if_nothing_is_due_either_way() -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 620, BAKERY: 360})
    close(only_if_exact=True)
    assert [(one["closed"], one["overpaid_cents"]) for one in checked()] == [(False, 100)]
    take(ODILE, order(), {BAKERY: 1})
    act(money.adjust, ALICE, Adjust(order_id=order().order_id, part=Part(producer_id=FARM, amount_cents=1), reason="x"))
    assert dues(order()) == [-101, -1]
    for movement in money_of(order()).movements:
        person = ALICE if movement.holder == "" else ODILE
        act(money.undo, person, UndoMovement(movement_id=movement.movement_id, reason="tout refaire"))
    take(ODILE, order(), {FARM: 520, BAKERY: 360})
    close(only_if_exact=True, attempt=7)
    assert checked()[-1]["closed"]


def test_an_order_that_was_paid_and_then_cancelled_is_found_among_those_to_settle() -> None:
    cast()
    hear(order(), order(2, consumer=CHARLIE))
    for number in (1, 2):
        take(ODILE, order(number), {FARM: 520, BAKERY: 360})
    hear(order(2, 2, consumer=CHARLIE, state=OrderState.CANCELLED))
    assert (tills_of().open_orders, tills_of().open_order_ids) == ([2], [order(2).order_id])
    assert tills_of(ALICE).open_order_ids == []


def test_after_the_books_closed_their_figures_stand_and_what_comes_later_is_apart() -> None:
    cast()
    hear(order())
    (taken,) = take(ODILE, order(), {FARM: 500}).movements
    close()
    before = tills_of()
    assert before.final_at is not None and before.open_orders == [1]
    refusals = (
        take(ODILE, order(), {FARM: 20}),
        count(ODILE, 500),
        act(tills.open_desk, ODILE, OpenDesk(distribution_id=SALE, holder="Mairie")),
        act(money.undo, ODILE, UndoMovement(movement_id=taken.movement_id, reason="x")),
    )
    assert [one.code for one in refusals if isinstance(one, Refused)] == ["books-closed"] * 4
    take(ALICE, order(), {FARM: 10}, Means.TRANSFER, later=True)
    rotten = Part(producer_id=FARM, amount_cents=10)
    act(money.adjust, ALICE, Adjust(order_id=order().order_id, part=rotten, reason="Une caisse pourrie"))
    assert dues(order()) == [0, 360] and money_of(order()).final
    assert tills_of() == before and isinstance(before, Tills)
    assert tills_of(ALICE).sellers == [one for one in before.sellers if one.producer_id == FARM]
