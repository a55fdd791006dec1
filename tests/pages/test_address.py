"""Another e-mail address: asked for with the password, confirmed by the letter to it."""

import pytest
from flask.testing import FlaskClient

from contracts.accounts import AskNewAddress, ConfirmEmail
from contracts.errors import NotAllowed
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_pages import is_whole, raises
from tests.pages.test_pages import town as town

PAGE = "/account/address"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_is_whole(bob: FlaskClient, town: FakeLine, language: str) -> None:
    assert "/account/address" in read(bob.get("/account")).links
    is_whole(bob, PAGE, language)


def test_another_address_is_asked_for_with_the_password_and_confirmed_by_its_letter(
    bob: FlaskClient, town: FakeLine
) -> None:
    town.answers |= {AskNewAddress: raises(NotAllowed("wrong-password", "No.")), ConfirmEmail: None}
    typed = {"email": "bob@nouveau.example", "password": "pas celui-là"}
    wrong = bob.post(PAGE, data=read(bob.get(PAGE)).form("").fields | typed)
    assert wrong.status_code == 403 and "bob@nouveau.example" in wrong.text and "pas celui-là" not in wrong.text
    town.answers[AskNewAddress] = None
    sent = read(bob.post(PAGE, data=read(bob.get(PAGE)).form("").fields | typed))
    assert "bob@nouveau.example" in sent.text and PAGE in sent.links
    link = read(bob.get("/confirm?secret=abc")).form("/confirm")
    assert bob.post("/confirm", data=link.fields).location == "/account?said=confirmed"
