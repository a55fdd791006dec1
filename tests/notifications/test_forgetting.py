"""An account ends: what others keep of it in their own mails goes with it."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.members import LetterAsked, PersonErased
from contracts.orders import ActOnBehalf, Order
from tests.cast import ALICE, BOB, MALIK, ODILE
from tests.notifications.conftest import Instance, added_late, placed


def test_an_erased_mediator_goes_from_what_consumers_keep(halle: Instance) -> None:
    halle.know(BOB)
    now = datetime.now(UTC)
    by = [
        ActOnBehalf(version=1, mediator_id=who, mediator_name=name, acted_at=now)
        for who, name in ((MALIK, 'Malik "M." Benali'), (ODILE, "Odile"))
    ]
    event = placed()
    halle.hear(event.model_copy(update={"order": event.order.model_copy(update={"acts": by})}))
    halle.send()
    halle.hear(PersonErased(person_id=MALIK), seq=9)
    (row,) = halle.rows("content")
    assert [act.mediator_name for act in Order.model_validate_json(row[0]).acts] == ["", "Odile"]


def test_an_erased_deputy_goes_from_what_is_still_to_be_sent(halle: Instance) -> None:
    halle.know(ALICE)
    halle.found_farm(ALICE)
    halle.know(ODILE, name="Odile Blanc")
    event = added_late(ODILE)
    by_odile = {"agreed": "Odile Blanc", "entered_by": "Odile Blanc"}
    halle.hear(event.model_copy(update={"lines": [line.model_copy(update=by_odile) for line in event.lines]}))
    halle.hear(PersonErased(person_id=ODILE), seq=9)
    (mail,) = halle.send()
    said = mail.get_body(("plain",)).get_content()
    assert "Odile" not in said and "L'accord" not in said


def test_a_letter_that_waits_is_not_sent_to_somebody_who_has_gone(halle: Instance) -> None:
    halle.know(BOB)
    halle.know(ODILE, email="odile@example.org")
    for number, address in enumerate(("bob@example.org", "odile@example.org")):
        to = {"email": address, "name": "", "language": "fr", "secret": "s"}
        halle.hear(LetterAsked(letter_id=UUID(int=800 + number), kind="reset_password", **to))
    halle.hear(PersonErased(person_id=BOB), seq=9)
    (mail,) = halle.send()
    assert mail["To"].addresses[0].addr_spec == "odile@example.org"
