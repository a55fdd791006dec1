"""What is written of an order goes to every adult of the household, once; an invitation to the address it names."""

from uuid import UUID, uuid4

from contracts.households import AdultChanged
from contracts.members import LetterAsked, PersonErased
from contracts.orders import ActOnBehalf
from tests.cast import BOB, MALIK, ODILE
from tests.notifications.conftest import Instance, changed, placed, recalled

ADULT = UUID(int=4100)


def joins(halle: Instance, person: UUID = MALIK, *, seq: int = 1, holds: bool = True) -> None:
    halle.know(BOB)
    halle.know(person, name="Malik", email="malik@example.org")
    halle.hear(AdultChanged(adult_id=ADULT, consumer_id=BOB, person_id=person, holds=holds), seq)


def addresses(halle: Instance) -> list[str]:
    return sorted(mail["to"].addresses[0].addr_spec for mail in halle.send())


def test_every_adult_is_told_once_of_an_order(halle: Instance) -> None:
    joins(halle)
    fact = uuid4()
    for _ in range(2):
        halle.hear(placed(), factid=fact)
    halle.hear(placed())  # told anew by an emptied broker
    assert addresses(halle) == ["bob@example.org", "malik@example.org"]
    halle.hear(changed(2), seq=2)
    assert addresses(halle) == ["bob@example.org", "malik@example.org"]
    halle.hear(recalled(BOB))
    assert addresses(halle) == ["bob@example.org", "malik@example.org"]


def test_who_left_the_household_is_told_no_more(halle: Instance) -> None:
    joins(halle, seq=3, holds=False)
    joins(halle, seq=2)  # late
    halle.hear(placed())
    assert addresses(halle) == ["bob@example.org"]


def test_a_mail_says_which_adult_did_it(halle: Instance) -> None:
    joins(halle)
    event = placed()
    done = {"version": event.order.version, "mediator_id": MALIK, "mediator_name": "Malik", "by_consent": False}
    act = ActOnBehalf.model_validate(done | {"acted_at": "2026-11-20T10:00:00Z"})
    halle.hear(event.model_copy(update={"order": event.order.model_copy(update={"acts": [act]})}))
    for mail in halle.send():
        said = mail.get_body(("plain",)).get_content()
        assert "Par Malik, de votre foyer." in said and "autorisation" not in said


def test_an_erased_consumer_is_not_kept_by_the_household_either(halle: Instance) -> None:
    joins(halle)
    event = placed()
    halle.hear(event.model_copy(update={"order": event.order.model_copy(update={"recipient": "Maman Étienne"})}))
    halle.send()
    halle.hear(PersonErased(person_id=BOB), seq=9)
    assert {row[0] for row in halle.rows("content")} == {None}


def test_an_erased_adult_leaves_the_consumers_mails_as_they_are(halle: Instance) -> None:
    joins(halle)
    halle.hear(placed())
    halle.send()
    halle.hear(PersonErased(person_id=MALIK), seq=9)
    kept = dict(halle.rows("person_id, content is not null"))
    assert kept == {BOB: True, MALIK: False}


def test_an_invitation_names_who_invites(halle: Instance) -> None:
    halle.know(ODILE, name="Odile Blanc")
    to = {"email": "zoe@example.org", "name": "Zoé", "language": "fr"}
    halle.hear(LetterAsked(letter_id=uuid4(), kind="household", inviter_id=ODILE, **to))
    (mail,) = halle.send()
    said = mail.get_body(("plain",)).get_content()
    assert mail["subject"] == "Odile Blanc vous propose de commander ensemble"
    assert "https://halle.example/account/household" in said and "ne sert qu'une fois" not in said
