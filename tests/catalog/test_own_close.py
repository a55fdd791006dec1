"""A farm's own close, when its sale moves before it opens."""

from datetime import UTC, datetime, timedelta

from contracts.catalog import SaleSheetPublished
from contracts.planning import ChangeDistribution, Participate
from tests.catalog.cast import Town, a_farm, a_market, a_product, admit, an_offer, planned, wall


def test_a_plan_that_moves_takes_the_bakers_own_close_along(town: Town) -> None:
    town.set_clock(datetime(2026, 12, 1, tzinfo=UTC))
    market = a_market(town)
    bakery = a_farm(town, town.bob, legal_name="Bob SARL", farm_name="Le Four de Bob")
    admit(town, market, bakery, town.bob)
    an_offer(town, a_product(town, bakery, town.bob), market, town.bob)
    [first] = planned(town, market, closes=wall(2027, 3, 24, 20))
    ids = {"distribution_id": first.distribution_id}
    noon = first.wall_closes_at.replace(day=23, hour=12)
    town.ask(Participate(**ids, producer_id=bakery.producer_id, presence="accepted", closes_at=noon), town.bob)
    names = ("opens_at", "closes_at", "starts_at", "ends_at")
    walls = {name: getattr(first, f"wall_{name}") + timedelta(weeks=1) for name in names}
    moved = town.ask(ChangeDistribution(version=1, venue_id=first.venue_id, **ids, **walls), town.odile)
    town.set_clock(moved.opens_at)
    town.let_due()
    [(_, sheet)] = town.said(SaleSheetPublished)
    [line] = sheet.lines
    assert line.closes_at == datetime(2027, 3, 30, 10, 0, tzinfo=UTC), "noon too where summer time has begun"
