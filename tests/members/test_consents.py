"""Consents: signed, renewed, ended at once; people without e-mail; nobody else's hands on any of it."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import uuid_utils.compat as uuid
from hypothesis import given
from hypothesis import strategies as st

from contracts.accounts import AskReset, EraseAccount, SignUp
from contracts.consents import (
    AddPerson,
    AppointMediator,
    Consent,
    ConsentChanged,
    ConsentEnding,
    EndConsent,
    GiveConsent,
    MyConsents,
    MyPeople,
    ReadConsent,
    RenewConsent,
)
from contracts.errors import Malformed, NotAllowed, NotFound
from contracts.members import GrantRight, LetterAsked, PersonChanged, RevokeRight, Right
from contracts.messages import Refused
from contracts.towns import insee_of, town_id
from services.members import rules
from tests.members.conftest import PASSWORD, Person, Town

CAROMB, ELSEWHERE = "84030", "84007"


@pytest.fixture
def operator(town: Town, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("HALLE_OPERATOR_EMAIL", "olga@example.org")
    return town.meet("Olga")


@pytest.fixture
def malik(town: Town, operator: Person) -> Person:
    """Malik mediates in Caromb."""
    malik = town.meet("Malik")
    appoint(town, operator, "malik")
    return malik


def appoint(town: Town, by: Person, name: str, insee: str = CAROMB) -> Any:
    return town.ask(AppointMediator(email=f"{name}@example.org", insee=insee), by)


def today(town: Town) -> date:
    now: datetime = town.rows("select halle_now() as now")[0].now
    return now.date()


def jeanne(town: Town, by: Person, **changes: Any) -> Consent:
    """Jeanne has no e-mail, and has signed."""
    wanted = {"insee": CAROMB, "name": "Jeanne Perrin", "phone": "04 90 62 00 01", "signed_on": today(town)}
    consent: Consent = town.ask(AddPerson.model_validate(wanted | changes), by)
    return consent


def gives(town: Town, consumer: Person, insee: str = CAROMB) -> Any:
    return town.ask(GiveConsent(email="malik@example.org", insee=insee), consumer)


def signed_in_again(town: Town, days: int) -> Person:
    """Malik after some days, when his session is over."""
    town.wait(days=days)
    return town.sign_in("malik@example.org")


def may_order(town: Town, mediator: Person, consent: Consent) -> bool:
    """What members says to orders, and to both parties alike."""
    listed = {one.consent_id: one.holds for one in town.ask(MyPeople(), mediator).consents}
    holds = listed.get(consent.consent_id, False)
    with nullcontext() if holds else pytest.raises(NotAllowed, match="no-consent"):
        town.ask(ReadConsent(consumer_id=consent.consumer_id), mediator)
    return holds


def test_a_person_without_email_is_signed_up_with_a_consent_and_gets_no_letter(town: Town, malik: Person) -> None:
    letters = len(town.said(LetterAsked))
    consent = jeanne(town, malik)
    assert (consent.consumer_name, consent.mediator_name, consent.insee) == ("Jeanne Perrin", "Malik", CAROMB)
    assert consent.on_paper and consent.holds and may_order(town, malik, consent)
    told = town.said(PersonChanged)[-1]
    assert (told.person_id, told.email, told.phone) == (consent.consumer_id, None, "04 90 62 00 01")
    town.wait(days=30)
    town.ring()
    assert town.rows("select 1 from accounts where name = 'Jeanne Perrin'"), "nobody confirms, and nobody forgets her"
    assert len(town.said(LetterAsked)) == letters


def test_a_consent_is_withdrawn_at_once_and_given_again_by_the_consumer(town: Town, malik: Person, bob: Person) -> None:
    consent = gives(town, bob)
    assert may_order(town, malik, consent) and not consent.on_paper
    (listed,) = town.ask(MyConsents(), bob).consents
    assert town.ask(MyPeople(), malik).consents == [listed] == [consent]
    town.ask(EndConsent(consent_id=consent.consent_id), bob)
    assert not may_order(town, malik, consent)
    assert [one.holds for one in town.ask(MyPeople(), malik).consents] == [False]
    again = gives(town, bob)
    assert again.consent_id == consent.consent_id and may_order(town, malik, again)
    assert town.seqs(ConsentChanged) == [1, 2, 3]
    assert [one.ended_at is None for one in town.said(ConsentChanged)] == [True, False, True]


def test_the_mediator_and_an_operator_end_a_consent_at_the_person_s_word(
    town: Town, malik: Person, operator: Person
) -> None:
    for word_noted_by in (malik, operator):
        consent = jeanne(town, malik)
        ended = town.ask(EndConsent(consent_id=consent.consent_id), word_noted_by)
        assert ended.ended_at is not None and not may_order(town, malik, consent)
        assert town.ask(EndConsent(consent_id=consent.consent_id), word_noted_by).ended_at == ended.ended_at
    ended = town.rows("select \"right\" from trail where door = 'members.end_consent' order by deed_id")
    assert [act.right for act in ended] == ["mediate", "mediate", "operate", "operate"]
    town.wait(days=366)
    town.ring()
    assert town.said(ConsentEnding) == [], "what was withdrawn does not end by itself"


def test_a_consent_ends_after_a_year_unless_a_new_paper_is_signed(town: Town, malik: Person) -> None:
    consent = jeanne(town, malik)
    malik = signed_in_again(town, 364)
    assert may_order(town, malik, consent)
    town.ring()
    assert [one.over for one in town.said(ConsentEnding)] == [False], "both were warned a month before"
    renewed = town.ask(RenewConsent(consent_id=consent.consent_id, signed_on=today(town)), malik)
    malik = signed_in_again(town, 360)
    assert renewed.valid_until > consent.valid_until and may_order(town, malik, consent)
    assert not may_order(town, signed_in_again(town, 6), consent)
    town.ring()
    told = [(one.over, one.version, one.valid_until) for one in town.said(ConsentEnding)]
    ends = renewed.valid_until
    assert told == [(False, 1, consent.valid_until), (False, 2, ends), (True, 2, ends)]


def test_a_paper_from_before_the_withdrawal_renews_nothing(town: Town, malik: Person) -> None:
    consent = jeanne(town, malik)
    town.wait(days=3)
    town.ask(EndConsent(consent_id=consent.consent_id), malik)
    cases = {-1: "older", 400: "future", -400: "too-old"}
    for days, fault in cases.items():
        day = today(town) + timedelta(days=days)
        with pytest.raises(Malformed) as malformed:
            town.ask(RenewConsent(consent_id=consent.consent_id, signed_on=day), malik)
        assert [one["code"] for one in malformed.value.details["fields"]] == [fault]
    town.ask(RenewConsent(consent_id=consent.consent_id, signed_on=today(town)), malik)
    assert may_order(town, malik, consent)


def test_a_mediator_renews_no_consent_of_somebody_who_can_sign_in(town: Town, malik: Person, bob: Person) -> None:
    consent = gives(town, bob)
    with pytest.raises(NotFound, match="no-such-consent"):
        town.ask(RenewConsent(consent_id=consent.consent_id, signed_on=today(town)), malik)


def test_without_the_right_in_this_town_a_consent_is_worth_nothing(
    town: Town, malik: Person, operator: Person, bob: Person
) -> None:
    consent = jeanne(town, malik)
    assert gives(town, bob, ELSEWHERE).code == "no-such-mediator"
    with pytest.raises(NotAllowed, match="right-missing"):
        jeanne(town, malik, insee=ELSEWHERE)
    town.ask(RevokeRight(grant_id=rules.grant_id(malik.id, Right.MEDIATE, town_id(CAROMB))), operator)
    assert not may_order(town, malik, consent)
    with pytest.raises(NotAllowed, match="right-missing"):
        town.ask(RenewConsent(consent_id=consent.consent_id, signed_on=today(town)), malik)


def test_mediators_appoint_nobody(town: Town, malik: Person, charlie: Person) -> None:
    for by in (malik, charlie):
        with pytest.raises(NotAllowed, match="right-missing"):
            appoint(town, by, "charlie")


def test_charlie_has_no_hand_in_anybodys_consent(town: Town, malik: Person, bob: Person, charlie: Person) -> None:
    consents = [jeanne(town, malik), gives(town, bob)]
    with pytest.raises(NotAllowed, match="right-missing"):
        jeanne(town, charlie)
    for consent in consents:
        assert not may_order(town, charlie, consent)
        for command in (
            EndConsent(consent_id=consent.consent_id),
            RenewConsent(consent_id=consent.consent_id, signed_on=today(town)),
        ):
            with pytest.raises(NotFound):
                town.ask(command, charlie)
        assert may_order(town, malik, consent)
    assert town.ask(MyConsents(), charlie).consents == town.ask(MyPeople(), charlie).consents == []


def test_nobody_mediates_for_himself_and_strangers_learn_of_no_address(town: Town, malik: Person, bob: Person) -> None:
    refused: Refused = gives(town, malik)
    unknown = town.ask(GiveConsent(email="nobody@example.org", insee=CAROMB), bob)
    assert refused == unknown and refused.code == "no-such-mediator"


def test_an_erased_account_ends_its_consents_on_both_sides(town: Town, malik: Person, bob: Person) -> None:
    consent = gives(town, bob)
    paper = jeanne(town, malik)
    town.ask(EraseAccount(password=PASSWORD), bob)
    assert not may_order(town, malik, consent) and may_order(town, malik, paper)
    town.ask(EraseAccount(password=PASSWORD), malik)
    ended = {one.consent_id for one in town.said(ConsentChanged) if one.ended_at}
    assert ended == {consent.consent_id, paper.consent_id}


def test_letters_never_find_a_person_without_email(town: Town, malik: Person) -> None:
    jeanne(town, malik)
    town.ask(AskReset(email="jeanne@example.org"))
    town.ask(SignUp(email="jeanne@example.org", password=PASSWORD, name="Jeanne Perrin"))
    assert [letter.kind for letter in town.said(LetterAsked)][-1] == "confirm_email", "that is another account"


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2060, 1, 1)))
def test_a_consent_lasts_a_year_to_the_day(signed_on: date) -> None:
    lasts = rules.consent_ends(signed_on) - datetime(signed_on.year, signed_on.month, signed_on.day, tzinfo=UTC)
    assert timedelta(days=364) < lasts <= timedelta(days=366)
    assert rules.fault_of_signing(signed_on, rules.consent_ends(signed_on), None) == "too-old"


@pytest.mark.parametrize("insee", ["84030", "2A004", "97411"])
def test_a_town_s_id_is_its_code_and_no_other_id_is_a_town_s(insee: str) -> None:
    assert insee_of(town_id(insee)) == insee
    assert insee_of(uuid.uuid7()) is None
    with pytest.raises(ValueError, match="held on a town"):
        GrantRight(email="malik@example.org", right=Right.MEDIATE, object_id=uuid.uuid7())
