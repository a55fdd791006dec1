"""Lots on the pages: typed by product and by order, found by number, recalled by one sentence; and their table."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from contracts.lots import FindLot, Lot, LotOfOrder, LotRow, LotTrace, NoteLots, ProductLots, ReadLots, RecallLot
from contracts.orders import OrderState
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import CARROTS, CHICKEN, ORDER, SALE, asked, typed
from tests.pages.test_day import day as day
from tests.pages.test_pages import NOW, is_whole
from tests.pages.test_pages import town as town

LOTS = f"/distributions/{SALE}/producers/{cast.FARM}/lots"
FIND = f"/producers/{cast.FARM}/lots"


def got(**changes: Any) -> LotRow:
    """Bob, whom no mail reaches, has a chicken of the lot, or may have."""
    sale = {"distribution_id": SALE, "market_name": "Marché", "time_zone": "Europe/Paris", "starts_at": NOW}
    whose = {"order_id": ORDER, "number": 7, "code": "K7M2QX", "name": "=Bob", "state": OrderState.HANDED_OVER}
    what = {"offer_id": CHICKEN.offer_id, "product": "Poulet", "quantity": 1, "unit": "piece"}
    known = {"use_by": "2026-12-20", "is_certain": False, "by_mail": False, "phone": "+33490620001", "recalled_at": NOW}
    return LotRow.model_validate(sale | whose | what | known | changes)


@pytest.fixture
def noted(day: FakeLine) -> FakeLine:
    both = [Lot(number="P-1", use_by=date(2026, 12, 20)), Lot(number="P <2>")]
    which = [LotOfOrder(order_id=ORDER, number="P <2>")]
    trace = {"producer_id": cast.FARM, "producer_name": "Ferme <des> Alpilles", "number": "P-1", "orders": 2}
    rows = [got(), got(name="Charlie", by_mail=True, phone=None, is_certain=True)]
    day.answers |= {
        ReadLots: [ProductLots(offer_id=CHICKEN.offer_id, lots=both, orders=which)],
        FindLot: LotTrace.model_validate(trace | {"rows": rows}),
    }
    return day


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", [LOTS, FIND, f"{FIND}?number=P-1"])
def test_every_page_of_lots_is_whole(bob: FlaskClient, noted: FakeLine, path: str, language: str) -> None:
    is_whole(bob, path, language)


def test_lots_are_sent_whole_by_product_and_by_order(bob: FlaskClient, noted: FakeLine) -> None:
    noted.answers[NoteLots] = []
    carrots, chicken = CARROTS.offer_id, CHICKEN.offer_id
    fields = {f"lot.{carrots}.0": "C-9", f"by.{carrots}.0": "2026-12-09", f"lot.{chicken}.0": ""}
    assert typed(bob, LOTS, **fields).location == f"{LOTS}?said=saved"
    sent = {one.offer_id: one for one in asked(noted, NoteLots).products}
    assert sent[carrots].lots == [Lot(number="C-9", use_by=date(2026, 12, 9))]
    assert sent[chicken].lots == [Lot(number="P <2>")], "the first was taken back"
    assert sent[chicken].orders == [LotOfOrder(order_id=ORDER, number="P <2>")]


def test_who_was_not_told_of_a_lot_yet_is_not_shown_as_told(bob: FlaskClient, noted: FakeLine) -> None:
    rows = [got(name="Charlie", by_mail=True, phone=None, recalled_at=None)]
    noted.answers[FindLot] = noted.answers[FindLot].model_copy(update={"rows": rows})
    assert "pas encore : par mail" in read(bob.get(f"{FIND}?number=P-1")).text


def test_a_recall_is_one_sentence_about_the_orders_that_were_shown(bob: FlaskClient, noted: FakeLine) -> None:
    page = read(bob.get(f"{FIND}?number=P-1"))
    assert "peut-être : plusieurs lots" in page.text and "À appeler" in page.text and "tel:+33490620001" in page.links
    noted.answers[RecallLot] = noted.answers[FindLot]
    form = next(one for one in page.forms if "message" in one.fields)
    empty = bob.post(FIND, data=form.fields)
    assert empty.status_code == 400 and "message-fault" in read(empty).ids
    done = bob.post(FIND, data=form.fields | {"message": "Rapportez-le."})
    assert done.location == f"{FIND}?number=P-1&said=recalled"
    sent = asked(noted, RecallLot)
    assert (sent.number, sent.orders, sent.message) == ("P-1", 2, "Rapportez-le.")


def test_who_got_a_lot_is_a_table_for_spreadsheets_too(bob: FlaskClient, noted: FakeLine) -> None:
    table = bob.get(f"/api/v1{FIND}.csv?number=P-1").get_data().decode("utf-8-sig").splitlines()
    assert table[0].startswith("Distribution;Date;N°;Code;Nom;État;Produit")
    assert table[1].split(";")[4:] == ["'=Bob", "remise", "Poulet", "1", "pièce", "2026-12-20", "non", "non",
                                       "0033490620001", NOW.date().isoformat()]  # fmt: skip
    assert bob.get(f"/api/v1{FIND}.csv").status_code == 400, "no lot was named"
