"""An account is a household: others are named, invited, accept and leave; each keeps the own account and rights."""

from typing import Any

import pytest

from contracts.accounts import EraseAccount, SignUp
from contracts.errors import Malformed, NotFound
from contracts.households import AdultChanged, EndAdult, Household, JoinHousehold, MyHousehold, NameAdult
from contracts.members import LetterAsked, PersonChanged
from contracts.messages import Refused
from services.members import rules
from tests.members.conftest import PASSWORD, Person, Town


def invite(town: Town, by: Person, name: str = "Charlie") -> Household:
    found: Household = town.ask(NameAdult(name=name, email=f"{name.lower()}@example.org"), by)
    return found


def join(town: Town, host: Person, guest: Person, name: str = "Charlie") -> None:
    adult = invite(town, host, name).adults[-1]
    assert isinstance(town.ask(JoinHousehold(adult_id=adult.adult_id), guest), Household)


def adults_said(town: Town, person: Person) -> list[list[str]]:
    return [[one.name for one in told.adults] for told in town.said(PersonChanged) if told.person_id == person.id]


def letters(town: Town) -> list[tuple[str, Any]]:
    return [(one.email, one.inviter_id) for one in town.said(LetterAsked) if one.kind == "household"]


def test_whoever_is_invited_and_accepts_orders_for_the_household(town: Town, bob: Person, charlie: Person) -> None:
    (adult,) = invite(town, bob).adults
    assert (adult.email, adult.since) == ("charlie@example.org", None)
    assert letters(town) == [("charlie@example.org", bob.id)] and adults_said(town, bob)[-1] == ["Charlie"]
    assert charlie.identify().home is None
    (home,) = town.ask(MyHousehold(), charlie).homes
    assert (home.consumer_name, home.joined) == ("Bob", False)
    town.ask(JoinHousehold(adult_id=adult.adult_id), charlie)
    (told,) = town.said(AdultChanged)
    assert (told.consumer_id, told.person_id, told.holds) == (bob.id, charlie.id, True)
    identity = charlie.identify()
    assert identity.home and identity.home.consumer_id == bob.id and bob.identify().home is None
    (known,) = town.ask(MyHousehold(), bob).adults
    assert known.since and known.email is None and adults_said(town, bob)[-1] == []


def test_a_name_alone_is_told_to_who_hands_over(town: Town, bob: Person) -> None:
    town.ask(NameAdult(name="Jeanne", phone="0490620001"), bob)
    assert adults_said(town, bob)[-1] == ["Jeanne"] and letters(town) == [] and town.said(AdultChanged) == []
    (jeanne,) = town.ask(MyHousehold(), bob).adults
    assert town.ask(EndAdult(adult_id=jeanne.adult_id), bob).adults == [] and adults_said(town, bob)[-1] == []


def test_an_address_without_an_account_finds_the_invitation_once_it_has_one(town: Town, bob: Person) -> None:
    adult = invite(town, bob, "Zoe").adults[0]
    zoe = town.meet("Zoe")
    assert [home.joined for home in town.ask(MyHousehold(), zoe).homes] == [False]
    town.ask(JoinHousehold(adult_id=adult.adult_id), zoe)
    assert zoe.identify().home


def test_nobody_accepts_for_somebody_else_nor_before_the_address_is_confirmed(
    town: Town, bob: Person, odile: Person, charlie: Person
) -> None:
    adult = invite(town, bob, "Zoe").adults[0]
    town.ask(SignUp(email="zoe@example.org", password=PASSWORD, name="Zoe"))
    for stranger in (charlie, odile, bob):
        for command in (JoinHousehold(adult_id=adult.adult_id), EndAdult(adult_id=adult.adult_id)):
            if stranger is bob and isinstance(command, EndAdult):
                continue
            with pytest.raises(NotFound, match="no-such-adult"):
                town.ask(command, stranger)
    assert town.ask(MyHousehold(), charlie) == Household(adults=[], homes=[]) and town.said(AdultChanged) == []


@pytest.mark.parametrize("who", ["host", "guest"])
def test_either_side_ends_it_at_once(town: Town, bob: Person, charlie: Person, who: str) -> None:
    join(town, bob, charlie)
    (adult,) = town.ask(MyHousehold(), bob).adults
    town.ask(EndAdult(adult_id=adult.adult_id), bob if who == "host" else charlie)
    assert [told.holds for told in town.said(AdultChanged)] == [True, False] and town.seqs(AdultChanged) == [2, 3]
    assert charlie.identify().home is None and town.ask(MyHousehold(), bob).adults == []
    with pytest.raises(NotFound):
        town.ask(EndAdult(adult_id=adult.adult_id), bob)


def test_one_is_of_one_household_and_it_has_its_bounds(town: Town, bob: Person, odile: Person, charlie: Person) -> None:
    join(town, bob, charlie)
    second = invite(town, odile).adults[0]
    refused = town.ask(JoinHousehold(adult_id=second.adult_id), charlie)
    assert isinstance(refused, Refused) and refused.code == "in-a-household"
    assert town.ask(NameAdult(name="C.", email="charlie@example.org"), odile).code == "named-already"
    with pytest.raises(Malformed) as own:
        town.ask(NameAdult(name="Bob", email="bob@example.org"), bob)
    assert own.value.details["fields"][0]["field"] == "email"
    for number in range(rules.HOUSEHOLD_HOLDS - 1):
        town.ask(NameAdult(name=f"N{number}"), bob)
    assert town.ask(NameAdult(name="One more"), bob).code == "household-full"


def test_nobody_has_letters_written_to_a_whole_village(town: Town, bob: Person) -> None:
    for number in range(rules.INVITATIONS):
        adult = invite(town, bob, f"N{number}").adults[-1]
        town.ask(EndAdult(adult_id=adult.adult_id), bob)
    refused = town.ask(NameAdult(name="One more", email="more@example.org"), bob)
    assert isinstance(refused, Refused) and refused.code == "too-many-tries" and refused.details["seconds"] > 0
    assert len(letters(town)) == rules.INVITATIONS


def test_the_same_request_twice_names_once(town: Town, bob: Person) -> None:
    for _ in range(2):
        town.ask(NameAdult(name="Jeanne"), bob, key="k" * 20)
    assert len(town.ask(MyHousehold(), bob).adults) == 1


def test_who_leaves_for_good_takes_no_household_along_and_leaves_no_name(
    town: Town, bob: Person, charlie: Person
) -> None:
    join(town, bob, charlie)
    town.ask(NameAdult(name="Jeanne", phone="0490620001"), bob)
    town.ask(NameAdult(name="Jeannette", email="jeannette@example.org"), bob)
    town.ask(EraseAccount(password=PASSWORD), charlie)
    assert [one.name for one in town.ask(MyHousehold(), bob).adults] == ["Jeanne", "Jeannette"]
    assert [told.holds for told in town.said(AdultChanged)] == [True, False]
    town.ask(EraseAccount(password=PASSWORD), bob)
    assert adults_said(town, bob)[-1] == [] and not any(adults_said(town, bob))
    assert town.rows("select 1 from adults") == []
    kept = """
        select body as kept from outbox union all select subject from tries
        union all select answer from idempotency where answer is not null
    """
    assert not [row for row in town.rows(kept) if "jeanne" in row.kept.lower()]
