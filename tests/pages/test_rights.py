"""What one may do for others is shown with its end, and given up on the same page."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.accounts import HeldRight, Identify
from contracts.members import MyGrants, OwnGrant, OwnGrants, RevokeRight, Right
from contracts.messages import Refused
from contracts.producers import ReadProducer
from tests import cast
from tests.pages.conftest import FakeLine, identity
from tests.pages.reading import read
from tests.pages.test_pages import FARM, is_whole
from tests.pages.test_pages import town as town

PAGE = "/account/rights"
NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)


def own(number: int, right: Right, name: str, until: datetime | None = None) -> OwnGrant:
    about = {"object_id": cast.MARKET, "holds": True, "valid_until": until, "name": name}
    return OwnGrant.model_validate({"grant_id": UUID(int=number), "right": right} | about)


@pytest.fixture
def trusted(town: FakeLine) -> FakeLine:
    """Bob keeps the money of a market and reads its figures; he organises it no more."""
    given = [own(1, Right.TREASURY, "Les Halles"), own(2, Right.ACCOUNT, "Les Halles", NEW_YEAR)]
    rights = [HeldRight(right=one.right, object_id=one.object_id) for one in given]
    town.answers[Identify] = identity(rights=rights)
    town.answers[MyGrants] = OwnGrants(grants=[*given, own(3, Right.ORGANISE, "Ancien")])
    return town


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_one_holds_is_shown_and_what_is_over_is_not(bob: FlaskClient, trusted: FakeLine, language: str) -> None:
    page = is_whole(bob, PAGE, language)
    assert page.text.count("Les Halles") == 2 and "Ancien" not in page.text and "2026" in page.text
    assert "2027" not in page.text, "until New Year's Eve, that day included"
    assert PAGE in is_whole(bob, "/account", language).links


def test_a_farm_that_members_cannot_name_is_named_by_catalog(bob: FlaskClient, trusted: FakeLine) -> None:
    sells = own(4, Right.SELL, "").model_copy(update={"object_id": cast.FARM})
    trusted.answers[Identify] = identity(rights=[HeldRight(right=Right.SELL, object_id=cast.FARM)])
    trusted.answers |= {MyGrants: OwnGrants(grants=[sells]), ReadProducer: FARM}
    assert FARM.farm_name in read(bob.get(PAGE)).text


def test_a_right_is_given_up_and_the_last_holder_is_told_why_not(bob: FlaskClient, trusted: FakeLine) -> None:
    trusted.answers[RevokeRight] = None
    end = f"{PAGE}/{UUID(int=1)}/end"
    form = next(one for one in read(bob.get(PAGE)).forms if one.action == end)
    assert bob.post(end, data=form.fields).location == f"{PAGE}?said=right-ended"
    assert [one.grant_id for one in trusted.acts() if isinstance(one, RevokeRight)] == [UUID(int=1)]
    trusted.answers[RevokeRight] = Refused(code="last-holder", message="Nobody else would hold this right.")
    refused = bob.post(end, data=form.fields)
    assert refused.status_code == 409 and "Les Halles" in refused.text


def test_who_holds_nothing_reads_so(bob: FlaskClient, town: FakeLine) -> None:
    town.answers[MyGrants] = OwnGrants(grants=[])
    assert "Rien : vous commandez pour vous." in is_whole(bob, PAGE, "fr").text
    assert PAGE not in is_whole(bob, "/account", "fr").links
