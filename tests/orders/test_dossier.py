"""All that a service keeps of one person is read out by its own tables, with what belongs to it, and nobody else's."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import text

from bus import database, dossier, operate
from bus.doors import Call
from tests.cast import BOB, CHARLIE, line, sheet
from tests.orders.test_day import known
from tests.orders.test_placing import opened, place


@pytest.fixture
def orders(call: Callable[..., Call]) -> list[str]:
    """Bob's order and Charlie's."""
    known(BOB, "Bob Étienne", email=None, phone="+33490620001")
    known(CHARLIE, "Charlie Blanc", email=None, phone=None)
    published = opened(sheet(line(), line("Leeks")))
    return [str(place(call, person, published, 1, 2).order_id) for person in (BOB, CHARLIE)]


def test_a_person_s_rows_come_with_what_belongs_to_them(orders: list[str]) -> None:
    with database.transaction() as tx:
        found = dossier.of_person(tx, BOB)
    assert [row["name"] for row in found["people"]] == ["Bob Étienne"]
    assert [str(row["id"]) for row in found["orders"]] == orders[:1]
    assert [row["quantity"] for row in found["order_lines"]] == [1, 2]
    assert not found.keys() & dossier.TRAVELS


def test_of_others_rows_that_name_somebody_only_ids_and_instants_are_shown(orders: list[str]) -> None:
    with database.transaction() as tx:
        given = {"bob": BOB, "of": CHARLIE}
        tx.execute(text("update orders set handed_by = :bob, handed_to = 'Sa fille' where consumer_id = :of"), given)
        found = dossier.of_person(tx, BOB)
    own, others = found["orders"]
    assert str(own["id"]) == orders[0] and own["total_cents"] and str(others["id"]) == orders[1]
    assert not others.keys() & {"handed_to", "recipient", "total_cents"} and len(found["order_lines"]) == 2


def test_somebody_is_found_by_a_part_of_the_name_and_printed_whole(
    orders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert operate.main(["person", "étienne"]) == 0
    assert capsys.readouterr().out == f"{BOB}\tBob Étienne\n"
    assert operate.main(["person", str(BOB)]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["orders"]["people"][0]["phone"] == "+33490620001"
    assert orders[1] not in printed and "Charlie" not in printed


def test_nobody_is_said(orders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert operate.main(["person", "Zoé"]) == 1
    assert "Nobody here has 'Zoé' in the name." in capsys.readouterr().err
