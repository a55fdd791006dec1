"""Somebody without e-mail is erased at their word: by the mediator whom they trust at that instant, by nobody else."""

import pytest

from contracts.consents import EndConsent, ErasePerson, GiveConsent, MyPeople
from contracts.errors import NotFound
from contracts.members import PersonChanged, PersonErased
from tests.members.conftest import Person, Town
from tests.members.test_consents import CAROMB, ELSEWHERE, appoint, jeanne
from tests.members.test_consents import malik as malik
from tests.members.test_consents import operator as operator


def test_a_mediator_erases_somebody_without_e_mail_who_asked_for_it(town: Town, malik: Person) -> None:
    consent = jeanne(town, malik)
    town.ask(ErasePerson(consent_id=consent.consent_id), malik)
    (erased,) = town.said(PersonErased)
    assert erased.person_id == consent.consumer_id
    assert {told.name for told in town.said(PersonChanged) if told.person_id == consent.consumer_id} == {""}
    (person,) = town.rows("select name, phone, erased_at from accounts where person_id = :p", p=consent.consumer_id)
    assert (person.name, person.phone) == ("", None) and person.erased_at
    assert town.ask(MyPeople(), malik).consents == []
    (deed,) = town.rows("select person_id, objects from trail where door = 'members.erase_person'")
    assert deed.person_id == malik.id and deed.objects
    with pytest.raises(NotFound):
        town.ask(ErasePerson(consent_id=consent.consent_id), malik)


def test_nobody_else_erases_her_nor_he_once_she_said_no(
    town: Town, operator: Person, malik: Person, charlie: Person
) -> None:
    consent = jeanne(town, malik)
    zoe = town.meet("Zoe")
    appoint(town, operator, "zoe", ELSEWHERE)
    for stranger in (charlie, zoe, operator):
        with pytest.raises(NotFound, match="no-such-consent"):
            town.ask(ErasePerson(consent_id=consent.consent_id), stranger)
    town.ask(EndConsent(consent_id=consent.consent_id), malik)
    with pytest.raises(NotFound, match="no-such-consent"):
        town.ask(ErasePerson(consent_id=consent.consent_id), malik)
    assert not town.said(PersonErased)


def test_who_can_sign_in_is_erased_by_nobody_else(town: Town, malik: Person, bob: Person) -> None:
    consent = town.ask(GiveConsent(email="malik@example.org", insee=CAROMB), bob)
    with pytest.raises(NotFound, match="no-such-consent"):
        town.ask(ErasePerson(consent_id=consent.consent_id), malik)
    assert not town.said(PersonErased)
