"""Rights: given with an object, shared by those who hold them, limited, and taken back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import uuid_utils.compat as uuid
from hypothesis import given
from hypothesis import strategies as st

from contracts.accounts import ConfirmEmail, SignUp
from contracts.audit import NameActors
from contracts.errors import Malformed, NotAllowed, NotFound
from contracts.loans import AppointLender
from contracts.members import (
    Grant,
    GrantChanged,
    GrantRight,
    ListGrants,
    ListMembers,
    MyGrants,
    RevokeRight,
    Right,
    RightGiven,
)
from contracts.messages import Event, Refused
from contracts.producers import ProducerChanged
from contracts.replanning import DistributionPlanned
from contracts.towns import town_id
from contracts.windows import WindowOpened
from services.members import rules
from tests.members.conftest import PASSWORD, Person, Town


def share(
    town: Town,
    by: Person,
    email: str,
    object_id: UUID | None,
    *,
    right: Right = Right.ORGANISE,
    until: datetime | None = None,
) -> Grant | Refused:
    asked = GrantRight(email=email, right=right, object_id=object_id, valid_until=until)
    answer: Grant | Refused = town.ask(asked, by)
    return answer


def given_to(answer: Grant | Refused) -> Grant:
    assert isinstance(answer, Grant), answer
    return answer


def code(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def now(town: Town) -> datetime:
    instant: datetime = town.rows("select halle_now() as now")[0].now
    return instant


@pytest.fixture
def operator(town: Town, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("HALLE_OPERATOR_EMAIL", "Olga@example.org")
    return town.meet("Olga")


def test_a_founder_sells_for_the_farm_once_and_not_again_after_it_was_taken_back(
    town: Town, alice: Person, bob: Person
) -> None:
    farm, fact = uuid.uuid7(), uuid.uuid7()
    event = ProducerChanged(producer_id=farm, name="Ferme", founder_id=alice.id)
    town.hear(event, seq=2, factid=fact)
    town.hear(event, seq=2, factid=fact)
    town.hear(event, seq=1)
    assert alice.holds() == {("sell", farm)}
    assert town.seqs(GrantChanged) == [1]
    given_to(share(town, alice, "bob@example.org", farm, right=Right.SELL))
    own = rules.grant_id(alice.id, Right.SELL, farm)
    town.ask(RevokeRight(grant_id=own), bob)
    town.hear(event, seq=3)
    assert alice.holds() == set()


def test_a_holder_shares_a_right_and_sees_who_holds_it(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    grant = given_to(share(town, odile, "BOB@example.org", market))
    assert bob.holds() == {("organise", market)}
    assert town.ask(ListMembers(market_id=market), bob).members == []
    listed = town.ask(ListGrants(right=Right.ORGANISE, object_id=market), bob).grants
    assert {g.name for g in listed} == {"Odile", "Bob"}
    told = town.said(GrantChanged)[-1]
    assert (told.grant_id, told.person_id, told.holds) == (grant.grant_id, bob.id, True)


def test_an_accountant_is_named_by_the_organiser_until_a_date_and_names_nobody(
    town: Town, odile: Person, bob: Person, charlie: Person
) -> None:
    market, until = town.market(odile), now(town) + timedelta(days=30)
    with pytest.raises(Malformed):
        share(town, odile, "bob@example.org", market, right=Right.ACCOUNT)
    grant = given_to(share(town, odile, "bob@example.org", market, right=Right.ACCOUNT, until=until))
    assert bob.holds() == {("account", market)}
    for asking in (bob, charlie):
        with pytest.raises(NotAllowed, match="right-missing"):
            share(town, asking, "charlie@example.org", market, right=Right.ACCOUNT, until=until)
        with pytest.raises(NotAllowed, match="right-missing"):
            town.ask(ListGrants(right=Right.ACCOUNT, object_id=market), asking)
    with pytest.raises(NotFound, match="no-grant"):
        town.ask(RevokeRight(grant_id=grant.grant_id), charlie)
    town.ask(RevokeRight(grant_id=grant.grant_id), odile)
    assert bob.holds() == set()


def test_an_accountant_of_the_instance_is_named_by_operators_alone(
    town: Town, operator: Person, odile: Person, bob: Person
) -> None:
    town.market(odile)
    until = now(town) + timedelta(days=30)
    with pytest.raises(NotAllowed, match="right-missing"):
        share(town, odile, "bob@example.org", None, right=Right.ACCOUNT, until=until)
    with pytest.raises(Malformed):
        share(town, operator, "bob@example.org", None, right=Right.ACCOUNT)
    grant = given_to(share(town, operator, "bob@example.org", None, right=Right.ACCOUNT, until=until))
    assert bob.holds() == {("account", None)}
    with pytest.raises(NotAllowed, match="right-missing"):
        share(town, bob, "odile@example.org", None, right=Right.ACCOUNT, until=until)
    town.ask(RevokeRight(grant_id=grant.grant_id), operator)
    assert bob.holds() == set()


def test_charlie_neither_shares_nor_lists_nor_revokes(town: Town, odile: Person, bob: Person, charlie: Person) -> None:
    market = town.market(odile)
    town.market(charlie)
    grant = given_to(share(town, odile, "bob@example.org", market))
    for right, about in ((Right.ORGANISE, market), (Right.TREASURY, market), (Right.OPERATE, None)):
        with pytest.raises(NotAllowed, match="right-missing"):
            share(town, charlie, "charlie@example.org", about, right=right)
        with pytest.raises(NotAllowed, match="right-missing"):
            town.ask(ListGrants(right=right, object_id=about), charlie)
    with pytest.raises(NotFound, match="no-grant"):
        town.ask(RevokeRight(grant_id=grant.grant_id), charlie)


def test_an_organiser_names_who_keeps_the_money_and_loses_nobody_by_taking_it_back(
    town: Town, odile: Person, bob: Person, charlie: Person
) -> None:
    market = town.market(odile)
    grant = given_to(share(town, odile, "bob@example.org", market, right=Right.TREASURY))
    assert bob.holds() == {("treasury", market)}
    with pytest.raises(NotAllowed, match="right-missing"):
        share(town, bob, "charlie@example.org", market)
    assert town.ask(RevokeRight(grant_id=grant.grant_id), odile) is None
    assert bob.holds() == set()


@pytest.mark.parametrize("known_by", [DistributionPlanned, WindowOpened])
def test_an_organiser_names_deputies_for_an_evening_of_her_market_and_of_no_other(
    town: Town, odile: Person, bob: Person, charlie: Person, known_by: type[Event]
) -> None:
    market, evening, until = town.market(odile), uuid.uuid7(), now(town) + timedelta(hours=3)
    town.market(charlie)
    right = Right.HANDOVER
    with pytest.raises(NotAllowed, match="right-missing"):
        share(town, odile, "bob@example.org", evening, right=right, until=until)
    town.hear(planned(known_by, evening, market))
    town.hear(planned(known_by, evening, market), seq=2)
    with pytest.raises(Malformed):
        share(town, odile, "bob@example.org", evening, right=right)
    grant = given_to(share(town, odile, "bob@example.org", evening, right=right, until=until))
    assert bob.holds() == {("handover", evening)}
    for asking in (bob, charlie):
        with pytest.raises(NotAllowed, match="right-missing"):
            share(town, asking, "charlie@example.org", evening, right=right, until=until)
        with pytest.raises(NotAllowed, match="right-missing"):
            town.ask(ListGrants(right=right, object_id=evening), asking)
    with pytest.raises(NotFound, match="no-grant"):
        town.ask(RevokeRight(grant_id=grant.grant_id), charlie)
    (deed,) = town.rows("select objects from trail where door = 'members.grant_right'")
    assert set(deed.objects) == {evening, market}
    town.ask(RevokeRight(grant_id=grant.grant_id), odile)
    assert bob.holds() == set()


def test_who_organises_for_an_evening_names_no_deputy_beyond_it(town: Town, odile: Person, bob: Person) -> None:
    market, evening, until = town.market(odile), uuid.uuid7(), now(town) + timedelta(hours=3)
    town.hear(DistributionPlanned(distribution_id=evening, market_id=market))
    town.meet("Zoe")
    share(town, odile, "bob@example.org", market, until=until)
    later = until + timedelta(seconds=1)
    with pytest.raises(NotAllowed, match="outlasts-yours"):
        share(town, bob, "zoe@example.org", evening, right=Right.HANDOVER, until=later)
    given_to(share(town, bob, "zoe@example.org", evening, right=Right.HANDOVER, until=until))


def planned(event: type[Event], distribution_id: UUID, market_id: UUID) -> Event:
    """What is said of a distribution, at its planning or at its opening."""
    at = {name: datetime(2026, 12, 4, 17, tzinfo=UTC) for name in ("closes_at", "starts_at", "ends_at")}
    of = {"distribution_id": distribution_id, "market_id": market_id}
    named = {"market_name": "Halles", "venue_name": "La halle", "time_zone": "Europe/Paris"}
    return event.model_validate(of | at | named if event is WindowOpened else of)


def test_a_right_ends_at_its_hour_without_anybody_doing_anything(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    share(town, odile, "bob@example.org", market, until=now(town) + timedelta(hours=3))
    assert bob.holds()
    town.wait(hours=3, seconds=1)
    assert bob.holds() == set()
    with pytest.raises(NotAllowed, match="right-missing"):
        town.ask(ListMembers(market_id=market), bob)
    given_to(share(town, odile, "bob@example.org", market))
    assert bob.holds() == {("organise", market)}
    assert town.seqs(GrantChanged)[-2:] == [1, 2]


def test_who_ever_held_a_right_is_named_to_those_who_read_a_trail_and_to_no_one_else(
    town: Town, odile: Person, bob: Person, charlie: Person
) -> None:
    market = town.market(odile)
    share(town, odile, "bob@example.org", market, until=now(town) + timedelta(hours=3))
    everybody = NameActors(person_ids=[odile.id, bob.id, charlie.id])
    for reader in (odile, bob):
        assert {one.person_id for one in town.ask(everybody, reader)} == {odile.id, bob.id}
    assert town.ask(everybody, charlie) == []
    town.wait(hours=3, seconds=1)
    assert town.ask(everybody, bob) == []
    assert {one.person_id for one in town.ask(everybody, odile)} == {odile.id, bob.id}


def test_a_deputy_for_one_evening_neither_prolongs_nor_ousts(
    town: Town, odile: Person, bob: Person, charlie: Person
) -> None:
    market = town.market(odile)
    evening = now(town) + timedelta(hours=3)
    share(town, odile, "bob@example.org", market, until=evening)
    for email in ("bob@example.org", "charlie@example.org"):
        for until in (None, evening + timedelta(seconds=1)):
            with pytest.raises(NotAllowed, match="outlasts-yours"):
                share(town, bob, email, market, until=until)
    with pytest.raises(NotAllowed, match="outlasts-yours"):
        share(town, bob, "odile@example.org", market, until=evening)
    own = rules.grant_id(odile.id, Right.ORGANISE, market)
    with pytest.raises(NotAllowed, match="outlasts-yours"):
        town.ask(RevokeRight(grant_id=own), bob)
    given_to(share(town, bob, "charlie@example.org", market, until=evening))


def test_the_last_holder_stays(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    own = RevokeRight(grant_id=rules.grant_id(odile.id, Right.ORGANISE, market))
    assert code(town.ask(own, odile)) == "last-holder"
    soon = now(town) + timedelta(hours=1)
    assert code(share(town, odile, "odile@example.org", market, until=soon)) == "last-holder"
    given_to(share(town, odile, "bob@example.org", market))
    assert town.ask(own, odile, key="k") is None
    assert town.ask(own, odile, key="k") is None
    assert odile.holds() == set()
    assert not town.said(GrantChanged)[-1].holds


def test_a_revoked_right_ends_at_once(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    grant = given_to(share(town, odile, "bob@example.org", market))
    token = bob.token
    town.ask(RevokeRight(grant_id=grant.grant_id), odile)
    with pytest.raises(NotAllowed, match="right-missing"):
        town.ask_with(ListMembers(market_id=market), token)


def test_nobody_without_a_confirmed_account_is_given_a_right(town: Town, odile: Person) -> None:
    market = town.market(odile)
    assert code(share(town, odile, "nobody@example.org", market)) == "unknown-email"
    town.ask(SignUp(email="late@example.org", password=PASSWORD, name="Late"))
    assert code(share(town, odile, "late@example.org", market)) == "unknown-email"
    with pytest.raises(Malformed):
        share(town, odile, "odile@example.org", market, until=now(town))


def test_the_first_operator_is_the_confirmed_account_that_the_environment_names(
    town: Town, operator: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operator.holds() == {("operate", None)}
    assert bob.holds() == set()
    given_to(share(town, operator, "bob@example.org", None, right=Right.OPERATE))
    own = rules.grant_id(operator.id, Right.OPERATE, None)
    assert town.ask(RevokeRight(grant_id=own), bob) is None
    from bus import database

    database.atomically(town.service.begin)
    assert operator.holds() == set()


def test_an_account_that_was_there_before_becomes_operator_at_the_next_start(
    town: Town, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bus import database

    monkeypatch.setenv("HALLE_OPERATOR_EMAIL", "bob@example.org")
    for _ in range(2):
        database.atomically(town.service.begin)
    assert bob.holds() == {("operate", None)}
    assert len(town.said(GrantChanged)) == 1


def test_who_signs_up_as_the_operator_without_reading_the_letter_operates_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALLE_OPERATOR_EMAIL", "olga@example.org")
    town.ask(SignUp(email="olga@example.org", password=PASSWORD, name="Mallory"))
    assert not town.said(GrantChanged)
    town.ask(ConfirmEmail(secret=town.letter("confirm_email").secret or ""))
    assert [told.right for told in town.said(GrantChanged)] == [Right.OPERATE]


def test_an_operator_gives_and_takes_any_right_and_the_last_one_stays(
    town: Town, operator: Person, bob: Person
) -> None:
    somewhere = uuid.uuid7()
    grant = given_to(share(town, operator, "bob@example.org", somewhere, right=Right.TREASURY))
    assert town.ask(RevokeRight(grant_id=grant.grant_id), operator) is None
    own = rules.grant_id(operator.id, Right.OPERATE, None)
    assert code(town.ask(RevokeRight(grant_id=own), operator)) == "last-holder"


_TERMS = st.none() | st.datetimes()


@given(_TERMS, _TERMS, _TERMS)
def test_terms_are_ordered_with_for_ever_last(a: datetime | None, b: datetime | None, c: datetime | None) -> None:
    assert not rules.outlasts(a, a)
    assert not (rules.outlasts(a, b) and rules.outlasts(b, a))
    if rules.outlasts(a, b) and rules.outlasts(b, c):
        assert rules.outlasts(a, c)
    assert not any(rules.outlasts(term, rules.longest([a, b, c])) for term in (a, b, c))


def test_an_operator_names_who_lends_for_a_town_and_they_share_it(town: Town, operator: Person) -> None:
    alice, _ = town.meet("Alice"), town.meet("Bob")
    appoint = AppointLender(email="alice@example.org", insee="84030")
    with pytest.raises(NotAllowed):
        town.ask(appoint, alice)
    lent = given_to(town.ask(appoint, operator))
    assert (lent.right, lent.object_id) == (Right.LEND, town_id("84030"))
    given_to(town.ask(AppointLender(email="bob@example.org", insee="84030"), alice))
    with pytest.raises(NotAllowed):
        town.ask(AppointLender(email="bob@example.org", insee="84031"), alice)


def told(town: Town) -> list[tuple[UUID, UUID, str, str]]:
    return [(one.person_id, one.giver_id, one.right, one.name) for one in town.said(RightGiven)]


def test_whoever_is_named_is_told_once_for_what_and_by_whom(
    town: Town, alice: Person, bob: Person, odile: Person
) -> None:
    market_id, farm_id = town.market(odile), uuid.uuid7()
    town.hear(ProducerChanged(producer_id=farm_id, name="Ferme du Rieu", founder_id=alice.id))
    evening = uuid.uuid7()
    town.hear(DistributionPlanned(distribution_id=evening, market_id=market_id))
    assert told(town) == [], "founders know"
    later = now(town) + timedelta(days=1)
    first = given_to(share(town, odile, "bob@example.org", market_id))
    share(town, odile, "bob@example.org", market_id)
    share(town, odile, "bob@example.org", evening, right=Right.HANDOVER, until=later)
    share(town, alice, "bob@example.org", farm_id, right=Right.SELL)
    assert told(town) == [
        (bob.id, odile.id, "organise", "Halles"),
        (bob.id, odile.id, "handover", "Halles"),
        (bob.id, alice.id, "sell", "Ferme du Rieu"),
    ]
    town.ask(RevokeRight(grant_id=first.grant_id), odile)
    share(town, odile, "bob@example.org", market_id)
    assert len(told(town)) == 4 and len({(one.grant_id, one.version) for one in town.said(RightGiven)}) == 4


def test_what_one_was_trusted_with_one_gives_up_without_asking(
    town: Town, odile: Person, bob: Person, charlie: Person
) -> None:
    market, until = town.market(odile), now(town) + timedelta(days=30)
    for right, end in ((Right.TREASURY, None), (Right.ACCOUNT, until)):
        share(town, odile, "bob@example.org", market, right=right, until=end)
    own = town.ask(MyGrants(), bob).grants
    assert {(one.right, one.name) for one in own} == {("treasury", "Halles"), ("account", "Halles")}
    for one in own:
        with pytest.raises(NotFound, match="no-grant"):
            town.ask(RevokeRight(grant_id=one.grant_id), charlie)
        town.ask(RevokeRight(grant_id=one.grant_id), bob)
    assert bob.holds() == set() and not any(one.holds for one in town.ask(MyGrants(), bob).grants)
    (organises,) = town.ask(MyGrants(), odile).grants
    assert code(town.ask(RevokeRight(grant_id=organises.grant_id), odile)) == "last-holder"
