"""What an accountant reads: the markets and farms whose figures somebody gave him."""

from contextlib import suppress
from uuid import UUID

from flask import Response

from contracts.catalog import Market, ReadMarket
from contracts.errors import NotFound
from contracts.members import Right
from contracts.planning import Distribution, ListDistributions
from contracts.producers import Producer, ReadProducer
from gateway import asking
from gateway.pages.site import pages, person, show


@pages.get("/figures")
def figures() -> Response:
    """The markets and farms whose figures one may read; of markets the distributions, the latest first."""
    identity = person()
    held = [one.object_id for one in identity.rights if one.right is Right.ACCOUNT]
    markets = [market for one in held if one and (market := _known_market(one))]
    farms = [farm for one in held if one and (farm := _known_farm(one))]
    listed = [(market, _past(market.market_id)) for market in markets]
    return show("figures.html", markets=listed, farms=farms, everything=None in held)


def _known_market(object_id: UUID) -> Market | None:
    """The market of a right; nothing where it is held on a farm."""
    with suppress(NotFound):
        market: Market = asking.ask(ReadMarket(market_id=object_id))
        return market
    return None


def _known_farm(object_id: UUID) -> Producer | None:
    """The farm of a right; nothing where it is held on a market."""
    with suppress(NotFound):
        farm: Producer = asking.ask(ReadProducer(producer_id=object_id))
        return farm
    return None


def _past(market_id: UUID) -> list[Distribution]:
    past = ListDistributions(market_id=market_id, past=True, limit=100)
    return list(asking.every(past, "distribution_id"))[::-1]
