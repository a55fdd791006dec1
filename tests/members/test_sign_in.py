"""Signing in, and how often one may be wrong."""

import threading

import pytest

from contracts.accounts import ChangePassword, Session, SignIn
from contracts.errors import NotAllowed
from contracts.messages import Refused
from tests.members.conftest import PASSWORD, Person, Town

ALICE = "alice@example.org"


def attempt(password: str, email: str = ALICE, address: str = "192.0.2.7") -> SignIn:
    return SignIn(email=email, password=password, address=address, device="curl")


def fail(town: Town, times: int, **where: str) -> None:
    for _ in range(times):
        with pytest.raises(NotAllowed, match="wrong-email-or-password"):
            town.ask(attempt("wrong", **where))


def seconds(answer: Refused | Session) -> int:
    assert isinstance(answer, Refused), answer
    assert answer.code == "too-many-tries"
    waits: int = answer.details["seconds"]
    return waits


@pytest.mark.parametrize("email", [ALICE, "nobody@example.org"])
def test_after_five_failures_an_account_waits_known_or_not(town: Town, alice: Person, email: str) -> None:
    fail(town, 5, email=email)
    assert 25 <= seconds(town.ask(attempt(PASSWORD, email))) <= 30
    town.wait(seconds=31)
    fail(town, 1, email=email)
    assert 55 <= seconds(town.ask(attempt("wrong", email))) <= 60


def test_the_right_password_begins_anew(town: Town, alice: Person) -> None:
    fail(town, 4)
    town.sign_in(ALICE)
    fail(town, 4)
    assert town.sign_in(ALICE).id == alice.id


def test_failures_are_forgotten_after_a_quarter_of_an_hour(town: Town, alice: Person) -> None:
    fail(town, 4)
    town.wait(minutes=15, seconds=1)
    fail(town, 4)
    assert town.sign_in(ALICE).id == alice.id


def test_an_address_that_tries_many_accounts_waits_too(town: Town, alice: Person) -> None:
    for n in range(30):
        fail(town, 1, email=f"{n}@example.org", address=f"2001:db8::{n:x}")
    assert seconds(town.ask(attempt(PASSWORD, address="2001:db8::ffff"))) > 0
    assert isinstance(town.ask(attempt(PASSWORD, address="2001:db8:0:1::1")), Session)


def test_a_right_password_elsewhere_gives_an_address_no_new_tries(town: Town, alice: Person) -> None:
    for n in range(29):
        fail(town, 1, email=f"{n}@example.org")
    assert isinstance(town.ask(attempt(PASSWORD)), Session)
    fail(town, 1, email="29@example.org")
    assert seconds(town.ask(attempt("wrong", "30@example.org"))) > 0


def test_twenty_tries_at_once_are_twenty_tries(town: Town, alice: Person) -> None:
    answers: list[str] = []

    def strike() -> None:
        try:
            answers.append(town.ask(attempt("wrong")).code)
        except NotAllowed as error:
            answers.append(error.code)

    threads = [threading.Thread(target=strike) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("wrong-email-or-password") == 5
    assert answers.count("too-many-tries") == 15


def test_a_stolen_session_cannot_guess_the_password_either(town: Town, alice: Person) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed, match="wrong-password"):
            town.ask(ChangePassword(current="wrong", new="chosen by Mallory"), alice)
    refused = town.ask(ChangePassword(current=PASSWORD, new="chosen by Mallory"), alice)
    assert seconds(refused) > 0


def test_strangers_at_the_door_do_not_lock_out_who_is_inside(town: Town, alice: Person) -> None:
    fail(town, 5)
    assert town.ask(ChangePassword(current=PASSWORD, new="an entirely new one"), alice) is None
    assert town.sign_in(ALICE, "an entirely new one").id == alice.id


def test_who_comes_through_the_same_door_at_the_same_instant_does_not_wait(
    town: Town, alice: Person, bob: Person
) -> None:
    """A transaction that began before its neighbour's may come to the count after it."""
    town.sign_in(ALICE)
    town.wait(seconds=-1)
    assert town.sign_in("bob@example.org").id == bob.id


def test_the_same_key_opens_one_session(town: Town, alice: Person) -> None:
    first = town.ask(attempt(PASSWORD), key="k")
    second = town.ask(attempt(PASSWORD), key="k")
    opened = town.rows("select session_id from sessions where device = 'curl'")
    assert len(opened) == 1
    with pytest.raises(NotAllowed, match="sign-in"):
        Person(town, first.secret)
    assert Person(town, second.secret).id == alice.id


def test_unknown_and_wrong_take_alike(town: Town, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both prove a password against a hash; a clock would be a flaky witness, so we count."""
    from services.members import passwords

    proved: list[str] = []
    verify = passwords._verify

    def witness(kept: str, password: str) -> bool:
        proved.append(kept)
        return verify(kept, password)

    monkeypatch.setattr(passwords, "_verify", witness)
    fail(town, 1)
    fail(town, 1, email="nobody@example.org")
    wrong, unknown = (kept.rsplit("$", 2)[0] for kept in proved)
    assert wrong == unknown
