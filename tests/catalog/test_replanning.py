"""A plan that hung on somebody's word is told to that farm when it changes; to the others it is told when it opens."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.planning import CancelDistribution, ChangeDistribution, Distribution, EndAdmission, Participate
from contracts.producers import Producer
from contracts.replanning import PlanChanged
from tests.catalog.cast import Town, a_farm, a_market, admit, planned

NAMES = ("opens_at", "closes_at", "starts_at", "ends_at")


@pytest.fixture
def plan(town: Town) -> tuple[Distribution, Producer]:
    """Alice said that she comes, the baker that he does not, and Charlie said nothing."""
    market = a_market(town)
    farms = [
        a_farm(town),
        *(a_farm(town, one, legal_name=name) for one, name in ((town.bob, "B"), (town.charlie, "C"))),
    ]
    for farm, person in zip(farms, (town.alice, town.bob, town.charlie), strict=True):
        admit(town, market, farm, person)
    (first,) = planned(town, market)
    ids = {"distribution_id": first.distribution_id}
    town.ask(Participate(**ids, producer_id=farms[0].producer_id, presence="accepted"), town.alice)
    town.ask(Participate(**ids, producer_id=farms[1].producer_id, presence="declined"), town.bob)
    return first, farms[0]


def change(town: Town, plan: Distribution, **changes: Any) -> Distribution:
    walls = {name: getattr(plan, f"wall_{name}") for name in NAMES}
    ids = {"distribution_id": plan.distribution_id, "venue_id": plan.venue_id, "version": plan.version}
    return town.ask(ChangeDistribution(**ids, **walls | changes), town.odile)


def test_who_had_said_he_comes_hears_of_another_hour(town: Town, plan: tuple[Distribution, Producer]) -> None:
    first, farm = plan
    later = {name: getattr(first, f"wall_{name}") + timedelta(days=1) for name in ("starts_at", "ends_at")}
    moved = change(town, first, **later)
    [(seq, said)] = town.said(PlanChanged)
    assert (seq, said.version, said.producers, said.cancelled) == (2, 2, [farm.producer_id], False)
    assert (said.was_starts_at, said.starts_at, said.venue_name) == (first.starts_at, moved.starts_at, first.venue_name)


def test_another_opening_alone_is_nobodys_news(town: Town, plan: tuple[Distribution, Producer]) -> None:
    first, _ = plan
    change(town, first, opens_at=first.wall_opens_at - timedelta(hours=3))
    assert town.said(PlanChanged) == []


def test_who_had_said_he_comes_hears_that_it_is_called_off(town: Town, plan: tuple[Distribution, Producer]) -> None:
    first, farm = plan
    town.ask(CancelDistribution(distribution_id=first.distribution_id), town.odile)
    [(_, said)] = town.said(PlanChanged)
    assert said.cancelled and said.producers == [farm.producer_id] and said.was_starts_at == first.starts_at


def test_who_sells_there_no_more_hears_nothing(town: Town, plan: tuple[Distribution, Producer]) -> None:
    first, farm = plan
    town.ask(EndAdmission(market_id=first.market_id, producer_id=farm.producer_id), town.odile)
    town.ask(CancelDistribution(distribution_id=first.distribution_id), town.odile)
    assert town.said(PlanChanged) == []
