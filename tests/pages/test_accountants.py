"""The pages of accountants: named until a date by the organiser; what they read has no button."""

from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from contracts.members import Grant, GrantRight, Grants, ListGrants, RevokeRight, Right
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import asked, typed
from tests.pages.test_day import day as day
from tests.pages.test_money import BOOKS, TILL, TILLS
from tests.pages.test_money import evening as evening
from tests.pages.test_pages import is_whole
from tests.pages.test_pages import town as town
from tests.pages.test_tills import as_holder

ACCOUNTANTS = f"/organise/{cast.MARKET}/accountants"
NEW_YEAR_IN_PARIS = datetime(2026, 12, 31, 23, tzinfo=UTC)
MALIK = Grant(
    grant_id=uuid4(), person_id=cast.MALIK, name="Malik Sari", email="malik@example.org", right=Right.ACCOUNT,
    object_id=cast.MARKET, valid_until=NEW_YEAR_IN_PARIS,
)  # fmt: skip


def test_an_accountant_reads_until_the_end_of_the_day_that_was_named(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers |= {ListGrants: Grants(grants=[MALIK]), GrantRight: MALIK, RevokeRight: None}
    page = is_whole(bob, ACCOUNTANTS, "fr")
    assert "Malik Sari" in page.text
    sent = typed(bob, ACCOUNTANTS, email="malik@example.org", valid_until="2026-12-31")
    assert sent.location == f"{ACCOUNTANTS}?said=saved"
    assert asked(evening, GrantRight).valid_until == NEW_YEAR_IN_PARIS
    assert asked(evening, GrantRight).right is Right.ACCOUNT
    form = read(bob.get(ACCOUNTANTS)).form("/end")
    assert bob.post(form.action, data=form.fields).location == f"{ACCOUNTANTS}?said=ended"
    assert asked(evening, RevokeRight).grant_id == MALIK.grant_id
    assert typed(bob, ACCOUNTANTS, email="malik@example.org", valid_until="soon").status_code == 400


def test_what_an_accountant_reads_has_no_button(app: Flask, evening: FakeLine) -> None:
    malik = as_holder(app, evening, Right.ACCOUNT, cast.MARKET)
    page = is_whole(malik, "/figures", "fr")
    assert "Comptes à lire" in page.text
    for path in (BOOKS, TILLS, f"{TILLS}/{TILL}"):
        page = read(malik.get(path))
        assert not [form for form in page.forms if form.action.endswith(("/count", "/float", "/books", "/tills"))]
        assert "Clore les comptes" not in page.text and "Ouvrir un comptoir" not in page.text
    assert "Clore les comptes" in read(as_holder(app, evening, Right.ORGANISE, cast.MARKET).get(BOOKS)).text
