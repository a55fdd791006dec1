"""What a demonstration prints for everybody opens nothing anywhere else."""

import pytest

from contracts.accounts import ChangePassword, ConfirmEmail, ResetPassword, SignIn, SignUp
from contracts.errors import Malformed, NotAllowed
from tests.members.conftest import PASSWORD, Person, Town

PRINTED = ["demo-carpentras", "Demo-Carpentras"]
EMAIL = "odile@example.org"


def sign_up(password: str) -> SignUp:
    return SignUp(email=EMAIL, password=password, name="Odile")


def sign_in(password: str) -> SignIn:
    return SignIn(email=EMAIL, password=password, address="192.0.2.1", device="Firefox")


@pytest.mark.parametrize("printed", PRINTED)
def test_nobody_chooses_a_demos_password(town: Town, printed: str) -> None:
    bob = town.meet("Bob")
    resets = ResetPassword(secret=town.reset_secret("bob@example.org"), password=printed)
    for command, by, field in (
        (sign_up(printed), None, "password"),
        (resets, None, "password"),
        (ChangePassword(current=PASSWORD, new=printed), bob, "new"),
    ):
        with pytest.raises(Malformed) as refusal:
            town.ask(command, by)
        assert [(one["field"], one["code"]) for one in refusal.value.details["fields"]] == [(field, "demo")]


def test_in_a_demo_it_is_a_password_like_any_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _odile_of_a_demo(town, monkeypatch)
    assert town.ask(sign_in(PRINTED[0])).person.name == "Odile"


def test_a_demos_account_is_shut_where_its_data_are_served_in_earnest(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    odile = _odile_of_a_demo(town, monkeypatch)
    monkeypatch.delenv("HALLE_DEMO")
    with pytest.raises(NotAllowed, match="wrong-email-or-password"):
        town.ask(sign_in(PRINTED[0]))
    assert town.ask(ChangePassword(current=PRINTED[0], new=PASSWORD), odile) is None
    assert town.ask(sign_in(PASSWORD)).person.name == "Odile"


def _odile_of_a_demo(town: Town, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("HALLE_DEMO", "1")
    town.ask(sign_up(PRINTED[0]))
    town.ask(ConfirmEmail(secret=town.letter("confirm_email").secret or ""))
    return Person(town, town.ask(sign_in(PRINTED[0])).secret)
