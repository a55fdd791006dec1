"""A preparation list as a mail and as a table: what each order gets, to the unit."""

import csv
import io
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.lists import ListOrder, ListTotal, PreparationList
from contracts.money import Unit
from services.notifications import formats, listing
from services.notifications.mailer import as_mime
from services.notifications.rules import Kind
from tests.notifications.conftest import (
    prepared,
)
from tests.notifications.test_mails import SENDER, written


def test_a_preparation_list_in_french() -> None:
    mail = written(Kind.PREPARATION_LIST, prepared().model_dump_json(), name="Alice")
    assert mail.subject == "À préparer pour le mardi 24 novembre 2026 – Marché de Caromb"
    text = mail.text.replace("\xa0", "~")
    assert text.index("À PRÉPARER") < text.index("AU FRAIS") < text.index("PAR COMMANDE")
    assert "          18  Œufs            7,20~€\n      3,5~kg  Carottes       17,96~€\n" in text
    assert "AU FRAIS\n     0,75~kg  Tomme       18,00~€\n" in text
    assert "           1  Bob Étienne\n          12  Œufs\n      1,5~kg  Carottes\n" in text
    assert "le mardi 24 novembre 2026 à 17:30~:" in text


def test_a_list_without_orders_says_so() -> None:
    nothing = prepared(totals=[], orders=[], amount_cents=0)
    mail = written(Kind.PREPARATION_LIST, nothing.model_dump_json())
    assert "Rien n'a été commandé cette fois." in mail.text


def test_the_french_csv_is_exact() -> None:
    mail = written(Kind.PREPARATION_LIST, prepared().model_dump_json())
    (table,) = mail.attachments
    assert table.name == "preparation-2026-11-24.csv"
    assert table.content.decode("utf-8") == (
        "\ufeffCommande;Nom;Œufs;Carottes (kg);Tomme (kg)\r\n"
        ";Conservation;ambiant;ambiant;au frais\r\n"
        ";Total;18;3,5;0,75\r\n"
        ";Montant;7,20;17,96;18,00\r\n"
        "1;Bob Étienne;12;1,5;0,25\r\n"
        "2;'=Charlie;6;2;0,5\r\n"
    )


def test_the_csv_arrives_as_it_was_written() -> None:
    import email
    from email.policy import default

    mail = written(Kind.PREPARATION_LIST, prepared().model_dump_json(), "en")
    arrived = email.message_from_bytes(as_mime(mail, SENDER), policy=default)
    (part,) = arrived.iter_attachments()
    assert part.get_content_type() == "text/csv"
    assert part.get_payload(decode=True) == mail.attachments[0].content
    assert b"1,Bob \xc3\x89tienne,12,1.5,0.25\r\n" in mail.attachments[0].content


def totals(draw: st.DrawFn) -> PreparationList:
    units = draw(st.lists(st.sampled_from(list(Unit)), min_size=1, max_size=6))
    row = st.lists(st.integers(0, 99_999), min_size=len(units), max_size=len(units))
    quantities = draw(st.lists(row, max_size=8))
    storages = st.sampled_from(["ambient", "chilled", "frozen", "other"])
    found = [
        ListTotal(
            offer_id=UUID(int=i),
            name=f"P{i}",
            unit=unit,
            storage=draw(storages),
            quantity=sum(row[i] for row in quantities),
            amount_cents=0,
        )
        for i, unit in enumerate(units)
    ]
    orders = [ListOrder(number=None, code=f"C{i}", name="Bob", quantities=row) for i, row in enumerate(quantities)]
    return prepared(totals=found, orders=orders)


@given(st.composite(totals)(), st.sampled_from(["fr", "en"]))
def test_the_totals_of_the_table_are_the_sum_of_its_orders(listed: PreparationList, language: str) -> None:
    page = listing.as_csv(listed, language, str).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(page), delimiter=";" if language == "fr" else ","))
    titles, _, printed, _, *rows = table
    assert len(titles) == 2 + len(listed.totals)
    for column in range(2, len(titles)):
        assert thousandths(printed[column]) == sum(thousandths(row[column]) for row in rows)
    assert sum(map(thousandths, printed[2:])) == sum(
        total.quantity * (1000 if total.unit is Unit.PIECE else 1) for total in listed.totals
    )


@given(st.composite(totals)())
def test_what_each_order_gets_stands_under_it_and_nothing_else(listed: PreparationList) -> None:
    shown = [row for basket in listing.baskets(listed, "fr") for row in basket.rows]
    assert len(shown) == sum(bool(n) for one in listed.orders for n in one.quantities)
    sections = listing.sections(listed, "EUR", "fr")
    assert sum(len(section.rows) for section in sections) == len(listed.totals)


def thousandths(printed: str) -> int:
    whole, _, part = printed.replace(",", ".").partition(".")
    return int(whole) * 1000 + int(part.ljust(3, "0") or 0)


@pytest.mark.parametrize(
    ("number", "unit", "french", "english"),
    [
        (1500, Unit.KILOGRAM, "1,5 kg", "1.5 kg"),
        (1, Unit.KILOGRAM, "0,001 kg", "0.001 kg"),
        (12_000, Unit.KILOGRAM, "12 kg", "12 kg"),
        (750, Unit.LITRE, "0,75 l", "0.75 l"),
        (37, Unit.PIECE, "37", "37"),
    ],
)
def test_quantities_are_exact(number: int, unit: Unit, french: str, english: str) -> None:
    assert formats.quantity(number, unit, "fr").replace("\xa0", " ") == french
    assert formats.quantity(number, unit, "en").replace("\xa0", " ") == english


def test_money_is_written_as_people_write_it() -> None:
    assert formats.money(1250, "EUR", "fr") == "12,50\xa0€"
    assert formats.money(1250, "EUR", "en") == "€12.50"
    assert formats.spoken("eu") == "fr"
