"""From a basket to an account and back: who must read a letter first still arrives where he was going."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from contracts.accounts import Account, ConfirmEmail, Session, SignIn, SignUp
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import line as line
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_pages import NOW, sign_in

BASKET = f"/distributions/{cast.FARM}?keep=1&recipient=Maman+%26+Papa"
BOB = Account(person_id=cast.BOB, email="bob@example.org", name="Bob", phone=None, language="fr", made_at=NOW)


@pytest.fixture
def new_here(stranger: FlaskClient, line: FakeLine) -> FlaskClient:
    line.answers |= {SignUp: None, ConfirmEmail: None, SignIn: Session(secret="s" * 20, person=BOB)}
    return stranger


def sign_up(client: FlaskClient, wanted: str) -> None:
    form = read(client.get("/sign-up", query_string={"next": wanted})).form("")
    typed = {"name": "Bob", "email": "bob@example.org", "password": "a long phrase"}
    assert client.post("/sign-up", data=form.fields | typed).status_code == 200


def confirm(client: FlaskClient) -> str:
    """Follow the letter's link; the address that it leads to."""
    form = read(client.get("/confirm?secret=s")).form("/confirm")
    return client.post("/confirm", data=form.fields).location


def test_who_signs_up_for_a_basket_finds_it_after_the_letter(new_here: FlaskClient) -> None:
    sign_up(new_here, BASKET)
    sent = sign_in(new_here, confirm(new_here), email="bob@example.org", password="a long phrase")
    assert sent.location == BASKET
    assert new_here.get("/sign-in").location == "/", "once"


def test_what_one_asks_for_goes_before_what_one_wanted_as_one_signed_up(new_here: FlaskClient) -> None:
    sign_up(new_here, BASKET)
    asked = new_here.get("/orders").location
    assert parse_qs(urlsplit(asked).query)["next"] == ["/orders"]
    assert sign_in(new_here, asked, email="bob@example.org", password="a long phrase").location == "/orders"


@pytest.mark.parametrize("wanted", ["//evil.example", "/orders?" + "x" * 5000])
def test_another_site_and_what_no_browser_keeps_are_not_kept(new_here: FlaskClient, wanted: str) -> None:
    sign_up(new_here, wanted)
    assert new_here.get_cookie("wanted") is None
    new_here.set_cookie("wanted", wanted[:100] if wanted[1] == "/" else "")
    assert read(new_here.get("/sign-in")).form("").fields["next"] == "/"
