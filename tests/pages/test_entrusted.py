"""What a deputy and a treasurer are trusted with, and where an error of the API is read by a person."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from contracts.accounts import HeldRight, Identify
from contracts.errors import NotFound
from contracts.members import Right
from contracts.planning import Distribution, ListDistributions, ReadDistribution, Stage
from tests import cast
from tests.pages.conftest import FakeLine, identity
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import asked
from tests.pages.test_pages import distribution, is_whole
from tests.pages.test_pages import town as town

EVENING = distribution(Stage.HANDOVER)
CALLED_OFF = uuid4()
SALES = [distribution(stage) for stage in (Stage.PLANNED, Stage.OPEN, Stage.CANCELLED, Stage.CLOSED, Stage.FINAL)]


@pytest.fixture
def trusted(town: FakeLine) -> FakeLine:
    """Bob deputises at one evening, kept the right on one that is gone, and keeps the money of Caromb."""
    held = [(Right.HANDOVER, EVENING.distribution_id), (Right.HANDOVER, CALLED_OFF), (Right.TREASURY, cast.MARKET)]
    rights = [HeldRight(right=right, object_id=object_id) for right, object_id in held]
    town.answers |= {Identify: identity(rights=rights), ReadDistribution: evening, ListDistributions: SALES}
    return town


def evening(command: ReadDistribution) -> Distribution:
    if command.distribution_id != EVENING.distribution_id:
        raise NotFound("no-such-distribution", "There is no such distribution.")
    return EVENING


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_deputy_finds_his_evening_and_a_treasurer_the_sales_that_closed(
    bob: FlaskClient, trusted: FakeLine, language: str
) -> None:
    links = is_whole(bob, "/entrusted", language).links
    assert f"/distributions/{EVENING.distribution_id}/handover-list" in links
    with_books = {one for one in links if one.endswith("/books")}
    closed = {one.distribution_id for one in (EVENING, *SALES[3:])}
    assert with_books == {f"/distributions/{distribution_id}/books" for distribution_id in closed}
    assert asked(trusted, ListDistributions).newest_first


def test_the_menu_leads_there_whoever_is_trusted_and_nobody_else(bob: FlaskClient, trusted: FakeLine) -> None:
    assert "/entrusted" in read(bob.get("/about")).links
    trusted.answers[Identify] = identity()
    bob.set_cookie("session", "another")
    assert "/entrusted" not in read(bob.get("/about")).links
    assert "Rien ne vous est confié" in read(bob.get("/entrusted")).text


def test_a_link_into_the_api_that_fails_is_a_page_for_a_browser_and_a_problem_for_a_program(
    bob: FlaskClient, town: FakeLine
) -> None:
    paper = f"/api/v1/distributions/{uuid4()}/handover-list.pdf"
    seen = bob.get(paper, headers={"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"})
    assert seen.status_code == 404 and "<h1>" in seen.get_data(as_text=True)
    assert bob.get(paper).content_type == "application/problem+json"
