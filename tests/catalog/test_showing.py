"""What markets show: public ones to everybody, page by page; a poster to those who organise."""

from datetime import UTC, datetime

import pytest

from bus import database
from contracts.catalog import MarketChanged
from contracts.errors import HalleError, NotFound
from contracts.planning import Recurrence
from contracts.producers import Producer
from contracts.showing import ListMarketsShown, ReadMarketShown, ReadShowcase, ReadVoice
from tests.catalog.cast import Town, a_farm, a_market, a_new_market, admit, approve, planned
from tests.catalog.seed import fill

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def farm(town: Town) -> Producer:
    town.set_clock(NOON)
    return a_farm(town)


def test_a_market_shows_its_next_pick_up_its_place_and_how_many_farms_it_has(town: Town, farm: Producer) -> None:
    market = a_market(town)
    admit(town, market, farm)
    first, second = planned(town, market, recurrence=Recurrence(count=2))
    (shown,) = town.ask(ListMarketsShown())
    assert (shown.town, shown.insee, shown.farms) == ("Caromb", "84030", 1)
    assert shown.next_pick_up.distribution_id == first.distribution_id
    assert shown.next_pick_up.venue_address == "Place Nationale"
    town.set_clock(first.ends_at)
    assert town.ask(ReadMarketShown(market_id=market.market_id)).next_pick_up.starts_at == second.starts_at
    town.set_clock(second.ends_at)
    assert town.ask(ReadMarketShown(market_id=market.market_id)).next_pick_up is None


def test_how_a_market_speaks_is_no_secret_and_is_said(town: Town) -> None:
    market = a_new_market(town, says_tu=True, public=False)
    assert town.ask(ReadVoice(market_id=market.market_id)).says_tu
    assert [one.says_tu for _, one in town.said(MarketChanged)] == [True]
    with pytest.raises(NotFound):
        town.ask(ReadVoice(market_id=town.alice))


def test_a_market_that_is_not_public_shows_nothing_even_to_those_who_organise_it(town: Town, farm: Producer) -> None:
    market = a_market(town, public=False)
    assert town.ask(ListMarketsShown(), town.odile) == []
    for person in (None, town.odile):
        with pytest.raises(NotFound):
            town.ask(ReadMarketShown(market_id=market.market_id), person)


def test_a_market_is_open_data_and_framed_only_once_it_is_approved(town: Town, farm: Producer) -> None:
    market = a_new_market(town)
    assert town.ask(ListMarketsShown()) == []
    with pytest.raises(NotFound):
        town.ask(ReadMarketShown(market_id=market.market_id))
    approve(town, market)
    assert town.ask(ReadMarketShown(market_id=market.market_id)).name == market.name


def test_a_poster_is_for_organisers_and_has_dates_and_farms(town: Town, farm: Producer) -> None:
    market = a_market(town, public=False)
    admit(town, market, farm)
    dates = planned(town, market, recurrence=Recurrence(count=6))
    shown = town.ask(ReadShowcase(market_id=market.market_id), town.odile)
    coming = [shown.next_pick_up, *shown.later_pick_ups]
    assert [one.distribution_id for one in coming] == [one.distribution_id for one in dates[:4]]
    assert (shown.farm_names, shown.farms) == (["Ferme des Lilas"], 1)
    for person, code in ((town.charlie, "no-such-market"), (town.alice, "not-yours")):
        with pytest.raises(HalleError) as refused:
            town.ask(ReadShowcase(market_id=market.market_id), person)
        assert refused.value.code == code


def test_every_public_market_comes_once_page_by_page(town: Town) -> None:
    with database.transaction() as tx:
        fill(tx, markets=50, products=100)
    a_market(town, public=False)
    after, seen = None, []
    while found := town.ask(ListMarketsShown(after=after, limit=20)):
        seen += [one.market_id for one in found]
        after = seen[-1]
        assert all(one.next_pick_up for one in found)
    assert len(seen) == len(set(seen)) == 50
