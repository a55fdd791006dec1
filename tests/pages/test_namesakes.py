"""Communes of one name, which a post code tells apart."""

from flask.testing import FlaskClient

from contracts.catalog import ChangeMarket
from contracts.search import CommuneFound, FindCommunes
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.reading import read
from tests.pages.test_pages import CAROMB, MARKET
from tests.pages.test_pages import town as town


def test_the_smallest_of_twelve_communes_of_one_name_is_meant_by_its_post_code(
    bob: FlaskClient, town: FakeLine
) -> None:
    codes = [(f"{number:02}001", f"{number:02}700") for number in range(1, 13)]
    twelve = [
        CAROMB.model_copy(update={"name": "Sainte-Colombe", "insee": insee, "post_codes": [post_code]})
        for insee, post_code in codes
    ]

    def named(asked: FindCommunes) -> list[CommuneFound]:
        return (twelve if asked.text == "Sainte-Colombe" else [CAROMB])[: asked.limit]

    town.answers |= {FindCommunes: named, ChangeMarket: MARKET}
    path = f"/organise/{cast.MARKET}/edit"
    form = read(bob.get(path)).form("").fields | {"entity_kind": "town", "served": "Sainte-Colombe (12700)"}
    assert bob.post(path, data=form).status_code == 303
    asked = town.acts()[0]
    assert isinstance(asked, ChangeMarket) and asked.served == ["12001"]
