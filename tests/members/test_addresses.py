"""An account moves to another address: by its password and a letter to the new one; the old one is told."""

import pytest
from pydantic import ValidationError

from contracts.accounts import AskConfirmation, AskNewAddress, AskReset, ConfirmEmail, MyAccount, SignUp
from contracts.errors import NotAllowed, NotFound
from contracts.members import LetterAsked, PersonChanged
from tests.members.conftest import PASSWORD, Person, Town

NEW = "bob@nouveau.example"
OLD = "bob@example.org"


def ask(town: Town, bob: Person, email: str = NEW, password: str = PASSWORD) -> object:
    return town.ask(AskNewAddress(email=email, password=password), bob)


def letters(town: Town) -> list[tuple[str, str]]:
    return [(letter.kind, letter.email) for letter in town.said(LetterAsked)]


def follow(town: Town) -> None:
    town.ask(ConfirmEmail(secret=town.letter("new_address").secret or ""))


def test_the_new_address_counts_once_its_letter_was_followed_and_the_old_one_is_told(town: Town, bob: Person) -> None:
    ask(town, bob)
    assert town.ask(MyAccount(), bob).email == OLD
    assert letters(town)[-1] == ("new_address", NEW)
    town.ask(AskReset(email=OLD))
    follow(town)
    assert town.ask(MyAccount(), bob).email == NEW
    assert letters(town)[-1] == ("address_changed", OLD)
    told = town.said(PersonChanged)[-1]
    assert (told.person_id, told.email, told.name) == (bob.id, NEW, "Bob")
    assert town.seqs(PersonChanged)[-1] > town.seqs(PersonChanged)[0]
    with pytest.raises(NotFound, match="link-over"):
        follow(town)
    with pytest.raises(NotAllowed):
        town.sign_in(OLD)
    assert town.sign_in(NEW).id == bob.id


def test_without_the_password_nothing_is_written_to_anybody(town: Town, bob: Person) -> None:
    before = letters(town)
    with pytest.raises(NotAllowed, match="wrong-password"):
        ask(town, bob, password="quelque chose d’autre")
    with pytest.raises(NotAllowed):
        town.ask(AskNewAddress(email=NEW, password=PASSWORD))
    assert letters(town) == before


def test_somebody_elses_address_is_told_to_its_owner_and_to_nobody_else(
    town: Town, bob: Person, charlie: Person
) -> None:
    assert ask(town, bob, "charlie@example.org") is None
    assert letters(town)[-1] == ("already_registered", "charlie@example.org")
    assert town.ask(MyAccount(), charlie).email == "charlie@example.org"


def test_an_address_that_was_confirmed_by_another_meanwhile_stays_his(town: Town, bob: Person) -> None:
    ask(town, bob)
    link = town.letter("new_address").secret or ""
    town.ask(SignUp(email=NEW, password=PASSWORD, name="Zoé"))
    town.ask(ConfirmEmail(secret=town.letter("confirm_email").secret or ""))
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ConfirmEmail(secret=link))
    assert town.ask(MyAccount(), bob).email == OLD
    assert town.sign_in(NEW).id != bob.id


def test_a_sign_up_that_nobody_confirmed_is_in_nobodys_way(town: Town, bob: Person) -> None:
    town.ask(SignUp(email=NEW, password=PASSWORD, name="Mallory"))
    sign_up = town.letter("confirm_email").secret or ""
    ask(town, bob)
    follow(town)
    assert town.sign_in(NEW).id == bob.id
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ConfirmEmail(secret=sign_up))
    before = letters(town)
    town.ask(AskConfirmation(email=NEW))
    assert letters(town) == before


def test_nobody_is_buried_in_letters_about_new_addresses(town: Town, bob: Person) -> None:
    for _ in range(7):
        ask(town, bob)
    assert letters(town).count(("new_address", NEW)) == 5


def test_who_signs_up_at_the_address_that_was_left_has_an_account_of_their_own(town: Town, bob: Person) -> None:
    ask(town, bob)
    follow(town)
    town.ask(SignUp(email=OLD, password=PASSWORD, name="Rémi"))
    town.ask(ConfirmEmail(secret=town.letter("confirm_email").secret or ""))
    assert town.sign_in(OLD).id != bob.id


def test_an_address_that_no_mail_reaches_is_refused_before_anybody_waits_for_its_letter() -> None:
    with pytest.raises(ValidationError, match="plain letters"):
        SignUp(email="zoé@example.org", password=PASSWORD, name="Zoé")
    assert SignUp(email="Zoe@Bücher.example", password=PASSWORD, name="Zoé").email == "zoe@bücher.example"
