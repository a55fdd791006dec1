"""Papers where they are asked for: links on pages, rights of the lists, names in the archive, codes that lead on."""

import io
import zipfile
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.accounts import HeldRight, Identify
from contracts.day import ReadFarmLines, ReadTelephoneList
from contracts.errors import NotFound, Unavailable
from contracts.lists import ReadHandoverList, ReadPreparationList
from contracts.lots import ReadLots
from contracts.members import Right
from contracts.orders import ReadOrder, ReadSaleSheet
from contracts.planning import ReadDistribution, Stage
from contracts.presence import ListPresences
from gateway.printing.press import Press
from tests import cast
from tests.pages.conftest import FakeLine, identity, ordered, raises, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import site as site
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_pages import distribution
from tests.printing import sales
from tests.printing.reading import text

SALE = f"/distributions/{sales.SALE}"
API = f"/api/v1{SALE}"
FARM = f"{SALE}/producers/{cast.FARM}"
LISTS = {
    f"{SALE}/preparation-lists/{cast.FARM}": "Ce que Ferme des Alpilles apporte",
    f"{SALE}/handover-list": "Liste de remise",
    f"{SALE}/telephone-list": "Liste de téléphone",
    f"{FARM}/delivery-note": "Bon de livraison",
}


@pytest.fixture
def sale(line: FakeLine) -> FakeLine:
    """A sale that has closed, with three orders."""
    line.answers |= {
        ReadDistribution: distribution(Stage.HANDOVER, distribution_id=sales.SALE),
        ReadSaleSheet: sales.sale(),
        ReadHandoverList: sales.baskets(3),
        ReadPreparationList: sales.preparation(3),
        ReadFarmLines: sales.farm_rows(3),
        ReadLots: [],
        ReadTelephoneList: sales.called(3),
        ListPresences: [sales.presence()],
    }
    return line


@pytest.mark.parametrize("path, title", LISTS.items())
def test_the_page_of_each_list_leads_to_its_paper(bob: FlaskClient, sale: FakeLine, path: str, title: str) -> None:
    papers = [one for one in read(bob.get(path)).links if one.endswith(".pdf")]
    (link,) = [one for one in papers if not one.endswith(("stickers.pdf", "cheque-amounts.pdf"))]
    answer = bob.get(link)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert text(answer.data).startswith(title)


def test_a_paper_speaks_the_language_of_the_page(bob: FlaskClient, sale: FakeLine) -> None:
    bob.set_cookie("language", "en")
    assert text(bob.get(f"{API}/handover-list.pdf").data).startswith("Hand-over list")


def test_stickers_are_beside_the_handover_list(bob: FlaskClient, sale: FakeLine) -> None:
    assert f"{API}/stickers.pdf" in read(bob.get(f"{SALE}/handover-list")).links
    assert "Zoé Œillet" not in text(bob.get(f"{API}/stickers.pdf").data)
    assert "Malik Benali 2" in text(bob.get(f"{API}/stickers.pdf").data)


PATHS = [f"/api/v1{path}.pdf" for path in LISTS] + [
    f"{API}/stickers.pdf",
    f"{API}/cheque-amounts.pdf",
    f"{API}/papers.zip",
]


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_see_a_list_gets_no_paper_of_it(
    bob: FlaskClient, stranger: FlaskClient, sale: FakeLine, path: str
) -> None:
    assert stranger.get(path).status_code == 401
    assert not sale.asked
    for refused in (ReadHandoverList, ReadPreparationList, ReadFarmLines, ReadTelephoneList):
        del sale.answers[refused]
    assert bob.get(path).status_code == 404


def test_all_papers_of_a_sale_are_one_archive(bob: FlaskClient, sale: FakeLine) -> None:
    bakery = sales.presence(producer_id=cast.BAKERY, producer_name="Chez l’Œuf & Cie / ../")
    sale.answers[ListPresences] = [sales.presence(), bakery]
    answer = bob.get(f"{API}/papers.zip")
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    files = zipfile.ZipFile(io.BytesIO(answer.data))
    farms = ["preparation/01-chez-l-oeuf-cie.pdf", "preparation/02-ferme-des-alpilles.pdf"]
    assert files.namelist() == ["handover.pdf", "stickers.pdf", "cheque-amounts.pdf", *farms]
    assert text(files.read(farms[1])).startswith("Ce que Ferme des Alpilles apporte")


def test_whoever_may_not_see_one_of_the_lists_gets_no_archive(bob: FlaskClient, sale: FakeLine) -> None:
    """A deputy hands over, and has no business with what farms bring."""
    del sale.answers[ListPresences]
    assert bob.get(f"{API}/papers.zip").status_code == 404


class Busy(Press):
    """A press at which too many wait."""

    def run(self, make: Any, job: Any) -> bytes:
        raise Unavailable("printing-busy", "Many papers are being printed; please try again in a moment.")


def test_a_busy_press_is_a_503_that_says_when_to_ask_again(app: Flask, bob: FlaskClient, sale: FakeLine) -> None:
    busy = Busy(at_once=1, waiting=0, seconds=1)
    app.extensions["reception"] = app.extensions["reception"]._replace(press=busy)
    answer = bob.get(f"{API}/handover-list.pdf")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "1"
    assert answer.get_json(force=True)["code"] == "printing-busy"


@pytest.mark.parametrize(
    "consumer, right, leads",
    [
        (cast.CHARLIE, None, f"{SALE}/day/ID"),
        (cast.BOB, HeldRight(right=Right.ORGANISE, object_id=cast.MARKET), f"{SALE}/day/ID"),
        (cast.BOB, HeldRight(right=Right.HANDOVER, object_id=sales.SALE), f"{SALE}/day/ID"),
        (cast.BOB, HeldRight(right=Right.ORGANISE, object_id=UUID(int=999)), "/orders/ID"),
        (cast.BOB, None, "/orders/ID"),
    ],
)
def test_a_code_leads_to_the_counter_and_a_consumer_to_the_order_itself(
    bob: FlaskClient, line: FakeLine, consumer: UUID, right: HeldRight | None, leads: str
) -> None:
    line.answers[Identify] = identity(rights=[right] if right else [])
    found = ordered(line, sell(line, cast.line(), distribution_id=sales.SALE), 1, consumer_id=consumer)
    answer = bob.get(f"/o/{found.order_id}")
    assert answer.status_code == 303
    assert answer.headers["Location"].replace(str(found.order_id), "ID") == leads


def test_a_code_tells_nothing_to_anybody_else(bob: FlaskClient, stranger: FlaskClient, line: FakeLine) -> None:
    line.answers[ReadOrder] = raises(NotFound("no-such-order", "You have no such order."))
    path = f"/o/{UUID(int=1)}"
    assert bob.get(path).status_code == 404
    assert stranger.get(path).headers["Location"].endswith(f"/sign-in?next=%2Fo%2F{UUID(int=1)}")
