"""One product in place of another: a shortage and a late line in one change, at no higher price unless agreed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from bus.doors import Call
from contracts.catalog import SaleSheetPublished
from contracts.errors import Malformed, NotFound
from contracts.late import Substitute
from contracts.messages import Refused
from contracts.orders import Order, OrderState
from services.orders.actions import substituting
from tests.cast import ALICE, BOB, CHARLIE, MALIK, ODILE
from tests.orders.test_day import SHORTENED, on_the_day, read, settle
from tests.orders.test_late import ADDED, log_for, two_farms
from tests.orders.test_placing import act, left, said

Caller = Callable[..., Call]


def substitute(
    call: Caller, person: UUID, published: SaleSheetPublished, order: Order, short: int, given: int, quantity: int,
    **changes: Any,
) -> Any:  # fmt: skip
    """Something in place of the first line."""
    offer = published.lines[given]
    what = {"offer_id": offer.offer_id, "producer_id": offer.producer_id, "quantity": quantity, "agreed": "Jeanne"}
    instead = {"order_id": order.order_id, "instead_of": published.lines[0].offer_id, "short": short}
    return act(substituting.substitute, call, person, Substitute.model_validate(what | instead | changes))


def test_what_is_short_is_replaced_in_one_change_that_is_told_once_and_logged(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    substitute(call, ODILE, published, order, 2, 1, 3)
    after = read(order)
    carrots, leeks = after.lines
    assert (carrots.quantity, carrots.short, leeks.quantity, leeks.substitutes) == (1, 2, 3, carrots.offer_id)
    assert (after.total_cents, after.version, after.number) == (260 + 3 * 133, order.version + 1, order.number)
    assert after.instead_of(leeks) == "Carrots" and after.instead_of(carrots) == ""
    assert left(published) == [7, 7, 10], "what is short is not back on sale"
    assert [one["order"]["version"] for one in said("orders.order_changed.v1")] == [after.version]
    assert said(SHORTENED) == [] and len(said(ADDED)) == 1
    assert said("orders.order_owed.v1")[-1]["order"]["total_cents"] == after.total_cents
    (logged,) = log_for(call, ODILE, published)
    assert (logged.name, logged.substitutes, logged.agreed) == ("Leeks", carrots.offer_id, "Jeanne")


def test_it_may_replace_all_of_an_order_or_come_from_another_farm_with_its_yes(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    with pytest.raises(Malformed):
        substitute(call, ODILE, published, order, 3, 2, 6, agreed=" ")
    row = substitute(call, ODILE, published, order, 3, 2, 6)
    assert [(one.name, one.quantity) for one in row.lines] == [("Pain", 6)]
    assert (read(order).state, read(order).total_cents) == (OrderState.PLACED, 720)


def test_what_costs_more_needs_the_consumer_s_yes_also_in_two_steps(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    refused = substitute(call, ODILE, published, order, 1, 1, 2)
    assert isinstance(refused, Refused) and refused.code == "dearer"
    assert refused.details == {"short_cents": 260, "given_cents": 266}
    assert read(order) == order and left(published) == [7, 10, 10]
    substitute(call, ODILE, published, order, 1, 1, 1)
    assert substitute(call, ODILE, published, order, 1, 2, 2).code == "dearer"
    substitute(call, ODILE, published, order, 1, 2, 2, dearer=True)
    assert [one.quantity for one in read(order).lines] == [2, 1, 2]


def test_only_what_was_given_in_a_line_s_place_counts_and_all_of_it(call: Caller) -> None:
    """Bread of one's own does not; bread that was given once more for something else still does."""
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (2, 1, 4)))
    substitute(call, ODILE, published, order, 1, 2, 1)
    assert substitute(call, ODILE, published, order, 1, 2, 2).code == "dearer"
    substitute(call, ODILE, published, order, 1, 2, 1)
    substitute(call, ODILE, published, order, 1, 2, 1, instead_of=published.lines[1].offer_id)
    refused = substitute(call, ODILE, published, order, 1, 2, 1)
    assert refused.details == {"short_cents": 260, "given_cents": 360}
    assert [one.quantity for one in read(order).lines] == [1, 0, 7]


def test_the_limits_are_those_of_shortages_and_of_late_lines(call: Caller) -> None:
    published = two_farms()
    (order,) = on_the_day(call, published, (BOB, (3,)))
    settle(call, ALICE, published, (order, 0, {"short": 2}))
    for short, offer in ((1, 1), (4, 1), (2, 0)):
        with pytest.raises(Malformed):
            substitute(call, ODILE, published, order, short, offer, 1)
    for stranger in (BOB, CHARLIE, MALIK):
        with pytest.raises(NotFound):
            substitute(call, stranger, published, order, 2, 2, 1)
    assert substitute(call, ODILE, published, order, 2, 1, 11, dearer=True).code == "sold-out"
    assert read(order).version == order.version + 1, "only what was settled"
    substitute(call, ALICE, published, order, 2, 1, 3, agreed="")
    assert read(order).total_cents == 260 + 3 * 133
