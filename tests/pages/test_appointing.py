"""Whom operators named for a town: found by the town's name, and by its post code among many of one name."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.members import Grants, ListGrants, Right
from contracts.search import CommuneFound, FindCommunes
from contracts.towns import town_id
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_pages import CAROMB, is_whole
from tests.pages.test_pages import town as town
from tests.pages.test_team import MALIK

PAGES = [("mediators", Right.MEDIATE), ("lenders", Right.LEND)]
NAMESAKES = [
    CAROMB.model_copy(update={"name": "Sainte-Colombe", "insee": f"{number}001", "post_codes": [f"{number}700"]})
    for number in (16, 21)
]


@pytest.fixture
def named(town: FakeLine) -> FakeLine:
    """Malik is named for Caromb alone."""

    def communes(asked: FindCommunes) -> list[CommuneFound]:
        return [one for one in (CAROMB, *NAMESAKES) if one.name.casefold() == asked.text.casefold()]

    def grants(asked: ListGrants) -> Grants:
        return Grants(grants=[MALIK] if asked.object_id == town_id(CAROMB.insee) else [])

    town.answers |= {FindCommunes: communes, ListGrants: grants}
    return town


def of_whom(line: FakeLine) -> tuple[Right, UUID | None]:
    asked = [one for one, _, _ in line.asked if isinstance(one, ListGrants)][-1]
    return asked.right, asked.object_id


@pytest.mark.parametrize(("page", "right"), PAGES)
def test_a_town_is_found_by_its_name(bob: FlaskClient, named: FakeLine, page: str, right: Right) -> None:
    shown = is_whole(bob, f"/{page}?town=caromb", "fr")
    assert of_whom(named) == (right, town_id(CAROMB.insee))
    assert MALIK.name in shown.text and shown.form(f"{MALIK.grant_id}/end").fields["insee"] == CAROMB.insee


@pytest.mark.parametrize(("page", "right"), PAGES)
def test_of_several_towns_of_one_name_one_is_chosen(bob: FlaskClient, named: FakeLine, page: str, right: Right) -> None:
    shown = is_whole(bob, f"/{page}?town=Sainte-Colombe", "fr")
    assert "Plusieurs communes s’appellent ainsi" in shown.text
    (second,) = [link for link in shown.links if "21001" in link]
    assert "Personne pour le moment." in read(bob.get(second)).text
    assert of_whom(named) == (right, town_id("21001"))
    assert "Nous ne connaissons pas cette commune." in is_whole(bob, f"/{page}?town=Xyz", "fr").text
