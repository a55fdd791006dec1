"""The day's pages: whole in both languages, and what is typed reaches the service as it was meant."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from contracts.cancelling import Cancellation, CancelSale, ReadCancellation
from contracts.catalog import Pricing
from contracts.day import (
    DropOut,
    DropOutFigures,
    FarmRow,
    PreviewSharing,
    ReadDropOut,
    ReadFarmLines,
    ReadTelephoneList,
    SetHandover,
    Settled,
    SettleLines,
    Share,
    ShareShortage,
    Sharing,
    TelephoneRow,
)
from contracts.errors import malformed_field
from contracts.expiring import ListExpiredMarks
from contracts.late import LateLine, ListLateLines
from contracts.lists import HandoverRow, ReadHandover, ReadHandoverList
from contracts.lots import ReadLots
from contracts.money import Unit
from contracts.orders import Order, OrderLine, OrderState, ReadOrder
from contracts.planning import ListParticipations, Participation, ReadDistribution, Stage
from contracts.presence import Coming, ConfirmPresence, ListPresences, Presence
from contracts.quality import ListRefusedOffers
from contracts.shifting import ReadShift, Shift, ShiftSale
from tests import cast
from tests.pages.conftest import FakeLine
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_pages import NOW, distribution, is_whole
from tests.pages.test_pages import town as town

SALE, ORDER = UUID(int=301), UUID(int=302)
PATHS = (
    "day", f"day/{ORDER}", f"producers/{cast.FARM}/day", f"producers/{cast.FARM}/drop-out", "telephone-list",
    f"producers/{cast.FARM}/presence", f"producers/{cast.FARM}/delivery-note", "cancel", "shift",
)  # fmt: skip


def goods(name: str, **changes: Any) -> OrderLine:
    wanted = {"offer_id": uuid4(), "producer_id": cast.FARM, "producer_name": "Ferme <des> Alpilles", "name": name}
    wanted |= {"unit": Unit.PIECE, "quantity": 2, "price_cents": 260, "amount_cents": 520, "vat_basis_points": 550}
    return OrderLine.model_validate(wanted | changes)


CARROTS = goods("Carottes", unit=Unit.KILOGRAM, quantity=1500, short=500)
EGGS = goods("Œufs", short=1)
CHICKEN = goods("Poulet", pricing=Pricing.PER_WEIGHT, estimated_grams=1800, quantity=1, weighed_grams=1743)


def late_line(**changes: Any) -> LateLine:
    """Carrots added to Bob's order after the close, with Jeanne's yes."""
    what = {"order_id": ORDER, "number": 7, "code": "K7M2QX", "quantity": 1500, "entered_at": NOW}
    what |= CARROTS.model_dump(include={"offer_id", "producer_id", "name", "unit"})
    yes = {"late_id": UUID(int=303), "agreed": "Jeanne <par téléphone>", "entered_by": "Odile Vert"}
    return LateLine.model_validate(what | yes | changes)


def shifted(**changes: Any) -> Shift:
    """The sale of the day, which was to be on another; its people are told."""
    days = {name: NOW + timedelta(days=n) for n, name in ((1, "closes_at"), (3, "starts_at"), (4, "ends_at"))}
    about = {"distribution_id": SALE, "time_zone": "Europe/Paris", **days}
    figures = {"orders": 46, "amount_cents": 81_240, "currency": "EUR", "by_telephone": 7}
    last = {"number": 1, "market_id": cast.MARKET, "market_name": "Marché", "venue_name": "Halle", "is_open": True}
    last |= {"was_starts_at": NOW, "free_until": NOW + timedelta(days=2), "reason": "La <neige>."}
    return Shift.model_validate(
        about | figures | {"version": 4, "state": "open", "farms": 4, "last": about | last} | changes
    )


@pytest.fixture
def day(town: FakeLine) -> FakeLine:
    """A sale on its day: Bob goes short of half a kilogram of carrots, and his chicken is weighed."""
    known = {"order_id": ORDER, "number": 7, "code": "K7M2QX", "recipient": "", "state": OrderState.PLACED}
    known |= {"total_cents": 1040, "lines": [CARROTS, CHICKEN]}
    about = {"distribution_id": SALE, "producer_id": cast.FARM, "producer_name": "Ferme <des> Alpilles"}
    figures = {"orders": 46, "emptied": 5, "amount_cents": 81_240, "currency": "EUR", "by_telephone": 7}
    came = {"threshold_cents": 8000, "ordered_cents": 6430, "people": 9, "asked_at": NOW, "coming": Coming.CARRIED}
    whose = {"distribution_id": SALE, "market_id": cast.MARKET, "market_name": "Marché", "consumer_id": cast.BOB}
    basket = HandoverRow(name="Bob", phone="+33490620001", version=3, **known)
    town.answers |= {
        ReadHandoverList: [basket],
        ReadHandover: basket,
        ReadOrder: Order(version=3, **whose, **known),
        ReadFarmLines: [FarmRow(name="Bob", **{n: known[n] for n in FarmRow.model_fields if n in known})],
        ReadDropOut: DropOutFigures(**about, **figures),
        ReadCancellation: Cancellation(
            distribution_id=SALE, farms=4, **{n: figures[n] for n in figures if n != "emptied"}
        ),
        ReadShift: shifted(),
        ReadTelephoneList: [TelephoneRow(name="Bob", phone=None, short=[CARROTS], shifted=True, **known)],
        ReadLots: [],
        ListLateLines: [late_line()],
        ListPresences: [Presence(**about, **came, carrier="Jean Bleu")],
    }
    return town


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_of_the_day_is_whole(bob: FlaskClient, day: FakeLine, path: str, language: str) -> None:
    is_whole(bob, f"/distributions/{SALE}/{path}", language)


@pytest.mark.parametrize("path", ["day", f"producers/{cast.FARM}/day", "telephone-list"])
def test_a_day_on_which_nothing_was_ordered_says_so(bob: FlaskClient, day: FakeLine, path: str) -> None:
    day.answers |= {ReadHandoverList: [], ReadFarmLines: [], ReadTelephoneList: []}
    page = is_whole(bob, f"/distributions/{SALE}/{path}", "fr")
    assert any(words in page.text for words in ("Personne n’a commandé", "Rien n’a été commandé", "Personne à appeler"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", [f"day/{ORDER}", f"producers/{cast.FARM}/day"])
def test_closed_books_leave_nothing_of_the_day_to_change(
    bob: FlaskClient, day: FakeLine, path: str, language: str
) -> None:
    day.answers[ReadDistribution] = distribution(Stage.FINAL, distribution_id=SALE)
    day.answers[ReadOrder] = day.answers[ReadOrder].model_copy(update={"state": OrderState.HANDED_OVER})
    page = is_whole(bob, f"/distributions/{SALE}/{path}", language)
    assert not [form for form in page.forms if "state" in form.fields or not form.action]
    assert not [one for one in page.links if one.endswith(("/sharing", "/drop-out"))]


def asked(line: FakeLine, kind: type) -> Any:
    return next(command for command, _, _ in reversed(line.asked) if isinstance(command, kind))


def typed(bob: FlaskClient, path: str, button: str = "", **fields: str) -> Any:
    """Send the page's form that has these fields, filled in."""
    page = read(bob.get(path))
    form = next(one for one in page.forms if set(fields) <= set(one.fields) | {button})
    return bob.post(form.action or path, data=form.fields | fields)


def test_only_what_was_changed_is_sent_in_grams_and_pieces(bob: FlaskClient, day: FakeLine) -> None:
    day.answers[SettleLines] = []
    path = f"/distributions/{SALE}/producers/{cast.FARM}/day"
    short, grams = f"short.{ORDER}.{CARROTS.offer_id}", f"grams.{ORDER}.{CHICKEN.offer_id}"
    assert typed(bob, path, **{short: "0,5", grams: "1,8"}).status_code == 303
    sent = asked(day, SettleLines).lines
    assert sent == [Settled(order_id=ORDER, offer_id=CHICKEN.offer_id, short=0, grams=1800)]
    before = len(day.asked)
    assert typed(bob, path, **{short: "0,5"}).status_code == 303
    assert not [one for one, _, _ in day.asked[before:] if isinstance(one, SettleLines)], "nothing was changed"


def test_two_who_fill_in_the_same_table_do_not_take_back_what_the_other_said(bob: FlaskClient, day: FakeLine) -> None:
    day.answers[SettleLines] = []
    path = f"/distributions/{SALE}/producers/{cast.FARM}/day"
    form = next(one for one in read(bob.get(path)).forms if f"short.{ORDER}.{CARROTS.offer_id}" in one.fields)
    row = day.answers[ReadFarmLines][0]
    meanwhile = [CARROTS.model_copy(update={"short": 1000}), CHICKEN, EGGS]
    day.answers[ReadFarmLines] = [row.model_copy(update={"lines": meanwhile})]
    assert bob.post(path, data=form.fields | {f"grams.{ORDER}.{CHICKEN.offer_id}": "1,8"}).status_code == 303
    assert asked(day, SettleLines).lines == [
        Settled(order_id=ORDER, offer_id=CHICKEN.offer_id, short=0, grams=1800),
    ], "neither Alice's carrots, nor the eggs that were added since the page was shown"


def test_what_was_cleared_stays_cleared_when_something_else_is_wrong(bob: FlaskClient, day: FakeLine) -> None:
    path, short = f"/distributions/{SALE}/producers/{cast.FARM}/day", f"short.{ORDER}.{CARROTS.offer_id}"
    response = typed(bob, path, **{short: "", f"grams.{ORDER}.{CHICKEN.offer_id}": "lourd"})
    assert response.status_code == 400
    again = next(one for one in read(response).forms if short in one.fields)
    assert again.fields[short] == ""
    day.answers[SettleLines] = []
    assert bob.post(path, data=again.fields | {f"grams.{ORDER}.{CHICKEN.offer_id}": "1,743"}).status_code == 303
    assert asked(day, SettleLines).lines == [Settled(order_id=ORDER, offer_id=CARROTS.offer_id, short=0)]


def test_a_fault_stands_at_the_line_that_was_typed(bob: FlaskClient, day: FakeLine) -> None:
    path, field = f"/distributions/{SALE}/producers/{cast.FARM}/day", f"short.{ORDER}.{CHICKEN.offer_id}"
    response = typed(bob, path, **{field: "beaucoup"})
    assert response.status_code == 400 and "Écrivez un nombre" in read(response).text

    def refuse(command: SettleLines) -> Any:
        raise malformed_field("lines.0.short", "More is short than was ordered.", "too-much")

    day.answers[SettleLines] = refuse
    response = typed(bob, path, **{field: "4"})
    assert response.status_code == 400 and f'id="{field}-fault"' in response.get_data(as_text=True)
    assert "plus que ce qui était commandé" in read(response).text


def test_what_came_is_shared_after_a_look_at_who_gets_what(bob: FlaskClient, day: FakeLine, line: FakeLine) -> None:
    from tests.pages.test_shop import sell

    bread = cast.line("Baguette", share_rule="pro_rata")
    sale = sell(line, bread)
    share = Share(order_id=ORDER, number=7, code="K7M2QX", name="Bob", ordered=3, gets=2)
    shown = {"offer_id": bread.offer_id, "name": "Baguette", "unit": "piece", "rule": "pro_rata", "came": 30}
    sharing = Sharing.model_validate(shown | {"ordered": 37, "shares": [share]})
    day.answers |= {PreviewSharing: sharing, ShareShortage: sharing}
    path = f"/distributions/{sale.distribution_id}/offers/{bread.offer_id}/sharing"
    form = read(bob.get(path)).forms[-1]
    assert form.fields["rule"] == "pro_rata", "what the farm announced"
    looked = bob.post(path, data=form.fields | {"came": "30"})
    assert "37 commandés, 30 venus" in read(looked).text
    assert not [one for one, _, _ in day.asked if isinstance(one, ShareShortage)]
    done = next(one for one in read(looked).forms if "do" in one.fields)
    assert bob.post(path, data=done.fields).status_code == 303
    sent = asked(day, ShareShortage)
    assert (sent.came, sent.rule, sent.ordered) == (30, "pro_rata", 37)


def test_a_farm_drops_out_by_the_figures_that_were_shown(bob: FlaskClient, day: FakeLine) -> None:
    path = f"/distributions/{SALE}/producers/{cast.FARM}/drop-out"
    text = read(bob.get(path)).text
    assert all(word in text for word in ("41", "5", "812,40", "7"))
    day.answers[DropOut] = day.answers[ReadDropOut].model_copy(update={"declared_at": NOW})
    assert typed(bob, path, reason="Tracteur").status_code == 303
    sent = asked(day, DropOut)
    assert (sent.orders, sent.amount_cents, sent.reason) == (46, 81_240, "Tracteur")


def test_a_sale_is_cancelled_by_the_figures_that_were_shown(bob: FlaskClient, day: FakeLine) -> None:
    path = f"/distributions/{SALE}/cancel"
    day.answers[CancelSale] = day.answers[ReadCancellation].model_copy(update={"declared_at": NOW})
    assert typed(bob, path, reason="Trop de neige").status_code == 303
    sent = asked(day, CancelSale)
    assert (sent.orders, sent.amount_cents, sent.reason) == (46, 81_240, "Trop de neige")


def test_a_sale_is_shifted_by_the_version_and_the_figures_that_were_shown(bob: FlaskClient, day: FakeLine) -> None:
    path = f"/distributions/{SALE}/shift"
    day.answers[ShiftSale] = day.answers[ReadShift]
    hours = {"starts_at": "2026-12-05T10:00", "ends_at": "2026-12-05T12:00", "free_until": "2026-12-04T12:00"}
    assert typed(bob, path, **hours, reason="La neige").status_code == 303
    sent = asked(day, ShiftSale)
    assert (sent.version, sent.orders, sent.amount_cents, sent.reason) == (4, 46, 81_240, "La neige")
    assert sent.free_until == datetime(2026, 12, 4, 12) and sent.closes_at is not None  # noqa: DTZ001 (wall time)
    day.answers[ReadShift] = shifted(state="closed", done_at=NOW)
    page = read(bob.get(path))
    assert "ne rouvrent pas" in page.text and all("closes_at" not in form.fields for form in page.forms)


def test_a_farm_that_is_asked_again_may_decline(bob: FlaskClient, day: FakeLine) -> None:
    (before,) = day.answers[ListPresences]
    day.answers[ListPresences] = [before.model_copy(update={"asked_at": None, "coming": None, "shift_asked_at": NOW})]
    day.answers[ConfirmPresence] = before.model_copy(update={"coming": Coming.WITHDRAWN})
    path = f"/distributions/{SALE}/producers/{cast.FARM}/presence"
    assert "dites à nouveau si la ferme vient" in read(bob.get(path)).text
    assert typed(bob, path, "coming", coming="withdrawn", carrier="").status_code == 303
    assert asked(day, ConfirmPresence).coming is Coming.WITHDRAWN


def test_a_button_hands_over_the_version_that_was_seen(bob: FlaskClient, day: FakeLine) -> None:
    day.answers[SetHandover] = day.answers[ReadOrder].model_copy(update={"state": OrderState.HANDED_OVER})
    path = f"/distributions/{SALE}/day"
    form = next(one for one in read(bob.get(path)).forms if "state" in one.fields)
    assert bob.post(form.action, data=form.fields).status_code == 303
    sent = asked(day, SetHandover)
    assert (sent.order_id, sent.version, sent.state) == (ORDER, 3, OrderState.HANDED_OVER)


def test_a_carrier_must_be_named(bob: FlaskClient, day: FakeLine) -> None:
    def refuse(command: ConfirmPresence) -> Any:
        raise malformed_field("carrier", "Say who carries the goods.", "missing")

    day.answers[ConfirmPresence] = refuse
    response = typed(bob, f"/distributions/{SALE}/producers/{cast.FARM}/presence", coming="carried", carrier="")
    assert response.status_code == 400 and "Dites qui apporte les produits" in read(response).text


def test_a_farm_that_dropped_out_is_shown_so_and_asked_nothing_more(bob: FlaskClient, day: FakeLine) -> None:
    (before,) = day.answers[ListPresences]
    day.answers[ListPresences] = [before.model_copy(update={"dropped_out": True})]
    takes = {"distribution_id": SALE, "producer_id": cast.FARM, "producer_name": "Ferme", "presence": "accepted"}
    day.answers |= {
        ListParticipations: [Participation.model_validate(takes | {"closes_at": NOW})],
        ReadDistribution: distribution(Stage.CLOSED, distribution_id=SALE),
        ListRefusedOffers: [],
        ListExpiredMarks: [],
    }
    page = read(bob.get(f"/organise/distributions/{SALE}"))
    drop_out = f"/distributions/{SALE}/producers/{cast.FARM}/drop-out"
    assert page.links.count(drop_out) == 1 and "ne vient pas" in page.text and "Elle ne vient pas" not in page.text
    page = read(bob.get(f"/distributions/{SALE}/producers/{cast.FARM}/presence"))
    assert "c’est dit, et chacun est prévenu" in page.text and all("coming" not in form.fields for form in page.forms)
