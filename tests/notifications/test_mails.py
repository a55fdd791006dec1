"""The words: French and English, plain and HTML, exact to the unit."""

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from contracts.agreements import AdmissionChanged, ApprovalChanged, TermsChanged
from contracts.catalog import Absence, Uncollected
from contracts.consents import ConsentChanged, ConsentEnding
from contracts.day import ShortReason
from contracts.expiring import Decision
from contracts.members import RightGiven
from contracts.orders import Order
from contracts.replanning import PlanChanged
from contracts.slots import Slot
from services.notifications import composing, writing
from services.notifications.mailer import Sender, as_mime
from services.notifications.rules import Kind
from services.notifications.store import Claimed
from tests.cast import MALIK, ODILE
from tests.notifications.changes import asked, by_choice, dropped, kept, near, repriced, shifts, withdrawn, written_to
from tests.notifications.conftest import (
    added_late,
    called_off,
    confirmed,
    dropped_out,
    expired,
    missed,
    order,
    prepared,
    recalled,
    sale_cancelled,
    shortened,
    still_open,
)
from tests.notifications.lending import lent

SERVICE = Path(composing.HERE)
SHIFTS = (Kind.ORDER_SHIFTED, Kind.FARM_ASKED_AGAIN, Kind.SALE_SHIFTED, Kind.LINES_GIVEN_UP)
SENDER = Sender("Halle", "halle@example.org", "test")


def message(kind: Kind, content: str, language: str = "fr", name: str = "Bob") -> Claimed:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    return Claimed(UUID(int=5), kind, content, now, 0, name, "bob@example.org", language)


def written(kind: Kind, content: str, language: str = "fr", name: str = "Bob") -> composing.Mail:
    return writing.write(message(kind, content, language, name), "https://halle.example")


def order_mail(changes: dict[str, Any], kind: Kind, language: str = "fr") -> composing.Mail:
    return written(kind, order(**changes).model_dump_json(), language)


def test_an_order_in_french() -> None:
    mail = order_mail({"recipient": "Maman"}, Kind.ORDER_PLACED)
    assert mail.subject == "Commande QK7D enregistrée – Marché de Caromb"
    assert mail.text.replace("\xa0", "~") == (
        "Bonjour Bob,\n"
        "\n"
        "Votre commande est enregistrée.\n"
        "\n"
        "      12  Œufs – Ferme des Alpilles          4,80~€\n"
        "  1,5~kg  Carottes – Ferme des Alpilles      7,70~€\n"
        "\n"
        "Total~: 12,50~€\n"
        "Code de la commande~: QK7D\n"
        "Pour~: Maman\n"
        "\n"
        "Voir la commande, la modifier ou l'annuler tant que la vente est ouverte~:\n"
        "https://halle.example/orders/00000000-0000-0000-0000-00000000004d\n"
    )


def test_the_fee_of_the_market_stands_below_the_goods() -> None:
    fee = {"payee": "Mairie de Caromb", "cents": 50, "vat_basis_points": 0}
    mail = order_mail({"fee": fee}, Kind.ORDER_PLACED)
    assert "Participation aux frais – Mairie de Caromb" in mail.text and "0,50" in mail.text
    assert "Participation aux frais" in mail.html
    assert "Market fee – Mairie de Caromb" in order_mail({"fee": fee}, Kind.ORDER_PLACED, "en").text


def test_the_slot_of_an_order_stands_in_its_mails() -> None:
    slot = {"starts_at": "2026-11-24T16:15:00Z", "ends_at": "2026-11-24T16:30:00Z", "time_zone": "Europe/Paris"}
    mail = order_mail({"slot": slot}, Kind.ORDER_PLACED)
    sentence = "Créneau de retrait : mardi 24 novembre 2026 de 17:15 à 17:30"
    assert sentence in mail.text.replace("\xa0", " ") and sentence in mail.html.replace("\xa0", " ")
    assert "from 17:15 to 17:30" in order_mail({"slot": slot}, Kind.ORDER_CHANGED, "en").text
    assert "Créneau" not in order_mail({"slot": slot}, Kind.ORDER_CANCELLED).text


def test_an_order_in_english() -> None:
    mail = order_mail({}, Kind.ORDER_CHANGED, "en-IE")
    assert mail.subject == "Order QK7D has changed – Marché de Caromb"
    text = mail.text.replace("\xa0", " ")
    assert "Hello Bob,\n" in text
    assert "  1.5 kg  Carottes – Ferme des Alpilles       €7.70\n" in text
    assert "Total: €12.50\n" in text


def test_a_mail_names_the_mediator_whose_version_it_tells() -> None:
    at = "2026-11-20T17:00:00Z"
    acts = [{"version": 1, "mediator_id": str(MALIK), "mediator_name": "Malik Benali", "acted_at": at}]
    by_malik, by_herself = (order_mail({"acts": acts, "version": version}, Kind.ORDER_CHANGED) for version in (1, 2))
    assert "En votre nom, avec votre autorisation : Malik Benali." in by_malik.text
    assert "En votre nom" not in by_herself.text
    assert "In your name" in order_mail({"acts": acts}, Kind.ORDER_PLACED, "en").html


def test_a_cancelled_order_says_so() -> None:
    assert "elle ne sera pas préparée" in order_mail({}, Kind.ORDER_CANCELLED).text


def test_what_is_missing_is_named_apart_from_what_comes() -> None:
    mail = written(Kind.ORDER_SHORTENED, shortened().model_dump_json())
    assert mail.subject == "Il manque quelque chose à votre commande – Marché de Caromb"
    text = mail.text.replace("\xa0", " ")
    missing, comes = text.split("Voici ce que vous aurez")
    assert "Ferme des Alpilles ne peut pas venir.\nLe tracteur est en panne.\n" in missing
    assert "1,5 kg  Carottes" in missing and "Carottes" not in comes
    assert "12  Œufs" in comes and "Total : 4,80 €" in comes and "Numéro : 12" in comes


def test_a_lower_price_is_told_with_both_totals() -> None:
    mail = written(Kind.ORDER_REPRICED, repriced().model_dump_json())
    assert mail.subject == "Votre commande coûte moins cher – Marché de Caromb"
    text = mail.text.replace("\xa0", " ").replace("\u202f", " ")
    assert "Carottes, 4,00 € au lieu de" in text
    assert "Ancien total : 12,50 €\nNouveau total : 10,80 €\n" in text


def test_a_raised_price_is_asked_with_both_amounts_and_what_silence_means() -> None:
    mail = written(Kind.PRICE_ASKED, asked().model_dump_json())
    text = mail.text.replace("\xa0", " ").replace("\u202f", " ")
    assert "6,00 € au lieu de" in text and "Au nouveau prix : 9,00 €" in text and "Le gel" in text
    assert "jusqu'au mardi 24 novembre 2026 à 18:00. Sans réponse, il est retiré" in text
    gone = written(Kind.LINES_DROPPED, dropped().model_dump_json())
    assert "n'a pas été confirmé" in gone.text and "Total" in gone.text
    empty = written(Kind.LINES_DROPPED, dropped(state="cancelled").model_dump_json(), "en")
    assert empty.subject.startswith("Your order is cancelled") and "Total" not in empty.text


def test_a_reminder_says_where_and_when_and_by_which_number() -> None:
    mail = written(Kind.ORDER_REMINDER, near().model_dump_json())
    assert mail.subject == "Votre commande vous attend le vendredi 4 décembre 2026 – Marché de Caromb"
    text = mail.text.replace("\xa0", " ")
    assert "Retrait : La halle, Place du Cabaret, 84330 Caromb\nLe vendredi 4 décembre 2026 de 17:30 à 19:30\n" in text
    assert "Numéro : 12\n" in text and "1,5 kg  Carottes" in text and "Total : 12,50 €" in text


def test_a_reminder_and_a_shift_say_the_slot_that_was_chosen() -> None:
    starts_at = datetime(2026, 12, 4, 16, 45, tzinfo=UTC)
    slot = Slot(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=15), time_zone="Europe/Paris")
    shifted, *_ = shifts()
    for kind, event in ((Kind.ORDER_REMINDER, near()), (Kind.ORDER_SHIFTED, shifted)):
        chosen = event.model_copy(update={"order": event.order.model_copy(update={"slot": slot})})
        mail = written(kind, chosen.model_dump_json())
        for text in (mail.text, mail.html):
            assert "vendredi 4 décembre 2026 de 17:45 à 18:00" in html.unescape(text)
        assert "Créneau" not in written(kind, event.model_dump_json()).text


def test_a_withdrawal_says_whether_orders_stand() -> None:
    gone = written(Kind.OFFER_WITHDRAWN, withdrawn().model_dump_json())
    assert gone.subject == "Carottes de plein champ n'est plus en vente – Marché de Caromb"
    assert "La grêle" in gone.text and "retiré aussi des commandes" in gone.text
    kept = written(Kind.OFFER_WITHDRAWN, withdrawn(decision=Decision.KEPT).model_dump_json())
    assert "Les commandes déjà passées restent." in kept.text
    lost = shortened().model_copy(update={"because": ShortReason.WITHDRAWN})
    assert "Un produit de Ferme des Alpilles est retiré" in written(Kind.ORDER_SHORTENED, lost.model_dump_json()).text


def test_an_order_of_which_nothing_comes_is_said_to_be_cancelled() -> None:
    _, gone = shortened().order.lines
    empty = shortened(state="cancelled", lines=[gone], total_cents=0)
    mail = written(Kind.ORDER_SHORTENED, empty.model_dump_json(), "en")
    assert mail.subject == "Your order cannot be prepared – Marché de Caromb"
    assert "there is nothing to pay" in mail.text and "Total" not in mail.text


def test_what_was_found_after_all_is_good_news() -> None:
    found = shortened(lines=order().lines, total_cents=1250)
    mail = written(Kind.ORDER_SHORTENED, found.model_dump_json())
    assert mail.subject.startswith("Rien ne manque plus") and "ne viendra pas" not in mail.text


def test_the_pick_up_is_told_when_the_event_carries_it() -> None:
    class LaterOrder(Order):
        venue_name: str = "Halle"
        venue_address: str = "Place du Cabaret"
        time_zone: str = "Europe/Paris"
        starts_at: datetime = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)

    later = LaterOrder.model_validate(order().model_dump())
    words = {"order": later, "rows": [], "act": None, "total": "", "link": ""}
    mail = composing.mail(message(Kind.ORDER_PLACED, ""), "order", words, about="", sender="")
    assert "Retrait\xa0: Halle, Place du Cabaret\nLe mardi 24 novembre 2026 à 17:30\n" in mail.text


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_says_the_same_in_plain_text_and_in_html(kind: Kind, language: str) -> None:
    content = {
        Kind.ORDER_PLACED: order().model_dump_json(),
        Kind.ORDER_CHANGED: order().model_dump_json(),
        Kind.ORDER_CANCELLED: order().model_dump_json(),
        Kind.ORDER_SHORTENED: shortened().model_dump_json(),
        Kind.ORDER_REPRICED: repriced().model_dump_json(),
        Kind.PRICE_ASKED: asked().model_dump_json(),
        Kind.LINES_DROPPED: dropped().model_dump_json(),
        Kind.DROP_OUT: dropped_out().model_dump_json(),
        Kind.CALLED_OFF: called_off(2).model_dump_json(),
        Kind.ORDER_REMINDER: near().model_dump_json(),
        Kind.SALE_CANCELLED: sale_cancelled().model_dump_json(),
        Kind.PLAN_CHANGED: kept(PlanChanged).model_dump_json(),
        Kind.THRESHOLD_MISSED: missed().model_dump_json(),
        Kind.PRESENCE_CONFIRMED: confirmed(1).model_dump_json(),
        Kind.BOOKS_STILL_OPEN: still_open().model_dump_json(),
        Kind.MARKS_EXPIRED: expired().model_dump_json(),
        Kind.OFFER_WITHDRAWN: withdrawn().model_dump_json(),
        Kind.LATE_LINES: added_late(ODILE).model_dump_json(),
        Kind.RECALL: recalled(ODILE).model_dump_json(),
        Kind.GROUP_MESSAGE: written_to(MALIK).model_dump_json(),
        Kind.PREPARATION_LIST: prepared().model_dump_json(),
        Kind.ADMISSION: kept(AdmissionChanged).model_dump_json(),
        Kind.TERMS: kept(TermsChanged).model_dump_json(),
        Kind.APPROVAL: kept(ApprovalChanged).model_dump_json(),
        Kind.APPROVAL_AS_OPERATOR: kept(ApprovalChanged).model_dump_json(),
        Kind.CONSENT: kept(ConsentChanged).model_dump_json(),
        Kind.CONSENT_ENDING: kept(ConsentEnding).model_dump_json(),
        Kind.RIGHT_GIVEN: kept(RightGiven).model_dump_json(),
    } | {kind: event.model_dump_json() for kind, event in zip(SHIFTS, shifts(), strict=True)}
    content |= dict.fromkeys((Kind.LOAN, Kind.TOWN_LOAN), lent(ODILE).model_dump_json())
    content |= dict.fromkeys((Kind.WINDOW_OPENED, Kind.CLOSING_SOON), by_choice())
    content = content.get(kind, '{"secret": "s"}')
    mail = written(kind, content, language)
    assert mail.subject
    assert f'lang="{language}"' in mail.html
    assert "{" not in mail.text
    assert "{{" not in mail.html
    assert set(re.findall(r"\w+", mail.text)) <= set(re.findall(r"\w+", html.unescape(mail.html)))


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        (None, "ne se commandent plus, et les commandes déjà passées restent"),
        (Decision.KEPT, "gardent les commandes déjà passées"),
        (Decision.WITHDRAWN, "les retirent de la vente et des commandes"),
    ],
)
def test_marks_that_expired_are_told_with_the_orders_concerned(decision: Decision | None, says: str) -> None:
    mail = written(Kind.MARKS_EXPIRED, expired(decision=decision).model_dump_json())
    text = mail.text.replace("\xa0", " ")
    assert says in text and "Carottes, Fenouil" in text
    assert "Commandes concernées : 14\nMontant : 86,40 €\n" in text
    assert text.endswith("/expired-marks\n")


@pytest.mark.parametrize(
    ("cancelled", "subject", "says"),
    [
        (False, "change", "La distribution du vendredi 4 décembre 2026 (La halle), où vous aviez dit venir, aura lieu"),
        (True, "est annulée", "où vous aviez dit venir, n'aura pas lieu."),
    ],
)
def test_a_plan_that_changes_is_told_with_what_it_was(cancelled: bool, subject: str, says: str) -> None:
    event = kept(PlanChanged).model_copy(update={"cancelled": cancelled})
    mail = written(Kind.PLAN_CHANGED, event.model_dump_json())
    assert mail.subject == f"La distribution du vendredi 4 décembre 2026 {subject} – Marché de Caromb"
    page = f"https://halle.example/farms/{event.producers[0]}/distributions/{event.distribution_id}"
    assert says in mail.text and (page in mail.text) is not cancelled
    assert ("le samedi 5 décembre 2026, de 10:00 à 12:00 (Salle des fêtes)" in mail.text) is not cancelled


def test_what_was_added_after_the_close_is_told_to_the_farm_with_who_agreed() -> None:
    event = added_late(ODILE)
    mail = written(Kind.LATE_LINES, event.model_dump_json())
    text = mail.text.replace("\xa0", " ")
    assert mail.subject == "À apporter en plus, commande 17 – Marché de Caromb"
    assert "1,5 kg  Carottes de plein champ\n" in text and "Jeanne, par téléphone\nSaisi par : Odile Vert\n" in text
    assert text.endswith(f"/distributions/{event.distribution_id}/producers/{event.producer_id}/day\n")


def test_a_confirmation_says_what_becomes_of_an_order_for_which_nobody_comes() -> None:
    until = {"kept_until": datetime(2026, 11, 24, 18, 30, tzinfo=UTC), "time_zone": "Europe/Paris"}
    policy = Absence(**until, by_proxy=True, in_fridge=False, uncollected=Uncollected.DONATED)
    text = order_mail({"absence": policy}, Kind.ORDER_PLACED).text.replace("\xa0", " ")
    assert "gardée jusqu'au mardi 24 novembre 2026 à 19:30." in text and "donnée, et reste due" in text
    assert "Quelqu'un d'autre" in text and "gardée" not in order_mail({"absence": policy}, Kind.ORDER_CANCELLED).text


def test_what_was_given_in_another_s_place_says_so() -> None:
    first, second = order().lines[:2]
    lines = [first.model_copy(update={"quantity": 0, "short": 12}), second]
    lines[1] = second.model_copy(update={"substitutes": first.offer_id})
    assert "(à la place de : Œufs)" in order_mail({"lines": lines, "number": 12}, Kind.ORDER_CHANGED).text


def test_a_recall_says_what_of_which_lot_and_what_the_farm_asks() -> None:
    mail = written(Kind.RECALL, recalled(ODILE).model_dump_json())
    text = mail.text.replace("\xa0", " ")
    assert mail.subject == "Rappel de produits : Chèvrerie du Barroux, lot C-2611 A"
    assert "0,25 kg  Tomme de chèvre\n" in text and "commande 17" in text and "jusqu'au 20 décembre 2026" in text
    assert "rapportez-la vendredi" in text and "votre santé" in text


@pytest.mark.parametrize("lot", ["Été 26", "L1\r\nBcc: x@example.org"])
def test_a_lot_is_typed_and_no_header_has_it(lot: str) -> None:
    mail = written(Kind.RECALL, recalled(ODILE).model_copy(update={"lot": lot}).model_dump_json())
    wire = as_mime(mail, SENDER).decode()
    assert not [line for line in wire.splitlines() if line.startswith("Bcc")]


def test_a_change_after_the_close_says_that_it_was_added_and_offers_no_other() -> None:
    text = order_mail({"version": 2, "number": 12}, Kind.ORDER_CHANGED).text
    assert "ajoutés à votre commande après la clôture" in text and "la modifier" not in text
    assert "la modifier" in order_mail({"version": 2}, Kind.ORDER_CHANGED).text
    late = order_mail({"number": 12}, Kind.ORDER_PLACED).text
    assert "écrite pour vous après la clôture" in late and "Numéro\xa0: 12" in late and "la modifier" not in late


def test_names_are_text_in_html_and_one_line_in_headers() -> None:
    hostile = {"market_name": "A\r\nBcc: x@example.org", "recipient": "<script>"}
    mail = order_mail(hostile, Kind.ORDER_PLACED)
    assert "<script>" not in mail.html
    assert "\n" not in mail.subject
    wire = as_mime(mail._replace(to_name="Bob\r\nBcc: y@example.org"), SENDER).decode()
    assert not [line for line in wire.splitlines() if line.startswith("Bcc")]


def test_every_text_has_its_english() -> None:
    methods = [("templates/*.*", "jinja2"), ("*.py", "python")]
    found = {text for _, _, text, _, _ in extract_from_dir(SERVICE, methods, keywords={"_": None, "gettext": None})} | {
        "ambiant",
        "au frais",
        "surgelé",
    }
    with (SERVICE / "translations" / "en.po").open("rb") as lines:
        english = {entry.id: entry.string for entry in read_po(lines) if entry.id}
    assert found == set(english)
    assert all(english.values())
