"""How far goods travel to a market: from the farm's commune, weighed by what was brought."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bus import database
from contracts.errors import NotFound
from contracts.yearly import Load, ReadDistances
from services.catalog import rules
from tests.catalog.cast import CAROMB, Town, a_farm, a_market


def test_what_farms_bring_is_weighed_by_how_far_they_are(town: Town) -> None:
    market, far, near = a_market(town), a_farm(town), a_farm(town, town.bob, insee=CAROMB)
    loads = [
        Load(producer_ids=[far.producer_id], amount_cents=300),
        Load(producer_ids=[near.producer_id], amount_cents=100),
        Load(producer_ids=[uuid4()], amount_cents=500),
    ]
    found = town.ask(ReadDistances(market_id=market.market_id, loads=loads), town.odile)
    assert (found.market_name, found.town) == ("Marché de Caromb", "Caromb")
    (nearer, farther) = found.farms
    assert (nearer.producer_id, nearer.km) == (near.producer_id, 0)
    assert farther.km == pytest.approx(8, abs=2)
    assert found.mean_km == pytest.approx(farther.km * 0.75)


def test_distances_are_for_organisers_and_operators(town: Town) -> None:
    wanted = ReadDistances(market_id=a_market(town, public=True).market_id, loads=[])
    for person in (town.alice, town.charlie):
        with pytest.raises(NotFound):
            town.ask(wanted, person)
    with database.transaction() as tx:
        operates = {"id": uuid4(), "person": town.charlie}
        tx.execute(text("insert into grants values (:id, :person, 'operate', null, true, null, 1)"), operates)
    assert town.ask(wanted, town.charlie).mean_km is None


@given(st.lists(st.tuples(st.lists(st.floats(0, 20_000), max_size=4), st.integers(0, 10**9))))
def test_a_mean_lies_between_the_nearest_and_the_farthest(loads: list[tuple[list[float], int]]) -> None:
    mean = rules.mean_km(loads)
    known = [km for distances, cents in loads if cents for km in distances]
    assert (mean is None) == (not known)
    if mean is not None:
        assert min(known) * (1 - 1e-9) <= mean <= max(known) * (1 + 1e-9) + 1e-9
