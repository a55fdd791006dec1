"""Yes and no between farms, markets, operators, consumers and mediators: each is told once to whom it concerns."""

from uuid import UUID

import pytest

from contracts.agreements import AdmissionChanged, ApprovalChanged, TermsChanged
from contracts.consents import ConsentChanged, ConsentEnding
from contracts.identity import Approval
from contracts.members import GrantChanged, PersonErased, Right, RightGiven
from contracts.planning import AdmissionState
from tests.cast import ALICE, BOB, CHARLIE, FARM, MALIK, MARKET, ODILE
from tests.notifications.changes import kept
from tests.notifications.conftest import Instance, grant, organises

OLGA = UUID(int=9)
PAIR = {"market_id": MARKET, "producer_id": FARM}


def everybody(halle: Instance) -> None:
    """Alice founded her farm, Malik sells for it too, Odile organises, Olga operates, Charlie is nobody."""
    for person in (ALICE, BOB, CHARLIE, MALIK, ODILE, OLGA):
        halle.know(person)
    halle.found_farm(ALICE)
    halle.hear(grant(MALIK))
    halle.hear(organises(ODILE))
    operates = {"person_id": OLGA, "right": Right.OPERATE, "object_id": None, "holds": True}
    halle.hear(GrantChanged(grant_id=UUID(int=96), **operates))


def told(halle: Instance) -> dict[str, list[str]]:
    """The subjects that came to each address meanwhile."""
    found: dict[str, list[str]] = {}
    for mail in halle.send():
        found.setdefault(mail["To"].addresses[0].addr_spec, []).append(mail["Subject"])
    return found


def admission(state: AdmissionState, by_person: UUID, *, by_market: bool, number: int) -> AdmissionChanged:
    said = {"state": state, "before": None, "by_market": by_market, "by_person": by_person}
    return kept(AdmissionChanged, **PAIR, **said, change_id=UUID(int=number))


def test_whoever_did_not_say_it_is_told_once_of_each_yes_and_no(halle: Instance) -> None:
    everybody(halle)
    asked = admission(AdmissionState.ASKED, ALICE, by_market=False, number=1)
    admitted = admission(AdmissionState.ADMITTED, ODILE, by_market=True, number=2)
    for event in (admitted, asked, admitted, asked):
        halle.hear(event)
    yes = "Ferme des Alpilles est admise – Marché de Caromb"
    assert told(halle) == {
        "alice@example.org": [yes],
        f"{MALIK}@example.org": [yes],
        f"{ODILE}@example.org": ["Ferme des Alpilles demande à vendre – Marché de Caromb"],
    }
    halle.hear(admission(AdmissionState.ENDED, ALICE, by_market=True, number=3))
    assert list(told(halle)) == [f"{MALIK}@example.org"], "Alice said it, though for the market"


def test_those_who_sell_are_asked_once_to_accept_terms_that_changed(halle: Instance) -> None:
    everybody(halle)
    for _ in range(2):
        halle.hear(kept(TermsChanged, **PAIR))
    asked = ["Conditions à accepter à nouveau – Marché de Caromb"]
    assert told(halle) == {"alice@example.org": asked, f"{MALIK}@example.org": asked}
    assert f"/farms/{FARM}/markets/{MARKET}" in halle.letterbox.mails[0].get_body(("plain",)).get_content()


def test_founder_organisers_and_other_operators_are_told_of_each_answer_once(halle: Instance) -> None:
    everybody(halle)
    about = {"market_id": MARKET, "founder_id": BOB}
    pending = kept(ApprovalChanged, **about, version=1, approval=Approval.PENDING, by_person=BOB)
    declined = kept(ApprovalChanged, **about, version=2, by_person=OLGA)
    for event in (declined, pending, pending, declined):
        halle.hear(event)
    no, waits = "Marché de Caromb n'est pas approuvé", "Marché de Caromb attend une approbation"
    assert told(halle) == {
        "bob@example.org": [no, waits],
        f"{ODILE}@example.org": [no, waits],
        f"{OLGA}@example.org": [waits],
    }


def test_a_founder_who_organises_no_more_is_told_of_no_answer(halle: Instance) -> None:
    everybody(halle)
    declined = kept(ApprovalChanged, market_id=MARKET, founder_id=BOB, version=2, by_person=OLGA)
    halle.hear(organises(BOB).model_copy(update={"grant_id": UUID(int=94), "holds": False}))
    halle.hear(declined)
    assert list(told(halle)) == [f"{ODILE}@example.org"]


def test_consumer_and_mediator_are_told_of_a_consent_with_each_other_s_name(halle: Instance) -> None:
    parties = {"consumer_id": BOB, "mediator_id": MALIK}
    given, ending = kept(ConsentChanged, **parties, ended_at=None), kept(ConsentEnding, **parties)
    over = ending.model_copy(update={"over": True})
    for event in (given, given, over, ending, ending, over):
        halle.hear(event)
    for person in (BOB, MALIK, CHARLIE):
        halle.know(person)
    soon, done = "L'autorisation de commander prend fin le 17 novembre 2027", "L'autorisation de commander a pris fin"
    subjects = told(halle)
    assert {address: sorted(them) for address, them in subjects.items()} == {
        address: ["Autorisation de commander", done, soon] for address in ("bob@example.org", f"{MALIK}@example.org")
    }
    for mail in halle.letterbox.mails:
        other = "Somebody" if "bob" in mail["To"] else "Bob Étienne"
        assert f"Avec\xa0: {other}" in mail.get_body(("plain",)).get_content()


def test_a_consent_that_ends_with_an_account_names_nobody(halle: Instance) -> None:
    halle.know(MALIK)
    halle.know(BOB)
    halle.hear(kept(ConsentChanged, consumer_id=BOB, mediator_id=MALIK), seq=2)
    halle.hear(PersonErased(person_id=BOB), seq=2)
    [mail] = halle.send()
    text = mail.get_body(("plain",)).get_content()
    assert "Étienne" not in text and "Avec" not in text and "ni lire ni changer" in text


def test_who_is_named_reads_for_what_by_whom_and_until_which_day(halle: Instance) -> None:
    for person in (BOB, ODILE):
        halle.know(person)
    event = kept(RightGiven, person_id=BOB, giver_id=ODILE)
    for _ in range(2):
        halle.hear(event)
    [mail] = halle.send()
    assert mail["To"].addresses[0].addr_spec == "bob@example.org"
    assert mail["Subject"] == "Une mission pour vous – Marché de Caromb"
    text = mail.get_body(("plain",)).get_content().replace("\xa0", " ")
    assert "Somebody vous confie ceci : tenir la caisse du marché." in text
    assert "Jusqu'au jeudi 31 décembre 2026 compris." in text and "https://halle.example/entrusted" in text


@pytest.mark.parametrize("right", list(Right))
def test_every_right_has_its_words(halle: Instance, right: Right) -> None:
    halle.know(BOB, language="en")
    halle.hear(kept(RightGiven, person_id=BOB, right=right, name="", valid_until=None))
    [mail] = halle.send()
    text = mail.get_body(("plain",)).get_content()
    assert f": {right}." not in text and "entrusted with this: " in text and "Until" not in text
