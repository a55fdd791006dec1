"""An accountant reads the money of a market or of a farm, and changes nothing of it."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.errors import NotFound
from contracts.payments import Adjust, GiveBack, Means, Part, UndoMovement
from contracts.tills import CountTill, OpenDesk, SetFloat
from services.payments.actions import money, tills
from tests.cast import BAKERY, CHARLIE, FARM, MALIK, MARKET, ODILE
from tests.payments.evening import SALE, act, cast, grant, hear, money_of, order, take, till_of, tills_of

PART = Part(producer_id=FARM, amount_cents=100)


def changes() -> list[tuple[Callable[..., Any], Any]]:
    """Everything that may be done to an evening's money."""
    till, paid = till_of(FARM), money_of(order()).movements[0]
    return [
        (money.give_back, GiveBack(order_id=order().order_id, means=Means.CASH, part=PART)),
        (money.undo, UndoMovement(movement_id=paid.movement_id, reason="Erreur")),
        (money.adjust, Adjust(order_id=order().order_id, part=PART, reason="Abîmé")),
        (tills.set_float, SetFloat(till_id=till.till_id, float_cents=0)),
        (tills.count, CountTill(till_id=till.till_id, counted_cents=0, reason="?")),
        (tills.open_desk, OpenDesk(distribution_id=SALE, holder="Malik")),
    ]


@pytest.mark.parametrize("about, farms", [(MARKET, {FARM, BAKERY}), (FARM, {FARM}), (None, {FARM, BAKERY})])
def test_an_accountant_sees_the_figures_and_writes_nothing(about: Any, farms: set[Any]) -> None:
    cast()
    hear(order())
    take(ODILE, order(), {FARM: 520})
    for person in (MALIK, CHARLIE):
        with pytest.raises(NotFound):
            tills_of(person)
    grant(MALIK, "account", about)
    assert {one.producer_id for one in tills_of(MALIK).sellers} == farms
    assert {one.producer_id for one in money_of(order(), MALIK).sellers} == farms
    before = tills_of(), money_of(order())
    for action, command in changes():
        with pytest.raises(NotFound):
            act(action, MALIK, command)
    with pytest.raises(NotFound):
        take(MALIK, order(), {BAKERY: 360})
    assert (tills_of(), money_of(order())) == before
