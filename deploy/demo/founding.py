"""Before the first week: the markets are founded and planned, the farms sign up, are let in and fill their shelves."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from deploy.demo.farms import CERTIFIERS, FARMS, FarmPlan
from deploy.demo.markets import MARKETS, MarketPlan
from deploy.demo.people import Person
from deploy.demo.size import Size
from deploy.demo.town import Town, at_once, until
from deploy.demo.weeks import Weeks

OPERATOR = "Malik Operandi"
DATED = {"ab", "demeter", "nature_et_progres", "in_conversion", "hve"}
"""Marks that are given for a time."""


@dataclass(frozen=True)
class Market:
    """A market with its organiser, its places and, week by week, the ids of its distributions."""

    plan: MarketPlan
    id: str
    organiser: Person
    venues: list[str]
    weeks: list[list[str]]


@dataclass(frozen=True)
class Ground:
    """What the weeks are played on; `sellers` by the id of their farm."""

    markets: list[Market]
    sellers: dict[str, Person]


def found(town: Town, size: Size, weeks: Weeks) -> Ground:
    """Markets and farms, each by a person of its own."""
    operator = Person(town, OPERATOR).sign_up()
    markets = [_found_market(town, operator, plan, size, weeks) for plan in MARKETS]
    by_slug = {market.plan.slug: market for market in markets}

    def join(number: int) -> tuple[str, Person]:
        return _join(town, number, by_slug, weeks)

    return Ground(markets, dict(at_once(join, range(size.farms))))


def _found_market(town: Town, operator: Person, plan: MarketPlan, size: Size, weeks: Weeks) -> Market:
    organiser = Person(town, plan.organiser).sign_up()
    market_id = organiser.do("POST", "/markets", plan.about)["market_id"]
    _approve(town, operator, market_id)
    words = f"/markets/{market_id}/words"
    until(lambda: organiser.read(words))
    organiser.do("PUT", f"{words}/order_placed", plan.word | {"version": 0})
    venues, series = [], []
    for venue in plan.venues:
        place = {"name": venue.name, "address": venue.address}
        venue_id = organiser.do("POST", f"/markets/{market_id}/venues", place)["venue_id"]
        venues.append(venue_id)
        wanted = weeks.plan(plan, venue) | {"venue_id": venue_id}
        wanted["recurrence"] = {"every": "week", "count": size.weeks}
        planned = organiser.do("POST", f"/markets/{market_id}/distributions", wanted)["items"]
        series.append([one["distribution_id"] for one in planned])
    return Market(plan, market_id, organiser, venues, [list(week) for week in zip(*series, strict=True)])


def _approve(town: Town, operator: Person, market_id: str) -> None:
    """Let a market be public, as soon as catalog has heard who operates."""
    waiting = until(lambda: [one for one in operator.read("/approvals")["items"] if one["market_id"] == market_id])
    said = {"approval": "approved", "version": waiting[0]["version"]}
    operator.do("PUT", f"/markets/{market_id}/approval", said)


def _join(town: Town, number: int, markets: dict[str, Market], weeks: Weeks) -> tuple[str, Person]:
    """A farm from its seller's sign-up to its offers at each of its markets."""
    plan = FARMS[number]
    seller = Person(town, plan.seller).sign_up(phone=f"04 90 00 00 {number:02}")
    about = {"legal_name": f"{plan.name} (démonstration)", "farm_name": plan.name, "insee": plan.insee}
    producer_id: str = seller.do("POST", "/producers", about)["producer_id"]
    farm = f"/producers/{producer_id}"
    for slug in plan.markets:
        market = markets[slug]
        path = f"/markets/{market.id}/producers/{producer_id}"
        seller.do("PUT", f"{path}/request")
        market.organiser.do("PUT", f"{path}/admission")
        seller.do("PUT", f"{path}/terms", {"terms_version": 1, "name": plan.seller})
        if len(market.venues) > 1 and number % 3:  # two farms in three do not go the whole round
            seller.do("PUT", f"{path}/places", {"venue_ids": market.venues[:2]})
        report = seller.do("POST", f"{farm}/products/import?market_id={market.id}", plan.products)
        if report["faulty"]:
            raise ValueError(f"{plan.slug}.csv: {report['lines']}")
    if plan.sells_alcohol:
        licence = {"kind": "alcohol_licence", "number": f"Licence à emporter DEMO-{plan.insee}"}
        seller.do("POST", f"{farm}/papers", licence)
    if plan.vat_regime != "normal":
        begins_on = (weeks.today - timedelta(days=365)).isoformat()
        seller.do("PUT", f"{farm}/vat-regimes/{begins_on}", {"regime": plan.vat_regime})
    for kind in plan.marks:
        seller.do("POST", f"{farm}/marks", _mark(plan, kind, number, weeks))
    return producer_id, seller


def _mark(plan: FarmPlan, kind: str, number: int, weeks: Weeks) -> dict[str, Any]:
    """A certificate with an invented number, good for a year more where it is given for a time."""
    until = (weeks.today + timedelta(days=365)).isoformat() if kind in DATED else None
    reference = f"DEMO-{plan.insee}-{number + 1:02}"
    return {"kind": kind, "certifier": CERTIFIERS[kind], "number": reference, "valid_until": until}
