"""Producers accept a market's charter and payment policy by name; how far a farm lies is computed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements import AdmissionChanged, TermsChanged
from contracts.catalog import ChangeMarket, Market, MarketDetails
from contracts.errors import Conflict, NotAllowed, NotFound
from contracts.planning import AcceptTerms, Admission, AdmitProducer, AskToSell, EndAdmission, ListAdmissions
from services.catalog.rules import Point
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer


def change(town: Town, market: Market, **changes: Any) -> Market:
    details = market.model_dump(include=set(MarketDetails.model_fields)) | changes
    answer: Market = town.ask(ChangeMarket(market_id=market.market_id, version=market.version, **details), town.odile)
    return answer


def seen(town: Town, market: Market) -> Admission:
    [admission] = town.ask(ListAdmissions(market_id=market.market_id), town.odile)
    found: Admission = admission
    return found


def test_a_farm_accepts_by_name_and_is_asked_again_when_the_terms_change(town: Town) -> None:
    market, farm = a_market(town, charter_title="Sans plastique", charter="Ni sac, ni film."), a_farm(town)
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    accept = AcceptTerms(**pair, terms_version=1, name="Alice Roux")
    with pytest.raises(NotFound):
        town.ask(accept, town.alice)
    admit(town, market, farm)
    assert not seen(town, market).terms_accepted
    with pytest.raises(NotAllowed):
        town.ask(accept, town.odile)
    for _ in range(2):
        town.ask(accept, town.alice)
    assert (seen(town, market).terms_accepted, seen(town, market).accepted_name) == (True, "Alice Roux")
    renamed = change(town, market, name="Halles")
    assert seen(town, market).terms_accepted
    paid = change(town, renamed, payment_policy="both")
    stale = seen(town, market)
    assert (stale.terms_accepted, stale.accepted_name, stale.state) == (False, "Alice Roux", "admitted")
    [(_, again)] = town.said(TermsChanged)
    assert (again.producer_id, again.terms_version, again.payment_policy) == (farm.producer_id, 2, "both")
    an_offer(town, a_product(town, farm), market)
    with pytest.raises(Conflict) as refusal:
        town.ask(accept, town.alice)
    assert refusal.value.details == {"terms_version": paid.terms_version}
    town.ask(accept.model_copy(update={"terms_version": paid.terms_version}), town.alice)
    assert seen(town, market).terms_accepted
    change(town, paid, charter="Ni sac, ni film, ni barquette.")
    assert not seen(town, market).terms_accepted


def test_beyond_the_markets_distance_a_farm_is_admitted_with_a_reason_alone(town: Town) -> None:
    market, near = a_market(town, max_distance_km=30), a_farm(town)
    far = a_farm(town, town.bob, farm_name="Les Flots", insee="59350")
    admit(town, market, near)
    assert 5 < seen(town, market).distance_km < 10
    pair = {"market_id": market.market_id, "producer_id": far.producer_id}
    town.ask(AskToSell(**pair), town.bob)
    refused = town.ask(AdmitProducer(**pair), town.odile)
    assert (refused.code, refused.details["max_km"]) == ("too-far", 30)
    assert 700 < refused.details["km"] < 800
    with pytest.raises(NotAllowed):
        town.ask(AdmitProducer(**pair), town.charlie)
    reason = "Le seul mareyeur qui descend jusqu’ici."
    admitted = town.ask(AdmitProducer(**pair, far_reason=reason), town.odile)
    assert (admitted.state, admitted.far_reason) == ("admitted", reason)
    assert town.ask(AdmitProducer(**pair), town.odile).state == "admitted"


def test_each_yes_and_no_is_said_once_for_the_other_side(town: Town) -> None:
    market, farm = a_market(town), a_farm(town)
    pair = {"market_id": market.market_id, "producer_id": farm.producer_id}
    admit_it, end = AdmitProducer(**pair), EndAdmission(**pair)
    for command, person in ((admit_it, town.odile), (AskToSell(**pair), town.alice), (end, town.alice)):
        for _ in range(2):
            town.ask(command, person)
    town.ask(admit_it, town.odile)
    an_offer(town, a_product(town, farm), market)
    said = [(one.by_market, one.by_person, one.before, one.state) for _, one in town.said(AdmissionChanged)]
    assert said == [
        (True, town.odile, None, "invited"),
        (False, town.alice, "invited", "admitted"),
        (False, town.alice, "admitted", "ended"),
        (True, town.odile, "ended", "invited"),
        (False, town.alice, "invited", "admitted"),
    ]
    assert len({one.change_id for _, one in town.said(AdmissionChanged)}) == 5


POINTS = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_the_earth(one: Point, other: Point) -> None:
    there, back = one.kilometres_to(other), other.kilometres_to(one)
    assert there is not None and back is not None
    assert there == pytest.approx(back, abs=0.1) and 0 <= there <= 20_016
    assert one.kilometres_to(one) == 0 and one.kilometres_to(Point(None, None)) is None
