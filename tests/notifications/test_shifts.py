"""A sale at another hour: everybody is told once per shift, with the hours, and farms of what they need not bring."""

from services.notifications.rules import Kind
from tests.cast import ALICE, BOB, CHARLIE, ODILE
from tests.notifications.changes import shifts
from tests.notifications.conftest import Instance, organises, placed
from tests.notifications.test_mails import written


def test_a_shift_is_told_once_to_each_and_a_second_one_again(halle: Instance) -> None:
    for person in (ALICE, BOB, ODILE, CHARLIE):
        halle.know(person)
    halle.hear(organises(ODILE))
    halle.found_farm(ALICE)
    halle.hear(placed())
    halle.send()
    *told, given_up = shifts()
    second = [one.model_copy(update={"shift": one.shift.model_copy(update={"number": 2})}) for one in told]
    for event in (*second, *told, given_up, *told, given_up):
        halle.hear(event)
    mails = [mail["To"] for mail in halle.send()]
    assert {name: sum(name in to for to in mails) for name in ("alice", "bob", str(ODILE))} == {
        "alice": 3, "bob": 2, str(ODILE): 2
    }  # fmt: skip
    assert len(mails) == 7


def test_a_shift_is_told_with_its_hours_and_until_when_one_may_cancel() -> None:
    of_order, of_farm, _, given_up = (event.model_dump_json() for event in shifts())
    mail = written(Kind.ORDER_SHIFTED, of_order)
    text = mail.text.replace("\xa0", " ")
    assert mail.subject == "La remise est décalée au samedi 28 novembre 2026 – Marché de Caromb"
    assert "du vendredi 27 novembre 2026 est décalée : elle a lieu le samedi 28 novembre 2026, de 10:00 à 12:00" in text
    assert "La route est coupée" in text and "librement jusqu'au vendredi 27 novembre 2026 à 12:00" in text
    assert "Les commandes ferment" not in text, "they are closed"
    assert written(Kind.FARM_ASKED_AGAIN, of_farm).text.endswith("/presence\n")
    dropped = written(Kind.LINES_GIVEN_UP, given_up, "en")
    assert dropped.subject == "Not to be brought any more, order 12 – Marché de Caromb"
