"""Writing to everybody who ordered: typed, looked at with its consequences, sent once; and whom to call instead."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.accounts import HeldRight, Identify
from contracts.audit import NameActors, PersonName
from contracts.buyers import Buyers, GroupMessage, ReadBuyers, WriteToBuyers
from contracts.errors import NotFound
from contracts.expiring import ListExpiredMarks
from contracts.members import Right
from contracts.messages import Refused
from contracts.planning import ListParticipations, ReadDistribution, Stage
from contracts.presence import ListPresences
from contracts.quality import ListRefusedOffers
from tests import cast
from tests.pages.conftest import FakeLine, identity, raises
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import Page, read
from tests.pages.test_day import SALE, asked
from tests.pages.test_pages import NOW, distribution, is_whole
from tests.pages.test_pages import town as town

MARKET_PAGE = f"/distributions/{SALE}/message"
FARM_PAGE = f"/distributions/{SALE}/producers/{cast.FARM}/message"
TYPED = {"subject": "La halle est <fermée>", "text": "On se retrouve\nà l’école."}


def message(number: int = 1, **changes: Any) -> GroupMessage:
    given: dict[str, Any] = {
        "message_id": UUID(int=600 + number), "distribution_id": SALE, "producer_id": None, "producer_name": "",
        "subject": "Apportez <des> bouteilles", "text": "Vides,\n<b>propres</b>.", "written_by": cast.ODILE,
        "written_at": NOW, "by_mail": 46, "by_telephone": 7,
    }  # fmt: skip
    return GroupMessage.model_validate(given | changes)


def buyers(**changes: Any) -> Buyers:
    """Forty-six people by mail, Charlie by telephone, and somebody of whom no number is known."""
    to_call = [
        {"name": "=Charlie", "phone": "+33490620002", "orders": ["7", "12"]},
        {"name": "", "phone": None, "orders": ["K7M2QX"]},
    ]
    given: dict[str, Any] = {
        "distribution_id": SALE, "producer_id": None, "producer_name": "", "by_mail": 46, "to_call": to_call,
        "messages": [message(), message(2, producer_id=cast.FARM, producer_name="Ferme", written_by=cast.ALICE)],
        "left": 2, "is_over": False,
    }  # fmt: skip
    return Buyers.model_validate(given | changes)


@pytest.fixture
def writing(town: FakeLine) -> FakeLine:
    town.answers |= {
        ReadBuyers: lambda asked: buyers(producer_id=asked.producer_id),
        NameActors: [PersonName(person_id=cast.ODILE, name="Odile Vert")],
        WriteToBuyers: message(),
    }
    return town


def sent(bob: FlaskClient, path: str, page: Page, **fields: str) -> Any:
    form = next(one for one in page.forms if "text" in one.fields)
    return bob.post(path, data=form.fields | fields)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", [MARKET_PAGE, FARM_PAGE])
def test_the_page_is_whole_and_shows_what_was_written_and_whom_to_call(
    bob: FlaskClient, writing: FakeLine, path: str, language: str
) -> None:
    page = is_whole(bob, path, language)
    assert "Odile Vert" in page.text and "<b>propres" not in page.html and "tel:+33490620002" in page.links
    assert "7, 12 =Charlie" in page.text


def test_it_is_looked_at_with_its_consequences_before_it_goes(bob: FlaskClient, writing: FakeLine) -> None:
    looked = sent(bob, MARKET_PAGE, read(bob.get(MARKET_PAGE)), **TYPED)
    assert looked.status_code == 200 and not writing.acts(), "nothing is sent yet"
    page = read(looked)
    assert "46 personnes par mail, 2 par téléphone" in page.text and "La halle est <fermée>" in page.text
    again = read(sent(bob, MARKET_PAGE, page, step="edit"))
    assert {name: again.form("").fields[name].strip() for name in TYPED} == TYPED and not writing.acts()
    done = sent(bob, MARKET_PAGE, page, step="send")
    assert done.location == f"{MARKET_PAGE}?said=written"
    command = asked(writing, WriteToBuyers)
    assert (command.producer_id, command.subject, command.text) == (None, TYPED["subject"], TYPED["text"])


def test_a_farm_writes_in_its_own_name(bob: FlaskClient, writing: FakeLine) -> None:
    page = read(sent(bob, FARM_PAGE, read(bob.get(FARM_PAGE)), **TYPED))
    assert sent(bob, FARM_PAGE, page, step="send").location == f"{FARM_PAGE}?said=written"
    assert asked(writing, WriteToBuyers).producer_id == cast.FARM


@pytest.mark.parametrize("step", ["look", "send"])
def test_a_fault_is_said_at_its_field_and_nothing_typed_is_lost(bob: FlaskClient, writing: FakeLine, step: str) -> None:
    fields = {"subject": "x" * 121, "text": "Bonjour", "step": step}
    answer = sent(bob, MARKET_PAGE, read(bob.get(MARKET_PAGE)), **fields)
    page = read(answer)
    assert answer.status_code == 400 and "subject-fault" in page.ids and "text-fault" not in page.ids
    assert page.form("").fields["subject"] == "x" * 121 and page.form("").fields["text"].strip() == "Bonjour"
    empty = read(sent(bob, MARKET_PAGE, page, subject="", text=" "))
    assert {"subject-fault", "text-fault"} <= set(empty.ids)


def test_a_refusal_is_a_sentence_and_what_was_typed_is_there(bob: FlaskClient, writing: FakeLine) -> None:
    page = read(sent(bob, MARKET_PAGE, read(bob.get(MARKET_PAGE)), **TYPED))
    writing.answers[WriteToBuyers] = Refused(code="too-many-messages", message="Three.", details={"most": 3})
    writing.answers[ReadBuyers] = buyers(left=0)
    refused = sent(bob, MARKET_PAGE, page, step="send")
    assert refused.status_code == 409 and "Trois messages par jour au plus" in read(refused).text
    assert read(refused).form("").fields["subject"] == TYPED["subject"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by_mail": 0, "to_call": [], "messages": []}, "il n’y a personne à qui écrire"),
        ({"left": 0}, "Trois messages par jour au plus"),
        ({"is_over": True}, "passée depuis plus d’une semaine"),
    ],
)
def test_where_nothing_may_be_written_the_page_says_why(
    bob: FlaskClient, writing: FakeLine, changes: dict[str, Any], words: str
) -> None:
    writing.answers[ReadBuyers] = buyers(**changes)
    page = is_whole(bob, MARKET_PAGE, "fr")
    assert words in page.text and not [form for form in page.forms if "text" in form.fields]


def test_whom_to_call_is_a_table_for_spreadsheets_too(bob: FlaskClient, writing: FakeLine) -> None:
    page = read(bob.get(FARM_PAGE))
    link = next(one for one in page.links if ".csv" in one)
    table = bob.get(link).get_data().decode("utf-8-sig").splitlines()
    assert table == ["Nom;Téléphone;Commandes", "'=Charlie;0033490620002;7, 12", ";;K7M2QX"]
    assert asked(writing, ReadBuyers).producer_id == cast.FARM


def test_who_has_no_right_there_finds_nothing(bob: FlaskClient, writing: FakeLine) -> None:
    writing.answers[ReadBuyers] = raises(NotFound("no-such-sale", "You have no such sale."))
    assert bob.get(MARKET_PAGE).status_code == bob.get(FARM_PAGE).status_code == 404


def test_an_organiser_finds_it_on_the_page_of_a_sale_that_has_opened(bob: FlaskClient, writing: FakeLine) -> None:
    nothing = (ListParticipations, ListRefusedOffers, ListExpiredMarks, ListPresences)
    writing.answers |= {kind: [] for kind in nothing}
    writing.answers[ReadDistribution] = distribution(Stage.OPEN, distribution_id=SALE)
    path = f"/organise/distributions/{SALE}"
    assert MARKET_PAGE in read(bob.get(path)).links
    writing.answers[ReadDistribution] = distribution(Stage.PLANNED, distribution_id=SALE)
    assert MARKET_PAGE not in read(bob.get(path)).links


def test_a_farm_finds_it_beside_its_list_and_an_organiser_does_not(bob: FlaskClient, writing: FakeLine) -> None:
    path = f"/distributions/{SALE}/preparation-lists/{cast.FARM}"
    writing.answers[ReadDistribution] = distribution(Stage.CLOSED)
    assert not [one for one in read(bob.get(path)).links if one.endswith("/message")]
    writing.answers[Identify] = identity(rights=[HeldRight(right=Right.SELL, object_id=cast.FARM)])
    bob.set_cookie("session", "another-session")
    assert [one for one in read(bob.get(path)).links if one.endswith(f"{cast.FARM}/message")]
