"""Ordering together: named and invited on one page, accepted on another, and every order for whom its form says."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.accounts import Home, Identify
from contracts.consents import ReadConsent
from contracts.errors import NotAllowed
from contracts.households import Adult, EndAdult, Household, JoinHousehold, MyHousehold, NameAdult
from contracts.messages import Refused
from contracts.orders import MyOrders, PlaceOrder
from tests.pages.conftest import FakeLine, identity, ordered, raises, sell
from tests.pages.reading import read
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town
from tests.pages.test_shop import BREAD, CARROTS, fill, shop

PAGE = "/account/household"
CLAIRE = UUID(int=66)
HOME = Home(adult_id=UUID(int=31), consumer_id=CLAIRE, consumer_name="Claire Étienne", joined=True)
INVITED = HOME.model_copy(update={"joined": False})
NOTHING = {"phone": None, "email": None, "since": None}
ADULTS = [
    Adult.model_validate(NOTHING | {"adult_id": UUID(int=41), "name": "Jeanne", "phone": "+33490620001"}),
    Adult.model_validate(NOTHING | {"adult_id": UUID(int=42), "name": "Zoé", "email": "zoe@example.org"}),
    Adult.model_validate(
        NOTHING | {"adult_id": UUID(int=43), "name": "Malik", "since": datetime(2026, 11, 20, tzinfo=UTC)}
    ),
]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_household_is_shown_with_what_each_may_do(bob: FlaskClient, town: FakeLine, language: str) -> None:
    town.answers[MyHousehold] = Household(adults=ADULTS, homes=[INVITED])
    page = is_whole(bob, PAGE, language)
    for words in ("Jeanne", "+33490620001", "zoe@example.org", "Malik", "Claire Étienne"):
        assert words in page.text, words
    ends = [form.action for form in page.forms if form.action.endswith("/end")]
    assert len(ends) == 4 and f"{PAGE}/{INVITED.adult_id}/acceptance" in {form.action for form in page.forms}
    assert "Claire Étienne" in is_whole(bob, "/account", language).text


def test_nobody_else_is_an_empty_household(bob: FlaskClient, town: FakeLine) -> None:
    assert "Vous êtes seul à commander et à venir." in is_whole(bob, PAGE, "fr").text


def test_somebody_is_named_invited_accepted_and_ended(bob: FlaskClient, town: FakeLine) -> None:
    alone = Household(adults=[], homes=[])
    town.answers |= {NameAdult: alone, JoinHousehold: alone, EndAdult: alone}
    town.answers[MyHousehold] = Household(adults=ADULTS[:1], homes=[INVITED])
    forms = {form.action: form.fields for form in read(bob.get(PAGE)).forms}
    named = bob.post(PAGE, data=forms[PAGE] | {"name": "Zoé", "email": "ZOE@example.org"})
    assert named.location == f"{PAGE}?said=invited"
    for action in (f"{PAGE}/{INVITED.adult_id}/acceptance", f"{PAGE}/{ADULTS[0].adult_id}/end"):
        assert bob.post(action, data=forms[action]).status_code == 303
    name, joined, ended = town.acts()
    assert isinstance(name, NameAdult) and name.email == "zoe@example.org" and name.phone is None
    assert isinstance(joined, JoinHousehold) and joined.adult_id == INVITED.adult_id
    assert isinstance(ended, EndAdult) and ended.adult_id == ADULTS[0].adult_id


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(bob: FlaskClient, town: FakeLine) -> None:
    (form,) = (one for one in read(bob.get(PAGE)).forms if one.action == PAGE)
    answer = bob.post(PAGE, data=form.fields | {"name": "Zoé", "email": "zoe", "phone": "no"})
    page = read(answer)
    assert answer.status_code == 400 and {"#email", "#phone"} <= set(page.links) and "Zoé" in answer.text
    town.answers[NameAdult] = Refused(code="named-already", message="This person is invited already.")
    again = bob.post(PAGE, data=form.fields | {"name": "Zoé", "email": "zoe@example.org"})
    assert again.status_code == 409 and "Cette personne est déjà invitée." in again.text


def test_an_order_is_for_the_household_that_its_form_was_shown_for(bob: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS, BREAD)
    own = shop(bob, sale)
    line.answers |= {Identify: identity(home=HOME), PlaceOrder: ordered(line, sale, 1000)}
    line.answers[ReadConsent] = raises(NotAllowed("no-consent", "Not any longer."))
    fresh = bob.application.test_client()
    fresh.set_cookie("session", "another")
    shared = shop(fresh, sale)
    assert "Vous commandez avec Claire Étienne, pour le même foyer." in shared.text
    assert [one.on_behalf_of for one, _, _ in line.asked if isinstance(one, MyOrders)][-1] == CLAIRE
    path = f"/distributions/{sale.distribution_id}/orders"
    assert fresh.post(path, data=fill(shared, {CARROTS.offer_id: "1"})).status_code == 303
    assert bob.post(path, data=fill(own, {CARROTS.offer_id: "1"})).status_code == 303
    assert [one.on_behalf_of for one in line.acts() if isinstance(one, PlaceOrder)] == [CLAIRE, None]
    asked = len([one for one, _, _ in line.asked if isinstance(one, ReadConsent)])
    gone = bob.post(path, data=fill(own, {CARROTS.offer_id: "1"}) | {"on_behalf_of": str(CLAIRE)})
    assert gone.status_code == 403 and "plus, à commander en son nom" in gone.text
    assert len([one for one, _, _ in line.asked if isinstance(one, ReadConsent)]) == asked + 2, "the door, the page"
