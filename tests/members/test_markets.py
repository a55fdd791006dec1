"""Joining a market by its policy, and what its organisers decide."""

from uuid import UUID

import pytest
import uuid_utils.compat as uuid
from hypothesis import given
from hypothesis import strategies as st

from contracts.accounts import EraseAccount
from contracts.audit import ListMembersDeeds
from contracts.catalog import Joining, MarketChanged
from contracts.errors import Conflict, NotAllowed, NotFound
from contracts.members import (
    DecideMembership,
    Decision,
    JoinMarket,
    LeaveMarket,
    ListMembers,
    Member,
    Membership,
    MembershipChanged,
    MyMemberships,
    Right,
    Standing,
)
from contracts.messages import Refused
from contracts.orders import ConsumerJoined
from services.members import rules
from tests.members.conftest import PASSWORD, Person, Town


def join(town: Town, person: Person, market: UUID, message: str = "") -> Membership | Refused:
    answer: Membership | Refused = town.ask(JoinMarket(market_id=market, message=message), person)
    return answer


def place(town: Town, person: Person, market: UUID) -> Membership:
    answer = join(town, person, market)
    assert isinstance(answer, Membership)
    return answer


def decide(town: Town, by: Person, membership: Membership, decision: Decision) -> Member:
    asked = DecideMembership(membership_id=membership.membership_id, decision=decision)
    answer: Member = town.ask(asked, by)
    return answer


def standings(town: Town) -> list[Standing]:
    return [told.standing for told in town.said(MembershipChanged)]


def test_an_open_market_takes_anybody_at_once(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    assert place(town, bob, market).standing is Standing.MEMBER
    assert place(town, bob, market).market_name == "Halles"
    assert standings(town) == [Standing.MEMBER]


def test_on_request_one_waits_for_the_organiser(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile, Joining.ON_REQUEST)
    asked = join(town, bob, market, "Bonjour")
    assert isinstance(asked, Membership)
    assert asked.standing is Standing.WAITING
    page = town.ask(ListMembers(market_id=market, standing=Standing.WAITING), odile)
    assert [(m.name, m.message) for m in page.members] == [("Bob", "Bonjour")]
    assert decide(town, odile, asked, Decision.ADMIT).standing is Standing.MEMBER
    assert standings(town) == [Standing.WAITING, Standing.MEMBER]
    assert town.seqs(MembershipChanged) == [1, 2]
    (deed,) = town.ask(ListMembersDeeds(object_id=market), odile).deeds
    assert (deed.door, deed.right, deed.held_on) == ("members.decide_membership", Right.ORGANISE, market)
    assert deed.facts["decision"] == Decision.ADMIT


def test_a_closed_market_takes_nobody_new_and_keeps_its_members(
    town: Town, odile: Person, bob: Person, alice: Person
) -> None:
    market = town.market(odile)
    place(town, bob, market)
    shut = MarketChanged(market_id=market, name="Halles", joining=Joining.CLOSED, founder_id=odile.id)
    town.hear(shut, seq=2)
    refused = join(town, alice, market)
    assert isinstance(refused, Refused)
    assert refused.code == "market-closed-to-newcomers"
    assert place(town, bob, market).standing is Standing.MEMBER
    assert len(town.rows("select 1 from memberships")) == 1


def test_a_banned_person_neither_joins_nor_leaves_nor_orders_a_way_back_in(
    town: Town, odile: Person, bob: Person
) -> None:
    market = town.market(odile)
    mine = place(town, bob, market)
    decide(town, odile, mine, Decision.BAN)
    refused = join(town, bob, market)
    assert isinstance(refused, Refused)
    assert refused.code == "banned"
    with pytest.raises(NotFound, match="no-membership"):
        town.ask(LeaveMarket(market_id=market), bob)
    town.hear(ConsumerJoined(person_id=bob.id, market_id=market))
    assert standings(town)[-1] is Standing.BANNED
    decide(town, odile, mine, Decision.ADMIT)
    assert place(town, bob, market).standing is Standing.MEMBER


def test_who_left_may_come_back_but_is_not_brought_back(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    mine = place(town, bob, market)
    assert town.ask(LeaveMarket(market_id=market), bob).standing is Standing.LEFT
    with pytest.raises(Conflict, match="membership-changed"):
        decide(town, odile, mine, Decision.ADMIT)
    assert place(town, bob, market).standing is Standing.MEMBER


def test_charlie_sees_and_decides_nothing(town: Town, odile: Person, bob: Person, charlie: Person) -> None:
    market = town.market(odile, Joining.ON_REQUEST)
    own = town.market(charlie)
    mine = place(town, bob, market)
    for who in (charlie, bob):
        with pytest.raises(NotAllowed, match="right-missing"):
            town.ask(ListMembers(market_id=market), who)
        for decision in Decision:
            with pytest.raises(NotFound, match="no-membership"):
                decide(town, who, mine, decision)
    assert town.ask(ListMembers(market_id=own), charlie).members == []
    assert town.ask(MyMemberships(), charlie).memberships == []
    with pytest.raises(NotFound, match="no-market"):
        join(town, charlie, uuid.uuid7())


def test_lists_come_in_pages(town: Town, odile: Person, bob: Person, alice: Person) -> None:
    market = town.market(odile)
    for person in (bob, alice, odile):
        place(town, person, market)
    first = town.ask(ListMembers(market_id=market, limit=2), odile)
    rest = town.ask(ListMembers(market_id=market, limit=2, after=first.following), odile)
    assert [m.name for m in (*first.members, *rest.members)] == ["Bob", "Alice", "Odile"]
    assert rest.following is None
    other = town.market(odile)
    place(town, bob, other)
    page = town.ask(MyMemberships(limit=1), bob)
    after = town.ask(MyMemberships(limit=1, after=page.following), bob)
    assert {page.memberships[0].market_id, after.memberships[0].market_id} == {market, other}


def test_a_market_heard_twice_and_reversed_is_its_newest_self(town: Town, odile: Person) -> None:
    market, fact = uuid.uuid7(), uuid.uuid7()
    new = MarketChanged(market_id=market, name="New", joining=Joining.CLOSED, founder_id=odile.id)
    old = new.model_copy(update={"name": "Old", "joining": Joining.OPEN})
    town.hear(new, seq=2, factid=fact)
    town.hear(new, seq=2, factid=fact)
    town.hear(new, seq=2)
    town.hear(old, seq=1)
    (kept,) = town.rows("select name, joining, seq from markets")
    assert tuple(kept) == ("New", "closed", 2)
    assert odile.holds() == {("organise", market)}
    assert len(town.rows("select 1 from outbox where type = 'members.grant_changed.v1'")) == 1


def test_an_order_makes_a_member_once_even_before_the_market_is_known(town: Town, bob: Person) -> None:
    joined, fact = ConsumerJoined(person_id=bob.id, market_id=uuid.uuid7()), uuid.uuid7()
    town.hear(joined, factid=fact)
    town.hear(joined, factid=fact)
    town.hear(joined)
    assert standings(town) == [Standing.MEMBER]
    assert town.ask(MyMemberships(), bob).memberships[0].market_name == ""


@pytest.mark.parametrize("decision", [None, Decision.REFUSE])
def test_an_order_in_a_sale_that_was_open_decides_for_no_organiser(
    town: Town, odile: Person, bob: Person, decision: Decision | None
) -> None:
    market = town.market(odile, Joining.ON_REQUEST)
    mine = place(town, bob, market)
    if decision:
        decide(town, odile, mine, decision)
    before = standings(town)
    town.hear(ConsumerJoined(person_id=bob.id, market_id=market))
    assert standings(town) == before and before[-1] in (Standing.WAITING, Standing.REFUSED)
    again_open = MarketChanged(market_id=market, name="Halles", joining=Joining.OPEN, founder_id=odile.id)
    town.hear(again_open, seq=2)
    town.hear(ConsumerJoined(person_id=bob.id, market_id=market))
    assert standings(town)[-1] is Standing.MEMBER


def test_an_order_heard_after_its_consumer_left_brings_nobody_back(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    place(town, bob, market)
    town.wait(hours=1)
    town.ask(LeaveMarket(market_id=market), bob)
    town.wait(hours=-1)
    town.hear(ConsumerJoined(person_id=bob.id, market_id=market))
    assert standings(town)[-1] is Standing.LEFT
    town.wait(hours=2)
    town.hear(ConsumerJoined(person_id=bob.id, market_id=market))
    assert standings(town)[-1] is Standing.MEMBER


def test_an_order_heard_after_its_consumer_was_erased_makes_nobody_a_member(
    town: Town, odile: Person, bob: Person
) -> None:
    market = town.market(odile)
    town.ask(EraseAccount(password=PASSWORD), bob)
    town.hear(ConsumerJoined(person_id=bob.id, market_id=market))
    assert town.ask(ListMembers(market_id=market), odile).members == []
    assert standings(town) == []


def test_who_was_erased_is_no_nameless_row_of_the_members(
    town: Town, odile: Person, bob: Person, alice: Person
) -> None:
    market = town.market(odile)
    place(town, alice, market)
    gone = place(town, bob, market)
    decide(town, odile, gone, Decision.BAN)
    town.ask(EraseAccount(password=PASSWORD), bob)
    assert [one.name for one in town.ask(ListMembers(market_id=market), odile).members] == ["Alice"]
    with pytest.raises(NotFound):
        decide(town, odile, gone, Decision.ADMIT)


def test_a_market_heard_after_its_founder_was_erased_is_organised_by_nobody(town: Town, odile: Person) -> None:
    town.ask(EraseAccount(password=PASSWORD), odile)
    town.market(odile)
    assert town.rows("select 1 from grants where holds") == []


@given(
    st.sampled_from(Joining),
    st.lists(st.sampled_from(Joining) | st.sampled_from(Decision), max_size=8),
)
def test_nobody_banned_comes_back_without_an_organiser(joining: Joining, story: list[Joining | Decision]) -> None:
    standing: Standing | None = Standing.BANNED
    for step in (joining, *story):
        before = standing
        if isinstance(step, Decision):
            to, allowed = rules.DECIDED[step]
            standing = to if standing in allowed else standing
        else:
            standing = rules.standing_after_joining(step, standing) or standing
        if before is Standing.BANNED and standing is not Standing.BANNED:
            assert step in (Decision.ADMIT, Decision.REFUSE)
        if before is not Standing.MEMBER and standing is Standing.MEMBER:
            assert step in (Decision.ADMIT, Joining.OPEN)


def test_until_its_approval_an_open_market_is_joined_on_request(town: Town, odile: Person, bob: Person) -> None:
    market = town.market(odile)
    waits = MarketChanged(market_id=market, name="Halles", joining=Joining.OPEN, founder_id=odile.id, approved=False)
    town.hear(waits, seq=2)
    asked = place(town, bob, market)
    assert asked.standing is Standing.WAITING
    assert decide(town, odile, asked, Decision.ADMIT).standing is Standing.MEMBER
