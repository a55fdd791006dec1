"""Accountants: who may read a market's figures until when, and the figures that one may read oneself."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from contracts.catalog import Market, ReadMarket
from contracts.errors import NotFound
from contracts.members import GrantRight, ListGrants, RevokeRight, Right
from contracts.planning import Distribution, ListDistributions
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.organising import own_market
from gateway.pages.site import go, pages, person, show

ACCOUNTANTS = "/organise/<uuid:market_id>/accountants"


@pages.route(ACCOUNTANTS, methods=["GET", "POST"])
def accountants(market_id: UUID) -> Response:
    """Those there are, and a new one."""
    market = own_market(market_id)
    form = Form(GrantRight, valid_until=lambda typed: _end_of(date.fromisoformat(typed), market))
    if form.send(right=Right.ACCOUNT, object_id=market_id):
        return go("accountants", "saved", market_id=market_id)
    return _accountants(market, form)


@pages.post(f"{ACCOUNTANTS}/<uuid:grant_id>/end")
def end_accountant(market_id: UUID, grant_id: UUID) -> Response:
    """End it now."""
    market = own_market(market_id)
    form = Form(RevokeRight)
    if form.send(grant_id=grant_id):
        return go("accountants", "ended", market_id=market_id)
    return _accountants(market, form)


@pages.get("/figures")
def figures() -> Response:
    """The markets whose figures one may read, each with its distributions, the latest first."""
    identity = person()
    held = [one.object_id for one in identity.rights if one.right is Right.ACCOUNT and one.object_id]
    found = [market for market in map(_market, held) if market]
    return show("figures.html", markets=[(market, _past(market.market_id)) for market in found])


def _market(object_id: UUID) -> Market | None:
    """The market of a right; nothing where it is held on a farm."""
    with suppress(NotFound):
        market: Market = asking.ask(ReadMarket(market_id=object_id))
        return market
    return None


def _accountants(market: Market, form: Form) -> Response:
    asked = ListGrants(right=Right.ACCOUNT, object_id=market.market_id, limit=100)
    return show("accountants.html", form.status, market=market, form=form, found=asking.ask(asked).grants)


def _past(market_id: UUID) -> list[Distribution]:
    listed: list[Distribution] = []
    asked = ListDistributions(market_id=market_id, past=True, limit=100)
    while len(found := asking.ask(asked)) == asked.limit:
        listed += found
        asked = asked.model_copy(update={"after": found[-1].distribution_id})
    return [*listed, *found][::-1]


def _end_of(day: date, market: Market) -> datetime:
    """The midnight that ends a day, at the place of the market."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(market.time_zone))
