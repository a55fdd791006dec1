"""Acting for somebody: a banner on every page, forms that know whom they were shown for, and an end to it."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.accounts import Account, HeldRight, Identify, MyAccount, Session, SignIn
from contracts.consents import AddPerson, Consent, Consents, EndConsent, ErasePerson, MyConsents, MyPeople, ReadConsent
from contracts.errors import NotAllowed
from contracts.members import Memberships, MyMemberships, Right
from contracts.orders import CancelOrder, MyOrders, PlaceOrder, ReadOrder
from contracts.towns import town_id
from tests import cast
from tests.pages.conftest import SECRET, FakeLine, identity, ordered, raises, sell
from tests.pages.reading import read
from tests.pages.test_shop import BREAD, CARROTS, fill, shop

JEANNE, ROBERT = UUID(int=77), UUID(int=78)
NAMES = {JEANNE: "Jeanne Perrin", ROBERT: "Robert Blanc"}
WITHDRAWN = NotAllowed("no-consent", "Not any longer.")


def consent(consumer: UUID = JEANNE, **changes: object) -> Consent:
    given = {
        "consent_id": UUID(int=9), "consumer_id": consumer, "consumer_name": NAMES[consumer], "ended_at": None,
        "mediator_id": cast.BOB, "mediator_name": "Bob", "insee": "84030", "signed_on": date(2026, 11, 17),
        "valid_until": datetime(2027, 11, 17, tzinfo=UTC), "holds": True, "on_paper": consumer == JEANNE,
    }  # fmt: skip
    return Consent.model_validate(given | changes)


@pytest.fixture
def mediator(bob: FlaskClient, line: FakeLine) -> FlaskClient:
    """Bob mediates in Caromb, for Jeanne and Robert."""
    line.answers[Identify] = identity(rights=[HeldRight(right=Right.MEDIATE, object_id=town_id("84030"))])
    line.answers[MyPeople] = Consents(consents=[consent(JEANNE), consent(ROBERT)])
    line.answers[ReadConsent] = lambda command: consent(command.consumer_id)
    return bob


def act_for(client: FlaskClient, place: int) -> None:
    """Press the button beside one of the people, by name."""
    forms = [one for one in read(client.get("/people")).forms if one.action.endswith("/act")]
    assert client.post(forms[place].action, data=forms[place].fields).status_code == 303


def test_an_order_is_for_whom_its_form_was_shown_even_if_another_was_chosen_meanwhile(
    mediator: FlaskClient, line: FakeLine
) -> None:
    sale = sell(line, CARROTS, BREAD)
    act_for(mediator, 0)
    page = shop(mediator, sale)
    assert "Vous commandez au nom de Jeanne Perrin" in page.text
    act_for(mediator, 1)
    line.answers[PlaceOrder] = ordered(line, sale, 1000)
    sent = mediator.post(f"/distributions/{sale.distribution_id}/orders", data=fill(page, {CARROTS.offer_id: "1"}))
    assert sent.status_code == 303
    assert [one.on_behalf_of for one in line.acts() if isinstance(one, PlaceOrder)] == [JEANNE]
    assert {one.on_behalf_of for one, _, _ in line.asked if isinstance(one, MyOrders)} == {JEANNE}


def test_an_order_is_read_cancelled_and_printed_in_their_name(mediator: FlaskClient, line: FakeLine) -> None:
    acts = [{"version": 1, "mediator_id": cast.BOB, "mediator_name": "Bob", "acted_at": datetime.now(UTC)}]
    order = ordered(line, sell(line, CARROTS), 1000, acts=acts, consumer_id=JEANNE)
    act_for(mediator, 0)
    page = read(mediator.get(f"/orders/{order.order_id}"))
    assert "Commandé par Bob, en médiation" in page.text
    assert f"/api/v1/people/{JEANNE}/orders/{order.order_id}/slip.pdf" in page.html
    line.answers[CancelOrder] = order
    form = read(mediator.get(f"/orders/{order.order_id}/cancel")).forms[-1]
    mediator.post(form.action, data=form.fields)
    asked = [one for one, _, _ in line.asked if isinstance(one, ReadOrder | CancelOrder)]
    assert {one.on_behalf_of for one in asked} == {JEANNE}


def test_once_it_is_withdrawn_nothing_is_sent_in_anybody_s_name(mediator: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    act_for(mediator, 0)
    page = shop(mediator, sale)
    line.answers[ReadConsent] = raises(WITHDRAWN)
    sent = mediator.post(f"/distributions/{sale.distribution_id}/orders", data=fill(page, {CARROTS.offer_id: "1"}))
    assert sent.status_code == 403 and "ne vous autorise pas, ou plus" in read(sent).text
    assert line.acts() == []
    assert "Vous commandez au nom" not in shop(mediator, sale).text


def test_acting_is_stopped_and_costs_nothing_when_nobody_is_chosen(mediator: FlaskClient, line: FakeLine) -> None:
    sale = sell(line, CARROTS)
    act_for(mediator, 0)
    page = shop(mediator, sale)
    stop = next(one for one in page.forms if one.action == "/people/stop")
    mediator.post(stop.action, data=stop.fields)
    line.asked.clear()
    assert "Vous commandez au nom" not in shop(mediator, sale).text
    assert not [one for one, _, _ in line.asked if isinstance(one, ReadConsent)]
    (mine,) = [one for one, _, _ in line.asked if isinstance(one, MyOrders)]
    assert "on_behalf_of" not in mine.model_fields_set, "orders of the release before would refuse it"


def test_whoever_signs_in_next_in_this_browser_acts_for_nobody(mediator: FlaskClient, line: FakeLine) -> None:
    act_for(mediator, 0)
    mediator.delete_cookie("session")
    about = {"email": "bob@example.org", "name": "Bob", "phone": None, "language": "fr"}
    person = Account.model_validate(about | {"person_id": cast.BOB, "made_at": datetime.now(UTC)})
    line.answers[SignIn] = Session(secret=SECRET, person=person)
    form = read(mediator.get("/sign-in")).form("")
    sent = mediator.post("/sign-in", data=form.fields | {"email": "bob@example.org", "password": "a long enough one"})
    assert sent.status_code == 303 and mediator.get_cookie("session")
    assert "Vous commandez au nom" not in shop(mediator, sell(line, CARROTS)).text


def test_a_person_without_email_is_signed_up_on_the_mediators_page(mediator: FlaskClient, line: FakeLine) -> None:
    line.answers[AddPerson] = consent()
    page = read(mediator.get("/people"))
    assert "Jeanne Perrin" in page.text and "sans e-mail" in page.text
    form = next(one for one in page.forms if one.action == "/people")
    typed = {"name": "Jeanne Perrin", "signed_on": "2026-11-17"}
    assert mediator.post("/people", data=form.fields | typed).status_code == 303
    (added,) = line.acts()
    assert isinstance(added, AddPerson) and (added.insee, added.signed_on) == ("84030", date(2026, 11, 17))


def test_only_who_has_no_email_is_erased_on_the_mediators_page(mediator: FlaskClient, line: FakeLine) -> None:
    line.answers[ErasePerson] = None
    (form,) = (one for one in read(mediator.get("/people")).forms if one.action.endswith("/erasure"))
    assert mediator.post(form.action, data=form.fields).location == "/people?said=person-erased"
    (erased,) = line.acts()
    assert isinstance(erased, ErasePerson) and erased.consent_id == consent(JEANNE).consent_id


def test_a_consumer_ends_a_consent_on_the_account_page(bob: FlaskClient, line: FakeLine) -> None:
    about = {"email": "bob@example.org", "name": "Bob", "phone": None, "language": "fr"}
    line.answers[MyAccount] = Account.model_validate(about | {"person_id": cast.BOB, "made_at": datetime.now(UTC)})
    line.answers[MyMemberships] = Memberships(memberships=[])
    line.answers[MyConsents] = Consents(consents=[consent(mediator_name="Malik Benali")])
    line.answers[EndConsent] = consent(ended_at=datetime.now(UTC), holds=False)
    page = read(bob.get("/account"))
    assert "Malik Benali" in page.text
    form = next(one for one in page.forms if one.action.endswith("/end"))
    done = bob.post(form.action, data=form.fields)
    assert done.location == "/account?said=consent-ended" and [type(one) for one in line.acts()] == [EndConsent]
    assert "C’est fini dès maintenant" in read(bob.get(done.location)).text
