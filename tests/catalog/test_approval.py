"""A market says who is behind it and whom it serves; a second person approves it before all may see it."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements import ApprovalChanged
from contracts.approval import DecideApproval, FindBrand, ListApprovals
from contracts.catalog import (
    ChangeMarket,
    FoundMarket,
    Market,
    MarketChanged,
    MarketDetails,
    ReadMarket,
    SaleSheetPublished,
)
from contracts.errors import Conflict, Malformed, NotAllowed, NotFound
from contracts.identity import Approval
from contracts.members import GrantChanged, MembershipChanged
from contracts.planning import ListDistributions
from contracts.producers import Producer, ProducerChanged, SetProducerPlan
from contracts.search import SearchMarkets, SearchProducts
from services.catalog.rules import identity
from tests.catalog.cast import (
    WEDNESDAY,
    Town,
    a_farm,
    a_market,
    a_new_market,
    a_product,
    admit,
    an_offer,
    approve,
    planned,
)


def change(town: Town, market: Market, **changes: Any) -> Market:
    details = market.model_dump(include=set(MarketDetails.model_fields)) | changes
    answer: Market = town.ask(ChangeMarket(market_id=market.market_id, version=market.version, **details), town.odile)
    return answer


def decide(town: Town, market: Market, approval: str, person: Any = None, reason: str = "") -> Market:
    command = DecideApproval(market_id=market.market_id, version=market.version, approval=approval, reason=reason)
    answer: Market = town.ask(command, person or town.olga)
    return answer


def belong(town: Town, market: Market, standing: str, seq: int) -> None:
    place = {"membership_id": town.bob, "market_id": market.market_id, "person_id": town.bob}
    town.hear(MembershipChanged(**place, standing=standing), seq)


def test_until_it_is_approved_a_market_is_for_invited_people(town: Town) -> None:
    market, farm = a_new_market(town), a_farm(town)
    assert market.approval is Approval.PENDING
    admit(town, market, farm)
    for person in (None, town.bob, town.charlie):
        with pytest.raises(NotFound):
            town.ask(ReadMarket(market_id=market.market_id), person)
    assert town.ask(SearchMarkets()) == []
    belong(town, market, "waiting", 1)
    with pytest.raises(NotFound):
        town.ask(ReadMarket(market_id=market.market_id), town.bob)
    belong(town, market, "member", 2)
    belong(town, market, "member", 2)
    belong(town, market, "waiting", 1)
    for person in (town.odile, town.alice, town.bob):
        assert town.ask(ReadMarket(market_id=market.market_id), person).approval is Approval.PENDING
    belong(town, market, "left", 3)
    with pytest.raises(NotFound):
        town.ask(ListDistributions(market_id=market.market_id), town.bob)
    approve(town, market)
    assert town.ask(ReadMarket(market_id=market.market_id)).approval is Approval.APPROVED
    assert len(town.ask(SearchMarkets())) == 1


def test_a_sale_of_a_market_that_waits_is_for_those_whom_it_admitted(town: Town) -> None:
    waiting, approved = a_new_market(town), a_market(town, name="Halles")
    a_farm_on_the_plan(town, "engaged")
    for market in (waiting, approved):
        planned(town, market)
    town.set_clock(WEDNESDAY.astimezone())
    town.let_due()
    joining = {event.market_id: event.joining for _, event in town.said(SaleSheetPublished)}
    assert joining == {waiting.market_id: "on_request", approved.market_id: "open"}


def a_farm_on_the_plan(town: Town, plan: str) -> Producer:
    """Odile's own, put on a plan by Olga, who operates since she approved a market."""
    farm = a_farm(town, town.odile)
    answer: Producer = town.ask(SetProducerPlan(producer_id=farm.producer_id, plan=plan), town.olga)
    return answer


def test_who_sells_for_an_engaged_producer_opens_freely_and_others_ask(town: Town) -> None:
    asked = a_new_market(town)
    a_market(town, name="Halles")
    farm = a_farm_on_the_plan(town, "flexible")
    with pytest.raises(NotAllowed) as refusal:
        planned(town, asked)
    assert refusal.value.code == "market-asked"
    engage = SetProducerPlan(producer_id=farm.producer_id, plan="engaged")
    for person in (town.odile, town.charlie):
        with pytest.raises(NotFound):
            town.ask(engage, person)
    assert town.ask(engage, town.olga).plan == "engaged"
    assert [event.plan for _, event in town.said(ProducerChanged)] == ["flexible", "flexible", "engaged"]
    assert planned(town, asked)


def test_nobody_approves_a_market_of_ones_own_or_without_the_right(town: Town) -> None:
    market = a_new_market(town)
    with pytest.raises(NotFound):
        decide(town, market, "approved", town.charlie)
    for person in (town.odile, town.bob):
        operates = {"grant_id": person, "person_id": person, "right": "operate", "object_id": None, "holds": True}
        town.hear(GrantChanged(**operates), 1)
    shared = {"person_id": town.bob, "right": "organise", "object_id": market.market_id, "holds": True}
    town.hear(GrantChanged(grant_id=uuid4(), **shared), 1)
    for person in (town.odile, town.bob):
        assert [one.market_id for one in town.ask(ListApprovals(), person)] == [market.market_id]
        with pytest.raises(NotAllowed) as refusal:
            decide(town, market, "approved", person)
        assert refusal.value.code == "own-market"
    assert town.ask(ListApprovals(), town.charlie) == []
    left = GrantChanged(
        grant_id=uuid4(), person_id=town.odile, right="organise", object_id=market.market_id, holds=False
    )
    town.hear(left, 1)
    with pytest.raises(NotAllowed):
        decide(town, market, "approved", town.odile)


def test_what_was_approved_is_who_is_behind_it(town: Town) -> None:
    unknown = a_new_market(town, entity_kind=None)
    assert town.ask(ListApprovals(), town.olga) == []
    approved = a_market(town)
    assert decide(town, unknown, "approved").code == "entity-unknown"
    renamed = change(town, approved, name="Halles de Caromb")
    assert renamed.approval is Approval.APPROVED
    with pytest.raises(Conflict):
        decide(town, approved, "declined", reason="Trop tard")
    sold = change(town, renamed, entity_kind="company", entity_name="Caromb SAS", entity_number="732 829 320 00074")
    assert (sold.approval, sold.entity_number) == (Approval.PENDING, "73282932000074")
    with pytest.raises(Malformed):
        decide(town, sold, "declined")
    declined = decide(town, sold, "declined", reason="Nous ne connaissons pas cette société.")
    assert town.ask(ReadMarket(market_id=sold.market_id), town.odile).approval_reason == declined.approval_reason
    assert change(town, declined, entity_name="Caromb SARL").approval is Approval.PENDING
    said = [event.approved for _, event in town.said(MarketChanged) if event.market_id == approved.market_id]
    assert said == [False, True, True, False, False, False]
    told = [one for _, one in town.said(ApprovalChanged) if one.market_id == approved.market_id]
    assert [one.approval for one in told] == ["pending", "approved", "pending", "declined", "pending"]
    assert told[3].by_person == town.olga and told[3].reason.startswith("Nous ne connaissons pas")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"entity_kind": "association", "entity_number": "W842001234"}, None),
        ({"entity_kind": "association", "entity_number": "732 829 320"}, None),
        ({"entity_kind": "company", "entity_number": "732 829 320 00074"}, None),
        ({"entity_kind": "town"}, None),
        ({"entity_kind": "company"}, "entity_number"),
        ({"entity_kind": "association"}, "entity_number"),
        ({"entity_kind": "company", "entity_number": "W842001234"}, "entity_number"),
        ({"entity_kind": "company", "entity_number": "732829321"}, "entity_number"),
        ({"entity_kind": None, "entity_number": "732829320"}, "entity_kind"),
        ({"served": ["84031", "84999"]}, "served"),
        ({"brand_colour": "#ffe97a"}, "brand_colour"),
        ({"brand_colour": "#8A1538"}, None),
    ],
)
def test_who_is_behind_a_market_is_checked_as_far_as_it_can_be(
    town: Town, fields: dict[str, Any], fault: str | None
) -> None:
    if fault is None:
        assert a_new_market(town, **fields)
        return
    with pytest.raises(Malformed) as refusal:
        a_new_market(town, **fields)
    assert [one["field"] for one in refusal.value.details["fields"]] == [fault]


@given(st.integers(0, 0xFFFFFF))
def test_contrast_is_between_that_of_white_and_that_of_black(colour: int) -> None:
    assert 1 <= identity.contrast_with_white(f"#{colour:06x}") <= 21


def test_a_market_is_found_with_its_goods_near_each_town_that_it_serves(town: Town) -> None:
    market, farm = a_market(town, served=["59350", "84030", "35238"]), a_farm(town)
    assert [one.name for one in market.served_towns] == ["Lille", "Rennes"]
    admit(town, market, farm)
    an_offer(town, a_product(town, farm), market)
    for place in ("Caromb", "Lille", "Rennes"):
        for command in (SearchMarkets, SearchProducts):
            [hit] = town.ask(command(place=place, words="carottes"))
            assert hit.distance_km < 5
    fewer = change(town, market, served=["35238"])
    assert town.ask(SearchProducts(place="Lille", words="carottes")) == []
    assert len(town.ask(SearchProducts(place="Rennes", words="carottes"))) == 1
    change(town, fewer, public=False)
    assert town.ask(SearchMarkets(place="Rennes")) == []


def test_a_host_name_shows_one_approved_market(town: Town) -> None:
    host = {"host": "Marche.Caromb.example", "brand_name": "Lekukoa", "brand_colour": "#8A1538"}
    market = a_new_market(town, **host)
    find = FindBrand(host="marche.caromb.example")
    assert town.ask(find) is None
    approve(town, market)
    found = town.ask(find)
    assert (found.market_id, found.name, found.colour) == (market.market_id, "Lekukoa", "#8a1538")
    details = market.model_dump(include=set(MarketDetails.model_fields))
    assert town.ask(FoundMarket(**details), town.odile).code == "host-taken"
    assert town.ask(FindBrand(host="other.example")) is None


def test_a_market_that_is_declined_keeps_its_host_name_from_nobody(town: Town) -> None:
    approve(town, a_new_market(town))
    claimed = a_new_market(town, host="caromb.example")
    details = claimed.model_dump(include=set(MarketDetails.model_fields))
    assert town.ask(FoundMarket(**details), town.odile).code == "host-taken"
    assert decide(town, claimed, Approval.DECLINED, reason="Not Caromb's.").host is None
    assert town.ask(FoundMarket(**details), town.odile).host == "caromb.example"
