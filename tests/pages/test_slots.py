"""Slots on pages: planned, chosen with an order or after it, and by which those who hand over look through it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.errors import malformed_field
from contracts.lists import HandoverRow, ReadHandoverList
from contracts.messages import Refused
from contracts.orders import ChooseSlot, MyOrders, OrderState, PlaceOrder
from contracts.planning import ListDistributions, PlanDistribution, ReadDistribution, Stage
from contracts.slots import ReadSlots, Slot, SlotLeft, SlotPlan, WantedSlots
from tests import cast
from tests.pages.conftest import FakeLine, ordered, raises, sell
from tests.pages.reading import Page, read
from tests.pages.test_pages import distribution
from tests.pages.test_pages import town as town
from tests.pages.test_series import TIMES
from tests.pages.test_shop import BREAD, CARROTS, fill, shop

PLAN = SlotPlan(minutes=15, capacity=4)
FIRST = datetime(2026, 11, 24, 16, tzinfo=UTC)


def slot(place: int) -> Slot:
    starts = FIRST + place * timedelta(minutes=15)
    return Slot(starts_at=starts, ends_at=starts + timedelta(minutes=15), time_zone="Europe/Paris")


def free(*left: int) -> list[SlotLeft]:
    return [SlotLeft(**slot(place).model_dump(), left=number) for place, number in enumerate(left)]


def options(page: Page) -> list[str]:
    """What the one choice of slots says, each with `-` before it where it cannot be taken."""
    inside = page.html.partition('name="slot"')[2].partition("</select>")[0].split("<option")[1:]
    return [("-" if " disabled" in one else "") + one.partition(">")[2].partition("</option>")[0] for one in inside]


def test_a_plan_has_slots_where_they_were_typed(bob: FlaskClient, town: FakeLine) -> None:
    path = f"/organise/{cast.MARKET}/plan"
    once = read(bob.get(path)).form("").fields | TIMES | {"every": ""}
    town.answers[PlanDistribution] = raises(malformed_field("slots", "Uneven.", "uneven"))
    page = read(bob.post(path, data=once | {"slot_minutes": "50", "slot_capacity": "4"}))
    assert "choisissez une durée qui la partage" in page.text
    page = read(bob.post(path, data=once | {"slot_minutes": "", "slot_capacity": "4"}))
    assert "À remplir" in page.text and len(town.acts()) == 1
    town.answers[PlanDistribution] = raises(malformed_field("slots.capacity", "Too many.", "too-many"))
    page = read(bob.post(path, data=once | {"slot_minutes": "15", "slot_capacity": "40"}))
    assert "Ce lieu n’a pas de place pour autant" in page.text
    town.answers[PlanDistribution] = [distribution()]
    bob.post(path, data=once | {"slot_minutes": "15", "slot_capacity": "4"})
    bob.post(path, data=once)
    assert [one.slots for one in town.acts() if isinstance(one, PlanDistribution)][2:] == [
        WantedSlots(minutes=15, capacity=4),
        None,
    ]


def test_a_slot_is_chosen_with_the_order_and_a_full_one_says_so(
    bob: FlaskClient, stranger: FlaskClient, line: FakeLine
) -> None:
    sale = sell(line, CARROTS, BREAD, slots=PLAN)
    line.answers[ReadSlots] = free(2, 0, 1)
    assert "créneaux de 15 minutes" in shop(stranger, sale).text
    page = shop(bob, sale)
    assert options(page) == ["Plus tard", "17:00–17:15 – 2 places", "-17:15–17:30 – complet", "17:30–17:45 – 1 place"]
    line.answers[PlaceOrder] = Refused(code="slot-full", message="Full.", details={"slots": []})
    line.answers[ReadSlots] = free(0, 0, 1)
    sent = fill(page, {CARROTS.offer_id: "1,5"}) | {"slot": FIRST.isoformat()}
    full = bob.post(f"/distributions/{sale.distribution_id}/orders", data=sent)
    assert full.status_code == 409 and "Ce créneau est complet" in read(full).text
    assert fill(read(full), {})[f"q-{CARROTS.offer_id}"] == "1,5"
    (asked,) = line.acts()
    assert isinstance(asked, PlaceOrder) and asked.slot == FIRST


def test_a_slot_is_chosen_and_given_back_on_the_page_of_an_order(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, slots=PLAN)
    order = ordered(line, sale, 1000)
    line.answers |= {ReadSlots: free(2, 0), MyOrders: [order]}
    page = read(bob.get(f"/orders/{order.order_id}"))
    assert options(page)[0] == "Aucun créneau choisi"
    mine = ordered(line, sale, 1000, order_id=order.order_id, slot=slot(1), version=2)
    line.answers[ChooseSlot] = mine
    form = page.form(f"/orders/{order.order_id}/slot")
    chosen = bob.post(form.action, data=form.fields | {"slot": slot(1).starts_at.isoformat()})
    assert "Votre créneau est enregistré. Un mail vous le confirme." in read(bob.get(chosen.location)).text
    page = read(bob.get(f"/orders/{order.order_id}"))
    assert options(page) == ["Rendre ce créneau", "17:00–17:15 – 2 places", "17:15–17:30"]
    assert page.form(form.action).fields["slot"] == slot(1).starts_at.isoformat()
    line.answers[ChooseSlot] = Refused(code="slot-full", message="Full.", details={"slots": []})
    full = bob.post(form.action, data=form.fields | {"slot": FIRST.isoformat()})
    assert full.status_code == 409 and "Ce créneau est complet" in read(full).text
    asked = [one.slot for one in line.acts() if isinstance(one, ChooseSlot)]
    assert asked == [slot(1).starts_at, FIRST]


@pytest.fixture
def evening(town: FakeLine) -> FakeLine:
    """Zoé comes first, Bob and Alice in the next quarter of an hour, Malik chose nothing."""
    planned = distribution(Stage.HANDOVER, slots=PLAN)
    town.answers |= {ReadDistribution: planned, ListDistributions: [planned]}
    people = (("Zoé", slot(0)), ("Bob", slot(1)), ("Alice", slot(1)), ("Malik", None))
    town.answers[ReadHandoverList] = [basket(number, *one) for number, one in enumerate(people, 1)]
    return town


def basket(number: int, name: str, chosen: Slot | None) -> HandoverRow:
    known: dict[str, Any] = {"number": number, "code": f"K7M2Q{number}", "recipient": "", "total_cents": 100}
    return HandoverRow(order_id=UUID(int=number), name=name, state=OrderState.PLACED, lines=[], slot=chosen, **known)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("day", ["Alice", "Bob", "Malik", "Zoé"]),
        ("handover-list?by=slot", ["Zoé", "Alice", "Bob", "Malik"]),
        ("day?slot=2026-11-24T16:15:00%2B00:00", ["Alice", "Bob"]),
        ("handover-list?by=slot&slot=none", ["Malik"]),
    ],
)
def test_a_hand_over_is_looked_through_by_slot(
    bob: FlaskClient, evening: FakeLine, path: str, names: list[str]
) -> None:
    page = read(bob.get(f"/distributions/{UUID(int=9)}/{path}"))
    body = page.html.partition("<h1>")[2]
    assert list(dict.fromkeys(re.findall("Alice|Bob|Malik|Zoé", body))) == names
    assert options(page) == ["tous", "17:00–17:15 (1)", "17:15–17:30 (2)", "sans créneau (1)"]
