"""Signing up, confirming, and asking for a new password: what letters carry and what answers hide."""

import pytest

from contracts.accounts import (
    AskConfirmation,
    AskReset,
    ConfirmEmail,
    ResetPassword,
    SignIn,
    SignUp,
)
from contracts.errors import Conflict, Malformed, NotAllowed, NotFound
from contracts.members import LetterAsked, PersonChanged, TokensRevoked
from tests.members.conftest import PASSWORD, Person, Town

ALICE = "alice@example.org"


def sign_up(email: str = ALICE, password: str = PASSWORD, name: str = "Alice") -> SignUp:
    return SignUp(email=email, password=password, name=name, language="fr")


def sign_in(password: str = PASSWORD, email: str = ALICE) -> SignIn:
    return SignIn(email=email, password=password, address="192.0.2.1", device="Firefox")


def test_the_tables_are_what_the_migrations_make(town: Town) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bus import database
    from services.members import store

    with database.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, store.metadata) == []


def test_an_account_opens_once_its_letter_is_answered(town: Town) -> None:
    town.ask(sign_up())
    with pytest.raises(NotAllowed, match="confirm-email"):
        town.ask(sign_in())
    town.ask(ConfirmEmail(secret=town.letter("confirm_email").secret or ""))
    assert town.ask(sign_in()).person.name == "Alice"
    (told,) = town.said(PersonChanged)
    assert (told.email, told.name) == (ALICE, "Alice")


def test_a_wrong_password_does_not_tell_that_an_account_waits_for_its_letter(town: Town) -> None:
    town.ask(sign_up())
    with pytest.raises(NotAllowed, match="wrong-email-or-password"):
        town.ask(sign_in("something else"))


def test_a_link_is_followed_once_and_within_48_hours(town: Town) -> None:
    town.ask(sign_up())
    secret = town.letter("confirm_email").secret or ""
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ConfirmEmail(secret=secret[:-1] + ("A" if secret[-1] != "A" else "B")))
    town.wait(hours=48, seconds=1)
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ConfirmEmail(secret=secret))
    town.ask(AskConfirmation(email=ALICE))
    fresh = town.letter("confirm_email").secret or ""
    town.ask(ConfirmEmail(secret=fresh), key="k1")
    town.ask(ConfirmEmail(secret=fresh), key="k1")
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ConfirmEmail(secret=fresh), key="k2")


def test_signing_up_with_a_known_address_answers_alike_and_writes_to_its_owner(town: Town, alice: Person) -> None:
    assert town.ask(sign_up(ALICE.upper(), "another password", "Mallory")) is None
    assert town.ask(sign_up("new@example.org")) is None
    letter = town.letter("already_registered")
    assert (letter.email, letter.name, letter.secret) == (ALICE, "Alice", None)
    assert town.sign_in(ALICE).id == alice.id
    assert len(town.said(PersonChanged)) == 1


def test_who_signs_up_with_anothers_address_does_not_choose_the_password(town: Town) -> None:
    town.ask(sign_up())
    own = town.letter("confirm_email").secret or ""
    town.ask(sign_up(password="chosen by Mallory", name="Mallory"))
    town.ask(ConfirmEmail(secret=own))
    assert town.ask(sign_in()).person.name == "Alice"
    with pytest.raises(NotAllowed, match="wrong-email-or-password"):
        town.ask(sign_in("chosen by Mallory"))


def test_the_same_key_signs_up_once_and_keeps_nothing_of_the_password(town: Town) -> None:
    town.ask(sign_up(), key="k")
    town.ask(sign_up(), key="k")
    assert len(town.said(LetterAsked)) == 1
    with pytest.raises(Conflict, match="key-reused"):
        town.ask(sign_up(name="Alicia"), key="k")
    kept = town.rows("select question from idempotency")
    assert kept == town.rows(
        "select sha256(convert_to(:body, 'UTF8')) as question",
        body=sign_up().model_dump_json(exclude={"password"}),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no address"), ("password", "9 letters"), ("name", "  "), ("phone", "none")],
)
def test_a_field_that_is_not_as_it_must_be_is_named(town: Town, field: str, value: str) -> None:
    wrong = sign_up().model_copy(update={field: value})
    with pytest.raises(Malformed) as refused:
        town.ask(wrong)
    assert refused.value.details["fields"][0]["field"] == field
    assert value not in str(refused.value.details)


def test_a_reset_is_asked_alike_for_everybody(town: Town, alice: Person) -> None:
    assert town.ask(AskReset(email=ALICE)) is None
    assert town.ask(AskReset(email="nobody@example.org")) is None
    assert [letter.kind for letter in town.said(LetterAsked)].count("reset_password") == 1


def test_a_new_password_ends_every_session_and_voids_every_token(town: Town, alice: Person) -> None:
    from contracts.accounts import MyAccount

    token = alice.token
    secret = town.reset_secret(ALICE)
    town.ask(ResetPassword(secret=secret, password="an entirely new one"))
    with pytest.raises(NotAllowed, match="sign-in"):
        town.ask_with(MyAccount(), token)
    with pytest.raises(NotAllowed, match="sign-in"):
        alice.identify()
    assert town.said(TokensRevoked)[-1].person_id == alice.id
    again = town.sign_in(ALICE, "an entirely new one")
    assert town.ask(MyAccount(), again).email == ALICE
    with pytest.raises(NotAllowed, match="wrong-email-or-password"):
        town.sign_in(ALICE)


def test_a_reset_link_is_good_once_and_for_half_an_hour(town: Town, alice: Person) -> None:
    secret = town.reset_secret(ALICE)
    town.wait(minutes=30, seconds=1)
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ResetPassword(secret=secret, password="an entirely new one"))
    first, second = town.reset_secret(ALICE), town.reset_secret(ALICE)
    town.ask(ResetPassword(secret=first, password="an entirely new one"), key="k")
    town.ask(ResetPassword(secret=first, password="an entirely new one"), key="k")
    for used in (first, second):
        with pytest.raises(NotFound, match="link-over"):
            town.ask(ResetPassword(secret=used, password="and yet another one"))


def test_a_link_of_one_purpose_does_not_serve_another(town: Town) -> None:
    town.ask(sign_up())
    secret = town.letter("confirm_email").secret or ""
    with pytest.raises(NotFound, match="link-over"):
        town.ask(ResetPassword(secret=secret, password="an entirely new one"))


def test_who_reads_the_letter_of_a_reset_owns_the_address(town: Town) -> None:
    town.ask(sign_up())
    town.ask(ResetPassword(secret=town.reset_secret(ALICE), password="an entirely new one"))
    assert town.sign_in(ALICE, "an entirely new one").identify().email == ALICE
    assert town.said(PersonChanged)[-1].email == ALICE


def test_nobody_is_buried_in_letters(town: Town, alice: Person) -> None:
    before = len(town.said(LetterAsked))
    for _ in range(12):
        assert town.ask(AskReset(email=ALICE)) is None
    assert len(town.said(LetterAsked)) - before <= 5


def test_secrets_are_kept_as_digests_only(town: Town, alice: Person) -> None:
    secret = town.reset_secret(ALICE)
    tables = ("accounts", "links", "sessions", "idempotency", "tries")
    for table in tables:
        kept = str(town.rows(f"select t::text from {table} t"))
        assert secret not in kept
        assert alice.secret not in kept
        assert PASSWORD not in kept
