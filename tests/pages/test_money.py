"""Money's pages: whole in both languages, euros reach the service as cents, and each refusal is said where it arose."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from contracts.books import Books, ReadBooks
from contracts.day import SetHandover
from contracts.errors import Conflict, NotFound, Unavailable
from contracts.expiring import ListExpiredMarks
from contracts.messages import Refused
from contracts.money import VatRegime
from contracts.orders import DistributionState, OrderState, ReadOrder
from contracts.payments import (
    Adjust,
    Balance,
    Desk,
    GiveBack,
    Means,
    Movement,
    MovementKind,
    MyBalances,
    OrderMoney,
    Part,
    ReadOrderMoney,
    SellerMoney,
    TakePayment,
    UndoMovement,
)
from contracts.planning import Admission, AdmissionState, ListAdmissions, ListParticipations, ReadDistribution, Stage
from contracts.quality import ListRefusedOffers
from contracts.tills import Cheque, ListMandates, Mandate, ReadTills, SellerBooks, Till, TillPart, Tills
from tests import cast
from tests.pages.conftest import FakeLine, raises, sell
from tests.pages.conftest import app as app
from tests.pages.conftest import bob as bob
from tests.pages.conftest import line as line
from tests.pages.reading import read
from tests.pages.test_day import ORDER, SALE, asked, goods, typed
from tests.pages.test_day import day as day
from tests.pages.test_pages import NOW, distribution, is_whole
from tests.pages.test_pages import town as town

MOVEMENT, TILL, DESK, MANDATE = (UUID(int=number) for number in range(401, 405))
COUNTER = f"/distributions/{SALE}/day/{ORDER}"
FARM_ORDER = f"/distributions/{SALE}/producers/{cast.FARM}/orders/{ORDER}"
TILLS, BOOKS = f"/distributions/{SALE}/tills", f"/distributions/{SALE}/books"
MANDATES = f"/farms/{cast.FARM}/mandates"
PATHS = (
    COUNTER, f"{COUNTER}/payback", f"{COUNTER}/movements/{MOVEMENT}/undo", FARM_ORDER, f"{FARM_ORDER}/payback",
    f"{FARM_ORDER}/movements/{MOVEMENT}/undo", TILLS, f"{TILLS}/{TILL}", f"{TILLS}/{DESK}", BOOKS,
    f"/orders/{ORDER}", f"/orders/{ORDER}/receipt", "/account", MANDATES, f"/farms/{cast.FARM}",
    f"/organise/distributions/{SALE}", f"/distributions/{SALE}/day", f"/distributions/{SALE}/producers/{cast.FARM}/day",
)  # fmt: skip


def owed_to(producer_id: UUID, name: str, owed: int, paid: int = 0, adjusted: int = 0) -> SellerMoney:
    due = owed - adjusted - paid
    amounts = {"owed_cents": owed, "paid_cents": paid, "adjusted_cents": adjusted, "due_cents": due}
    return SellerMoney(producer_id=producer_id, producer_name=name, **amounts)


def moved(kind: MovementKind, cents: int, **changes: Any) -> Movement:
    given = {"movement_id": uuid4(), "kind": kind, "producer_id": cast.FARM, "amount_cents": cents, "at": NOW}
    return Movement.model_validate(given | changes)


def owed(*sellers: SellerMoney, **changes: Any) -> OrderMoney:
    given = {"order_id": ORDER, "version": 3, "number": 7, "currency": "EUR", "sellers": sellers, "final": False}
    return OrderMoney.model_validate(given | {"movements": []} | changes)


def till(till_id: UUID, holder: str, producer_id: UUID | None, *parts: TillPart, **changes: Any) -> Till:
    given = {"till_id": till_id, "holder": holder, "producer_id": producer_id, "float_cents": 4000}
    return Till.model_validate(given | {"parts": parts, "cheques": []} | changes)


BALANCES = [
    Balance(producer_id=cast.FARM, producer_name="Ferme <des> Alpilles", due_cents=1240, currency="EUR"),
    Balance(producer_id=cast.BAKERY, producer_name="Le Fournil", due_cents=-300, currency="EUR"),
]


def sold() -> SellerBooks:
    """What the farm sold and got that evening."""
    figures = {"orders": 46, "owed_cents": 81_240, "paid_cents": 80_000, "adjusted_cents": 240, "due_cents": 1000}
    return SellerBooks(producer_id=cast.FARM, producer_name="Ferme <des> Alpilles", **figures)


@pytest.fixture
def evening(day: FakeLine) -> FakeLine:
    """The hand-over has begun: half of the farm's 10.40 is paid by a cheque, 6.40 is due to the baker."""
    cheque = moved(MovementKind.TAKEN, 520, movement_id=MOVEMENT, means=Means.CHEQUE, reference="n° 118, La Poste")
    bread = goods("Pain", producer_id=cast.BAKERY, producer_name="Le Fournil", quantity=2, amount_cents=640)
    order = day.answers[ReadOrder]
    order = order.model_copy(update={"lines": [*order.lines, bread], "total_cents": 1680})
    parts = TillPart(producer_id=cast.FARM, producer_name="Ferme <des> Alpilles", cash_cents=9000, cheque_cents=520)
    kept = Cheque(movement_id=MOVEMENT, number=7, reference="=118, La Poste", amount_cents=520)
    tills = [till(TILL, "Ferme <des> Alpilles", cast.FARM, parts, cheques=[kept]), till(DESK, "Les Amis", None, parts)]
    mandate = {"mandate_id": MANDATE, "producer_id": cast.FARM, "market_id": cast.MARKET, "holder": "Les Amis"}
    admitted = {"market_id": cast.MARKET, "market_name": "Marché", "producer_id": cast.FARM, "producer_name": "Ferme"}
    day.answers |= {
        ReadOrder: order,
        ReadDistribution: distribution(Stage.HANDOVER, distribution_id=SALE),
        ReadOrderMoney: owed(
            owed_to(cast.FARM, "Ferme <des> Alpilles", 1040, 520),
            owed_to(cast.BAKERY, "Le Fournil", 640),
            movements=[cheque, moved(MovementKind.TAKEN, 100, means=Means.CASH, undone=True)],
            desks=[Desk(till_id=DESK, holder="Les Amis")],
        ),
        ReadTills: Tills(
            distribution_id=SALE,
            market_name="Marché",
            currency="EUR",
            tills=tills,
            sellers=[sold()],
            open_orders=[7, 9],
        ),
        ReadBooks: Books(
            distribution_id=SALE, state=DistributionState.HANDOVER, open_orders=[7], total_cents=81_240, currency="EUR"
        ),
        MyBalances: BALANCES,
        ListMandates: [Mandate.model_validate(mandate | {"given_on": date(2026, 9, 12)})],
        ListParticipations: [],
        ListRefusedOffers: [],
        ListExpiredMarks: [],
        ListAdmissions: [Admission.model_validate(admitted | {"state": AdmissionState.ADMITTED, "town": "Caromb"})],
    }
    return day


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_of_money_is_whole(bob: FlaskClient, evening: FakeLine, path: str, language: str) -> None:
    is_whole(bob, path, language)


def test_what_is_due_is_taken_by_a_button_and_a_means(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[TakePayment] = evening.answers[ReadOrderMoney]
    assert "Reste 11,60 €" in read(bob.get(COUNTER)).text
    form = read(bob.get(COUNTER)).form("/payments")
    due = [f"parts.{farm}.amount_cents" for farm in (cast.FARM, cast.BAKERY)]
    assert [form.fields[name] for name in due] == ["5,20", "6,40"]
    sent = bob.post(form.action, data=form.fields | {"pays": [cast.FARM, cast.BAKERY], "means": "cash"})
    assert sent.location == f"{COUNTER}?said=taken"
    command = asked(evening, TakePayment)
    assert (command.version, command.means, command.desk_id, command.later) == (3, Means.CASH, DESK, False)
    assert command.parts == [
        Part(producer_id=cast.FARM, amount_cents=520),
        Part(producer_id=cast.BAKERY, amount_cents=640),
    ]


def take(bob: FlaskClient, **fields: Any) -> Any:
    form = read(bob.get(COUNTER)).form("/payments")
    return bob.post(form.action, data=form.fields | {"pays": str(cast.FARM), "means": "cheque"} | fields)


def test_a_farm_that_is_not_ticked_is_not_paid(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[TakePayment] = evening.answers[ReadOrderMoney]
    assert take(bob, desk_id="", **{f"parts.{cast.FARM}.amount_cents": "5.2"}).status_code == 303
    command = asked(evening, TakePayment)
    assert command.parts == [Part(producer_id=cast.FARM, amount_cents=520)] and command.desk_id is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("cinq", "Écrivez un nombre"), ("0", "au-dessus de zéro"), ("", "Écrivez un montant"), ("5,205", "un nombre")],
)
def test_an_amount_that_is_none_is_told_at_its_field(
    bob: FlaskClient, evening: FakeLine, text: str, sentence: str
) -> None:
    field = f"parts.{cast.FARM}.amount_cents"
    sent = take(bob, **{field: text}, reference="n° 119")
    page = read(sent)
    assert sent.status_code == 400 and sentence in page.text and evening.acts() == []
    assert f"#{field}" in page.links and f"{field}-fault" in page.ids and "#parts" not in page.links
    assert page.form("/payments").fields["reference"] == "n° 119"


def test_somebody_must_be_paid_somehow(bob: FlaskClient, evening: FakeLine) -> None:
    page = read(take(bob, pays=[], means=""))
    assert "une ferme à payer" in page.text and "Choisissez comment" in page.text and evening.acts() == []
    assert {"#parts", "#means"} <= set(page.links)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("cash-limit", "1 000 € par ferme et par commande : Le Fournil, La Ruche"),
        ("no-mandate", "le mandat de : Le Fournil, La Ruche"),
        ("books-closed", "sont clos"),
    ],
)
def test_a_refused_payment_says_why_and_keeps_what_was_typed(
    bob: FlaskClient, evening: FakeLine, code: str, sentence: str
) -> None:
    evening.answers[TakePayment] = Refused(code=code, message="No.", details={"farms": ["Le Fournil", "La Ruche"]})
    sent = take(bob, **{f"parts.{cast.FARM}.amount_cents": "4"})
    page = read(sent)
    assert sent.status_code == 409 and sentence in page.text
    assert page.form("/payments").fields[f"parts.{cast.FARM}.amount_cents"] == "4"


def test_an_order_that_moved_is_shown_again(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[TakePayment] = raises(Conflict("order-changed", "Moved."))
    assert take(bob).status_code == 409


@pytest.mark.parametrize("away", [NotFound("no-such-order", "?"), Unavailable("no-answer", "?"), None])
def test_an_order_is_handed_over_while_its_amounts_are_on_their_way(
    bob: FlaskClient, evening: FakeLine, away: Exception | None
) -> None:
    """Unknown, payments away, or an older version than the page shows."""
    older = evening.answers[ReadOrderMoney].model_copy(update={"version": 2})
    evening.answers[ReadOrderMoney] = raises(away) if away else older
    evening.answers[SetHandover] = evening.answers[ReadOrder].model_copy(update={"state": OrderState.HANDED_OVER})
    page = read(bob.get(COUNTER))
    assert "arrivent dans un instant" in page.text
    assert not [form for form in page.forms if form.action.endswith("/payments")]
    form = next(form for form in page.forms if form.fields.get("state") == "handed_over")
    assert bob.post(form.action, data=form.fields | {"to": "Sa voisine"}).status_code == 303
    assert asked(evening, SetHandover).to == "Sa voisine"


def test_before_the_close_nothing_is_asked_about_money(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[ReadOrder] = evening.answers[ReadOrder].model_copy(update={"number": None})
    assert "Paiement" not in read(bob.get(COUNTER)).text
    assert not [one for one, _, _ in evening.asked if isinstance(one, ReadOrderMoney)]


def test_closed_books_leave_nothing_to_take_at_the_counter(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[ReadOrderMoney] = evening.answers[ReadOrderMoney].model_copy(update={"final": True})
    page = read(bob.get(COUNTER))
    assert "sont clos" in page.text and "Encaisser" not in page.text
    later = read(bob.get(FARM_ORDER)).form("/payments")
    evening.answers[TakePayment] = evening.answers[ReadOrderMoney]
    assert bob.post(later.action, data=later.fields | {"pays": str(cast.FARM), "means": "transfer"}).status_code == 303
    assert asked(evening, TakePayment).later


def test_a_farm_sees_its_own_part_and_nobody_else_s(bob: FlaskClient, evening: FakeLine) -> None:
    page = read(bob.get(FARM_ORDER))
    assert "Le Fournil" not in page.text and "Ferme <des> Alpilles" in page.text
    gone = bob.get(f"/distributions/{SALE}/producers/{cast.FARM}/orders/{UUID(int=9)}")
    assert gone.status_code == 404


def test_a_farm_makes_a_gesture_with_a_reason(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[Adjust] = evening.answers[ReadOrderMoney]
    form = read(bob.get(FARM_ORDER)).form("/adjustments")
    wrong = read(bob.post(form.action, data=form.fields | {"part.amount_cents": "peu"}))
    assert "Écrivez un nombre" in wrong.text and "Dites pourquoi" in wrong.text and evening.acts() == []
    done = bob.post(form.action, data=form.fields | {"part.amount_cents": "2,40", "reason": "Abîmées"})
    assert done.location == f"{FARM_ORDER}?said=adjusted"
    command = asked(evening, Adjust)
    assert command.part == Part(producer_id=cast.FARM, amount_cents=240) and command.reason == "Abîmées"


@pytest.mark.parametrize("place", [COUNTER, FARM_ORDER])
def test_a_movement_is_undone_with_a_reason(bob: FlaskClient, evening: FakeLine, place: str) -> None:
    path = f"{place}/movements/{MOVEMENT}/undo"
    assert path in read(bob.get(place)).links
    assert "Dites pourquoi" in read(typed(bob, path, reason="")).text and evening.acts() == []
    evening.answers[UndoMovement] = evening.answers[ReadOrderMoney]
    assert typed(bob, path, reason="En espèces").location == f"{place}?said=undone"
    assert asked(evening, UndoMovement) == UndoMovement(movement_id=MOVEMENT, reason="En espèces")
    evening.answers[UndoMovement] = Refused(code="undone", message="Undone.")
    assert "déjà annulé" in read(typed(bob, path, reason="Encore")).text


@pytest.mark.parametrize("place", [COUNTER, FARM_ORDER])
def test_nobody_is_offered_to_undo_what_is_not_his(bob: FlaskClient, evening: FakeLine, place: str) -> None:
    found = evening.answers[ReadOrderMoney]
    theirs = [one.model_copy(update={"may_undo": False}) for one in found.movements]
    evening.answers[ReadOrderMoney] = found.model_copy(update={"movements": theirs})
    assert f"{place}/movements/{MOVEMENT}/undo" not in read(bob.get(place)).links


def test_what_was_paid_too_much_is_given_back(bob: FlaskClient, evening: FakeLine) -> None:
    too_much = owed_to(cast.BAKERY, "Le Fournil", 640, 760)
    found = evening.answers[ReadOrderMoney]
    evening.answers[ReadOrderMoney] = found.model_copy(update={"sellers": [found.sellers[0], too_much]})
    path = f"{COUNTER}/payback"
    form = read(bob.get(path)).form("")
    assert (form.fields["part.amount_cents"], form.fields["producer_id"]) == ("1,20", str(cast.BAKERY))
    evening.answers[GiveBack] = evening.answers[ReadOrderMoney]
    assert typed(bob, path, "means", means="cash", desk_id=str(DESK)).location == f"{COUNTER}?said=given-back"
    assert asked(evening, GiveBack).part == Part(producer_id=cast.BAKERY, amount_cents=120)
    evening.answers[GiveBack] = Refused(code="more-than-paid", message="No.", details={"paid_cents": 640})
    refused = typed(bob, path, "means", means="cash", **{"part.amount_cents": "9"})
    assert refused.status_code == 409 and "plus que ce qui a été payé" in read(refused).text
    assert read(refused).form("").fields["part.amount_cents"] == "9"


def test_a_consumer_reads_what_remains_and_has_a_receipt(bob: FlaskClient, evening: FakeLine) -> None:
    page = read(bob.get(f"/orders/{ORDER}"))
    assert "payé 5,20 €" in page.text and f"/orders/{ORDER}/receipt" in page.links
    text = read(bob.get(f"/orders/{ORDER}/receipt")).text
    assert "5,20 € encaissé, chèque" in text and "n° 118, La Poste" in text
    assert "Reste à payer : 5,20 €" in text and "Reste à payer : 6,40 €" in text
    assert "dont TVA à 5,5 % : 0,33 € sur 6,40 €" in text
    assert "1,00 € encaissé" not in text, "what was undone is no payment"


@pytest.mark.parametrize(
    ("regime", "words"),
    [
        (VatRegime.FRANCHISE, "TVA non applicable, franchise en base"),
        (VatRegime.FLAT_RATE, "TVA non facturée, remboursement forfaitaire agricole"),
    ],
)
def test_a_receipt_says_why_there_is_no_vat_in_it(
    bob: FlaskClient, evening: FakeLine, regime: VatRegime, words: str
) -> None:
    order = evening.answers[ReadOrder]
    lines = [one.model_copy(update={"vat_basis_points": 0}) for one in order.lines]
    evening.answers[ReadOrder] = order.model_copy(update={"lines": lines})
    sell(evening, cast.line("Carottes", producer_id=cast.FARM, vat_basis_points=0, vat_regime=regime))
    text = read(bob.get(f"/orders/{ORDER}/receipt")).text
    of_farm, of_bakery = text.split("Fournil", 1)
    assert words in of_farm and "TVA 0" not in of_farm and "dont TVA" not in of_farm
    assert words not in of_bakery


def test_a_receipt_leads_back_to_the_counter_whoever_did_not_order(bob: FlaskClient, evening: FakeLine) -> None:
    assert f"/orders/{ORDER}" in read(bob.get(f"/orders/{ORDER}/receipt")).links
    evening.answers[ReadOrder] = evening.answers[ReadOrder].model_copy(update={"consumer_id": cast.CHARLIE})
    links = read(bob.get(f"/orders/{ORDER}/receipt")).links
    assert COUNTER in links and f"/orders/{ORDER}" not in links


def test_a_cancelled_order_s_receipt_is_about_what_was_paid(bob: FlaskClient, evening: FakeLine) -> None:
    paid = moved(MovementKind.TAKEN, 520, means=Means.CASH)
    nothing = owed_to(cast.FARM, "Ferme <des> Alpilles", 0, 520)
    evening.answers[ReadOrder] = evening.answers[ReadOrder].model_copy(update={"state": OrderState.CANCELLED})
    evening.answers[ReadOrderMoney] = owed(nothing, movements=[paid])
    text = read(bob.get(f"/orders/{ORDER}/receipt")).text
    assert "Carottes" not in text and "La ferme vous doit 5,20 €" in text
    assert f"/orders/{ORDER}/receipt" in read(bob.get(f"/orders/{ORDER}")).links


def test_a_receipt_waits_for_its_amounts(bob: FlaskClient, evening: FakeLine) -> None:
    evening.answers[ReadOrderMoney] = evening.answers[ReadOrderMoney].model_copy(update={"version": 2})
    for path in (f"/orders/{ORDER}", f"/orders/{ORDER}/receipt"):
        assert "arrivent dans un instant" in read(bob.get(path)).text


def test_balances_stand_in_the_account_where_there_are_some(bob: FlaskClient, evening: FakeLine) -> None:
    text = read(bob.get("/account")).text
    assert "vous devez 12,40 €" in text and "vous doit 3,00 €" in text
    for nothing in (lambda _asked: [], raises(Unavailable("no-answer", "?"))):
        evening.answers[MyBalances] = nothing
        assert "Mes soldes" not in read(bob.get("/account")).text
