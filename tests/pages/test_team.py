"""Who acts for a farm, keeps a market, stands in for an evening or reads figures: named, limited and ended by page."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from contracts.errors import NotAllowed
from contracts.members import Grant, GrantRight, Grants, ListGrants, RevokeRight, Right
from contracts.messages import Refused
from contracts.planning import ReadDistribution, Stage
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import asked, typed
from tests.pages.test_day import day as day
from tests.pages.test_money import evening as evening
from tests.pages.test_pages import distribution, is_whole
from tests.pages.test_pages import town as town

NEW_YEAR_IN_PARIS = datetime(2026, 12, 31, 23, tzinfo=UTC)
MALIK = Grant(
    grant_id=uuid4(), person_id=cast.MALIK, name="Malik Sari", email="malik@example.org", right=Right.ACCOUNT,
    object_id=cast.MARKET, valid_until=NEW_YEAR_IN_PARIS,
)  # fmt: skip
BOB = MALIK.model_copy(update={"grant_id": uuid4(), "person_id": cast.BOB, "name": "Bob", "valid_until": None})
EVENING = distribution(Stage.PLANNED)
OF_MARKET, OF_FARM, OF_INSTANCE = f"/organise/{cast.MARKET}/team", f"/farms/{cast.FARM}/team", "/operate/team"
OF_EVENING = f"/organise/distributions/{EVENING.distribution_id}/team"
PAGES = [
    (OF_MARKET, cast.MARKET, [Right.ORGANISE, Right.TREASURY, Right.ACCOUNT]),
    (OF_FARM, cast.FARM, [Right.SELL, Right.ACCOUNT]),
    (OF_EVENING, EVENING.distribution_id, [Right.HANDOVER]),
    (OF_INSTANCE, None, [Right.OPERATE, Right.ACCOUNT]),
]


@pytest.fixture
def team(evening: FakeLine) -> FakeLine:
    """Whatever is asked of, Malik and Bob hold it."""
    held = Grants(grants=[MALIK, BOB])
    evening.answers |= {ListGrants: held, GrantRight: MALIK, RevokeRight: None, ReadDistribution: EVENING}
    return evening


def naming(response: Any, path: str) -> dict[str, str]:
    """The fields of the form that names somebody."""
    (form,) = (one for one in read(response).forms if one.action == path)
    return form.fields


@pytest.mark.parametrize(("path", "about", "rights"), PAGES, ids=["market", "farm", "evening", "instance"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_everybody_is_shown_by_what_they_may_do_and_each_right_can_be_given(
    bob: FlaskClient, team: FakeLine, path: str, about: UUID | None, rights: list[Right], language: str
) -> None:
    page = is_whole(bob, path, language)
    assert "Malik Sari" in page.text
    of = [(one.right, one.object_id) for one, _, _ in team.asked if isinstance(one, ListGrants)]
    assert of == [(right, about) for right in rights]
    for right in rights:
        chosen = {"right": str(right)} if len(rights) > 1 else {}
        sent = typed(bob, path, email="malik@example.org", valid_until="2026-12-31", **chosen)
        assert sent.location == f"{path}?said=saved"
        given = asked(team, GrantRight)
        assert (given.right, given.object_id, given.valid_until) == (right, about, NEW_YEAR_IN_PARIS)


def test_a_spouse_sells_for_the_farm_without_an_end(bob: FlaskClient, team: FakeLine) -> None:
    assert typed(bob, OF_FARM, email="malik@example.org", right="sell", valid_until="").status_code == 303
    assert asked(team, GrantRight).valid_until is None


def test_a_deputy_is_proposed_until_midnight_of_the_evening(bob: FlaskClient, team: FakeLine) -> None:
    assert naming(bob.get(OF_EVENING), OF_EVENING)["valid_until"] == EVENING.ends_at.date().isoformat()
    assert OF_EVENING in read(bob.get(OF_EVENING.removesuffix("/team"))).links


@pytest.mark.parametrize("last", ["soon", "9999-12-31", "9999-12-30", "2100-06-01"])
def test_a_last_day_that_is_none_is_said_at_its_field(bob: FlaskClient, team: FakeLine, last: str) -> None:
    sent = typed(bob, OF_MARKET, email="malik@example.org", right="account", valid_until=last)
    assert sent.status_code == 400
    assert "Donnez un jour d’avant 2100." in sent.text
    assert last in sent.text


@pytest.mark.parametrize(("path", "about", "rights"), PAGES, ids=["market", "farm", "evening", "instance"])
def test_a_right_is_ended_and_nobody_leaves_by_one_slip(
    bob: FlaskClient, team: FakeLine, path: str, about: UUID | None, rights: list[Right]
) -> None:
    page = bob.get(path)
    his, own = (read(page).form(f"{one.grant_id}/end") for one in (MALIK, BOB))
    assert page.get_data(as_text=True).count("<details>") == len(rights)
    assert bob.post(his.action, data=his.fields).location == f"{path}?said=ended"
    assert asked(team, RevokeRight).grant_id == MALIK.grant_id
    after = bob.post(own.action, data=own.fields).location
    assert after == (f"{path}?said=ended" if path == OF_EVENING else "/account?said=right-ended")
    if after.startswith("/account"):
        assert asked(team, RevokeRight).grant_id == BOB.grant_id


def test_the_last_who_sells_for_a_farm_is_told_why_he_stays(bob: FlaskClient, team: FakeLine) -> None:
    team.answers[RevokeRight] = Refused(code="last-holder", message="Share it first.")
    own = read(bob.get(OF_FARM)).form(f"{BOB.grant_id}/end")
    shown = bob.post(own.action, data=own.fields)
    assert shown.status_code == 409
    assert "partagez-le d’abord" in shown.text
    assert naming(shown, OF_FARM)["right"] == "sell"


def test_an_organiser_for_a_time_is_told_that_it_outlasts_hers(bob: FlaskClient, team: FakeLine) -> None:
    def outlasts(command: GrantRight) -> Grant:
        raise NotAllowed("outlasts-yours", "This right lasts longer than your own.")

    team.answers[GrantRight] = outlasts
    sent = typed(bob, OF_MARKET, email="malik@example.org", right="organise", valid_until="")
    assert sent.status_code == 403
    assert "plus longtemps que le vôtre" in sent.text
