"""Accountants: who may read the figures of a market, a farm or the instance until when, and what one reads oneself."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from flask import Response, url_for

from contracts.catalog import Market, ReadMarket
from contracts.errors import NotFound
from contracts.members import GrantRight, ListGrants, RevokeRight, Right
from contracts.planning import Distribution, ListDistributions
from contracts.producers import Producer, ReadProducer
from contracts.wall import HOME_ZONE, midnight
from gateway import asking
from gateway.pages.farms import own_farm
from gateway.pages.fields import Form
from gateway.pages.organising import own_market
from gateway.pages.site import go_to, pages, person, show

OF_MARKET = "/organise/<uuid:market_id>/accountants"
OF_FARM = "/farms/<uuid:producer_id>/accountants"
OF_INSTANCE = "/operate/accountants"
DAY = timedelta(days=1)


class Whose(NamedTuple):
    """Whose figures are given to read: a market's, a farm's, or the instance's."""

    path: str
    market: Market | None = None
    farm: Producer | None = None

    @property
    def object_id(self) -> UUID | None:
        if self.market:
            return self.market.market_id
        return self.farm.producer_id if self.farm else None

    @property
    def zone(self) -> str:
        return self.market.time_zone if self.market else HOME_ZONE


@pages.route(OF_MARKET, methods=["GET", "POST"])
def accountants(market_id: UUID) -> Response:
    """Those of a market, and a new one."""
    return _name(_market(market_id))


@pages.post(f"{OF_MARKET}/<uuid:grant_id>/end")
def end_accountant(market_id: UUID, grant_id: UUID) -> Response:
    """End it now."""
    return _end(_market(market_id), grant_id)


@pages.route(OF_FARM, methods=["GET", "POST"])
def farm_accountants(producer_id: UUID) -> Response:
    """Those of a farm, and a new one."""
    return _name(_farm(producer_id))


@pages.post(f"{OF_FARM}/<uuid:grant_id>/end")
def end_farm_accountant(producer_id: UUID, grant_id: UUID) -> Response:
    """End it now."""
    return _end(_farm(producer_id), grant_id)


@pages.route(OF_INSTANCE, methods=["GET", "POST"])
def instance_accountants() -> Response:
    """Those who read the figures of every market and farm, and a new one."""
    return _name(_instance())


@pages.post(f"{OF_INSTANCE}/<uuid:grant_id>/end")
def end_instance_accountant(grant_id: UUID) -> Response:
    """End it now."""
    return _end(_instance(), grant_id)


@pages.get("/figures")
def figures() -> Response:
    """The markets and farms whose figures one may read; of markets the distributions, the latest first."""
    identity = person()
    held = [one.object_id for one in identity.rights if one.right is Right.ACCOUNT]
    markets = [market for one in held if one and (market := _known_market(one))]
    farms = [farm for one in held if one and (farm := _known_farm(one))]
    listed = [(market, _past(market.market_id)) for market in markets]
    return show("figures.html", markets=listed, farms=farms, everything=None in held)


def _market(market_id: UUID) -> Whose:
    return Whose(url_for("pages.accountants", market_id=market_id), market=own_market(market_id))


def _farm(producer_id: UUID) -> Whose:
    return Whose(url_for("pages.farm_accountants", producer_id=producer_id), farm=own_farm(producer_id))


def _instance() -> Whose:
    person()
    return Whose(url_for("pages.instance_accountants"))


def _name(whose: Whose) -> Response:
    form = Form(GrantRight, valid_until=partial(_end_of, whose.zone))
    if form.send(right=Right.ACCOUNT, object_id=whose.object_id):
        return go_to(f"{whose.path}?said=saved")
    return _accountants(whose, form)


def _end_of(zone: str, typed: str) -> datetime:
    """The instant at which a day ends; ValueError where it is none, or the last of all."""
    try:
        return midnight(date.fromisoformat(typed) + DAY, zone)
    except OverflowError as error:
        raise ValueError(typed) from error


def _end(whose: Whose, grant_id: UUID) -> Response:
    form = Form(RevokeRight)
    if form.send(grant_id=grant_id):
        return go_to(f"{whose.path}?said=ended")
    return _accountants(whose, form)


def _accountants(whose: Whose, form: Form) -> Response:
    asked = ListGrants(right=Right.ACCOUNT, object_id=whose.object_id, limit=100)
    return show("accountants.html", form.status, whose=whose, form=form, found=asking.ask(asked).grants)


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
