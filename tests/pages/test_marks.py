"""Pages about quality marks: a farm keeps them, a market asks for them, an organiser decides when one expires."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.accounts import Identify
from contracts.catalog import ReadMarket
from contracts.day import FarmRow, ReadFarmLines
from contracts.errors import malformed_field
from contracts.expiring import DecideExpiredMarks, Decision, ExpiredMarks, ListExpiredMarks
from contracts.members import Right
from contracts.messages import Refused
from contracts.orders import OrderState
from contracts.planning import ListParticipations, Participation, Presence, ReadDistribution, Stage
from contracts.presence import ListPresences
from contracts.products import ListProducts, Product
from contracts.quality import (
    AddMark,
    ChangeMark,
    EndMark,
    Floor,
    Lack,
    ListMarks,
    ListRefusedOffers,
    MarkKind,
    QualityMark,
    RefusedOffer,
    Scope,
)
from tests import cast
from tests.pages.conftest import FakeLine, identity, ordered, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.conftest import stranger as stranger
from tests.pages.reading import read
from tests.pages.test_day import asked, goods
from tests.pages.test_pages import MARKET, NOW, distribution, is_whole
from tests.pages.test_pages import town as town

SALE, MARK, EXPIRY = UUID(int=301), UUID(int=302), UUID(int=303)
STRAWBERRIES, APRICOTS = (Product(product_id=UUID(int=n), producer_id=cast.FARM, version=1, name=name, unit="kg")
                          for n, name in ((401, "Fraises"), (402, "Abricots")))  # fmt: skip
AB = QualityMark(
    mark_id=MARK, producer_id=cast.FARM, version=3, kind=MarkKind.AB, certifier="FR-BIO-01", number="84/117",
    scope=Scope.NAMED, product_ids=[STRAWBERRIES.product_id], valid_until=date(2026, 10, 21), valid=True,
)  # fmt: skip
LACKS = [
    (Lack.EXPIRED, "valable jusqu’au 21 octobre 2026"),
    (Lack.UNDATED, "pas de date de fin"),
    (Lack.IN_CONVERSION, "en conversion, ce qui n’est pas encore bio"),
    (Lack.OTHER_PRODUCTS, "la ferme a ce label pour d’autres produits"),
    (Lack.OTHER_MARK, "Nature & Progrès seul ne suffit pas"),
    (Lack.NO_MARK, "pas de label"),
]


def refused(lack: Lack, **changes: Any) -> RefusedOffer:
    about = {"distribution_id": SALE, "offer_id": UUID(int=501), "producer_id": cast.FARM, "name": "Abricots"}
    about |= {"producer_name": "Ferme <des> Alpilles", "lack": lack, "on": date(2026, 10, 19), "foreseen": True}
    return RefusedOffer(valid_until=AB.valid_until, marks=[MarkKind.NATURE_ET_PROGRES], **about | changes)


def expired(**changes: Any) -> ExpiredMarks:
    line = goods("Carottes", offer_id=UUID(int=501))
    about = {"expiry_id": EXPIRY, "distribution_id": SALE, "producer_id": cast.FARM, "producer_name": "Roux <&>"}
    about |= {"marks": ["ab"], "expired_at": NOW, "offers": [line.offer_id], "names": [line.name], "required": True}
    figures = {"orders": 14, "emptied": 2, "amount_cents": 8640, "currency": "EUR", "by_telephone": 3}
    return ExpiredMarks.model_validate(about | figures | changes)


@pytest.fixture
def quality(town: FakeLine) -> FakeLine:
    """A market that asks for AB, a farm that has it for its strawberries, and a sale in which it expired."""
    planned = distribution(Stage.OPEN, distribution_id=SALE)
    carrots = goods("Carottes", offer_id=UUID(int=501))
    row = {"order_id": UUID(int=601), "number": None, "code": "K7M2QX", "name": "Bob", "state": OrderState.PLACED}
    taking = {"distribution_id": SALE, "producer_id": cast.FARM, "producer_name": "Ferme", "closes_at": NOW}
    town.answers |= {
        ReadMarket: MARKET.model_copy(update={"quality_floor": Floor.ORGANIC, "welcome_marks": [MarkKind.DEMETER]}),
        ListMarks: [AB, AB.model_copy(update={"valid": False, "valid_until": None, "certifier": ""})],
        ListProducts: lambda asked: [] if asked.after else [STRAWBERRIES, APRICOTS],
        ListRefusedOffers: [refused(lack) for lack, _ in LACKS],
        ListParticipations: [Participation(presence=Presence.ACCEPTED, **taking)],
        ListExpiredMarks: [expired()],
        ListPresences: [],
        ReadFarmLines: [FarmRow.model_validate(row | {"lines": [carrots, goods("Navets")]})],
        ReadDistribution: planned,
    }
    return town


def organises(line: FakeLine) -> None:
    held = {"right": Right.ORGANISE, "object_id": cast.MARKET}
    line.answers[Identify] = identity(rights=[held])


PATHS = (
    f"/farms/{cast.FARM}/marks", f"/farms/{cast.FARM}/marks/new", f"/farms/{cast.FARM}/marks/{MARK}",
    f"/farms/{cast.FARM}/distributions/{SALE}", f"/farms/{cast.FARM}/markets/{cast.MARKET}",
    f"/markets/{cast.MARKET}", f"/organise/distributions/{SALE}", f"/distributions/{SALE}/expired-marks",
)  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_about_marks_is_whole(bob: FlaskClient, quality: FakeLine, path: str, language: str) -> None:
    organises(quality)
    is_whole(bob, path, language)


def test_a_market_shows_what_it_asks_for_and_what_it_welcomes(stranger: FlaskClient, quality: FakeLine) -> None:
    text = read(stranger.get(f"/markets/{cast.MARKET}")).text
    assert "demande à chaque produit : le label AB (agriculture biologique)." in text
    assert "Bienvenus en plus : Demeter." in text


@pytest.mark.parametrize(("lack", "says"), LACKS)
def test_each_refusal_says_why_before_and_after(bob: FlaskClient, quality: FakeLine, lack: Lack, says: str) -> None:
    for foreseen, when in ((True, "ne seront pas en vente"), (False, "ne sont pas en vente")):
        quality.answers[ListRefusedOffers] = [refused(lack, foreseen=foreseen)]
        for path in (f"/farms/{cast.FARM}/distributions/{SALE}", f"/organise/distributions/{SALE}"):
            text = read(bob.get(path)).text
            assert f"Abricots – {says}" in text or f"Abricots – son label était {says}" in text or says in text
            assert when in text and "19 octobre 2026" in text


def test_a_mark_is_added_for_named_products(bob: FlaskClient, quality: FakeLine) -> None:
    path = f"/farms/{cast.FARM}/marks/new"
    typed = read(bob.get(path)).form("").fields | {"certifier": "FR-BIO-01", "number": "84/117", "scope": "named"}
    quality.answers[AddMark] = AB
    ids = [str(STRAWBERRIES.product_id), str(APRICOTS.product_id)]
    assert bob.post(path, data=typed | {"product_ids": ids, "valid_until": "2027-06-30"}).status_code == 303
    sent = asked(quality, AddMark)
    assert (sent.kind, sent.scope, [str(one) for one in sent.product_ids]) == ("ab", "named", ids)
    assert sent.valid_until == date(2027, 6, 30)


def test_what_is_wrong_with_a_mark_stands_at_its_field(bob: FlaskClient, quality: FakeLine) -> None:
    def refuse(command: AddMark) -> Any:
        raise malformed_field("valid_until", "Give its last day.", "missing")

    path = f"/farms/{cast.FARM}/marks/new"
    typed = read(bob.get(path)).form("").fields
    page = read(bob.post(path, data=typed | {"certifier": "", "valid_until": "mardi"}))
    assert {"certifier-fault", "valid_until-fault"} <= set(page.ids) and "Donnez un jour." in page.text
    quality.answers[AddMark] = refuse
    page = read(bob.post(path, data=typed | {"certifier": "FR-BIO-01"}))
    assert "Donnez le dernier jour" in page.text and 'value="FR-BIO-01"' in page.html


def test_a_mark_is_corrected_at_the_version_that_was_seen_and_ended(bob: FlaskClient, quality: FakeLine) -> None:
    path = f"/farms/{cast.FARM}/marks/{MARK}"
    quality.answers |= {ChangeMark: AB, EndMark: AB}
    typed = read(bob.get(path)).form("").fields
    assert (typed["valid_until"], typed["product_ids"]) == ("2026-10-21", str(STRAWBERRIES.product_id))
    assert bob.post(path, data=typed | {"valid_until": "2027-10-21"}).status_code == 303
    sent = asked(quality, ChangeMark)
    assert (sent.version, sent.valid_until, sent.product_ids) == (3, date(2027, 10, 21), [STRAWBERRIES.product_id])
    form = read(bob.get(f"/farms/{cast.FARM}/marks")).form(f"{MARK}/end")
    assert bob.post(form.action, data=form.fields).status_code == 303
    assert asked(quality, EndMark).mark_id == MARK


def test_the_organiser_sees_the_orders_and_decides_by_the_figures_that_were_shown(
    bob: FlaskClient, quality: FakeLine
) -> None:
    organises(quality)
    path = f"/distributions/{SALE}/expired-marks"
    page = read(bob.get(path))
    assert all(word in page.text for word in ("14", "86,40", "K7M2QX", "Bob", "Carottes"))
    assert "Navets" not in page.text
    quality.answers[DecideExpiredMarks] = expired(decision=Decision.WITHDRAWN)
    form = page.form(str(EXPIRY))
    sent = bob.post(form.action, data=form.fields | {"decision": "withdrawn", "reason": "Pas renouvelé."})
    assert sent.location == f"{path}?said=marks-withdrawn"
    command = asked(quality, DecideExpiredMarks)
    assert (command.decision, command.orders, command.amount_cents) == ("withdrawn", 14, 8640)


def test_a_farm_sees_what_expired_and_decides_nothing(bob: FlaskClient, quality: FakeLine) -> None:
    page = read(bob.get(f"/distributions/{SALE}/expired-marks"))
    assert "14" in page.text and not [
        form for form in page.forms if "decision" in form.action or str(EXPIRY) in form.action
    ]


def test_what_has_lost_its_mark_cannot_be_ordered_and_what_was_ordered_can_only_shrink(
    bob: FlaskClient, line: FakeLine
) -> None:
    over = datetime.now(UTC) - timedelta(hours=1)
    sale = sell(line, cast.line("Carottes", qualifies_until=over), cast.line("Navets"))
    page = read(bob.get(f"/distributions/{sale.distribution_id}"))
    assert "le label que ce marché demande a expiré" in page.text
    assert [f"q-{one.offer_id}" in page.ids for one in sale.lines] == [False, True]
    order = ordered(line, sale, 3)
    page = read(bob.get(f"/orders/{order.order_id}/change"))
    [carrots] = [one for one in page.controls if one.get("id") == f"q-{sale.lines[0].offer_id}"]
    assert (carrots["max"], carrots["value"]) == ("3", "3")


def test_a_refusal_for_an_expired_mark_names_its_lines(bob: FlaskClient, line: FakeLine) -> None:
    from contracts.orders import PlaceOrder

    sale = sell(line, cast.line("Carottes"), cast.line("Navets"))
    named = [{"offer_id": str(sale.lines[0].offer_id), "name": "Carottes"}]
    line.answers[PlaceOrder] = Refused(code="mark-expired", message="No.", details={"lines": named})
    form = read(bob.get(f"/distributions/{sale.distribution_id}")).form("orders")
    typed = {f"q-{one.offer_id}": "2" for one in sale.lines}
    sent = bob.post(form.action, data=form.fields | typed)
    text = read(sent).text
    assert sent.status_code == 409 and "Carottes : Son label a expiré" in text and "Rien n’a été enregistré" in text


def test_a_certificate_stands_on_the_products_page_and_makes_it_found(stranger: FlaskClient, line: FakeLine) -> None:
    certificate = {"kind": "ab", "certifier": "FR-BIO-01", "number": "84/117", "valid_until": "2026-10-21"}
    sale = sell(
        line, cast.line("Carottes", marks=["ab"], certificates=[certificate]), cast.line("Navets", marks=["hve"])
    )
    page = read(stranger.get(f"/distributions/{sale.distribution_id}"))
    assert "Agriculture biologique (AB) (FR-BIO-01, n° 84/117, jusqu’au 21 octobre 2026)" in page.text
    assert page.html.count(' bio"') == 1
