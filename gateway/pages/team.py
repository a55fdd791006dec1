"""Who acts for a farm, keeps a market, stands in for an evening, operates, or only reads: named, limited, ended."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, url_for

from contracts.catalog import Market
from contracts.members import Grant, GrantRight, ListGrants, RevokeRight, Right
from contracts.planning import Distribution
from contracts.producers import Producer
from contracts.wall import HOME_ZONE, midnight
from gateway import asking
from gateway.pages.farms import own_farm
from gateway.pages.fields import Form
from gateway.pages.organising import own_market
from gateway.pages.site import go, go_to, pages, person, planned_as, show

DAY = timedelta(days=1)


class Team(NamedTuple):
    """Where it is named, the rights that are given there, and on what: a market, a farm, an evening, the instance."""

    path: str
    rights: tuple[Right, ...]
    object_id: UUID | None = None
    market: Market | None = None
    farm: Producer | None = None
    evening: Distribution | None = None

    @property
    def zone(self) -> str:
        return self.market.time_zone if self.market else HOME_ZONE

    def proposed(self) -> dict[str, str]:
        """What a new form begins with: the first right, and of an evening its last day."""
        day = self.evening.ends_at.astimezone(ZoneInfo(self.zone)).date().isoformat() if self.evening else ""
        return {"right": self.rights[0], "valid_until": day}


def _of_market(market_id: UUID) -> Team:
    rights = Right.ORGANISE, Right.TREASURY, Right.ACCOUNT
    path = url_for("pages.market_team", market_id=market_id)
    return Team(path, rights, market_id, market=own_market(market_id))


def _of_farm(producer_id: UUID) -> Team:
    path = url_for("pages.farm_team", producer_id=producer_id)
    return Team(path, (Right.SELL, Right.ACCOUNT), producer_id, farm=own_farm(producer_id))


def _of_evening(distribution_id: UUID) -> Team:
    evening = planned_as(distribution_id)
    path = url_for("pages.deputies", distribution_id=distribution_id)
    return Team(path, (Right.HANDOVER,), distribution_id, market=own_market(evening.market_id), evening=evening)


def _of_instance() -> Team:
    person()
    return Team(url_for("pages.instance_team"), (Right.OPERATE, Right.ACCOUNT))


def _name(team: Team) -> Response:
    form = Form(GrantRight, team.proposed(), valid_until=partial(_end_of, team.zone))
    only = {"right": team.rights[0]} if len(team.rights) == 1 else {}
    if form.send(object_id=team.object_id, **only):
        return go_to(f"{team.path}?said=saved")
    return _team(team, form)


def _end_of(zone: str, typed: str) -> datetime:
    """The instant at which a day ends; ValueError where it is none, or the last of all."""
    try:
        return midnight(date.fromisoformat(typed) + DAY, zone)
    except OverflowError as error:
        raise ValueError(typed) from error


def _end(team: Team, grant_id: UUID) -> Response:
    form = Form(RevokeRight, team.proposed())
    leads_here = [] if team.evening else _held(team, team.rights[0])
    was_own = any((one.grant_id, one.person_id) == (grant_id, person().person_id) for one in leads_here)
    if form.send(grant_id=grant_id):
        return go("account", "right-ended") if was_own else go_to(f"{team.path}?said=ended")
    return _team(team, form)


def _team(team: Team, form: Form) -> Response:
    groups = [(right, _held(team, right)) for right in team.rights]
    return show("team.html", form.status, team=team, form=form, groups=groups, own_id=person().person_id)


def _held(team: Team, right: Right) -> list[Grant]:
    found: list[Grant] = asking.ask(ListGrants(right=right, object_id=team.object_id, limit=100)).grants
    return found


def _add(address: str, name: str, team_of: Callable[..., Team]) -> None:
    """A page of who is named there and of somebody new, and the end of one's right."""

    def page(**ids: UUID) -> Response:
        return _name(team_of(**ids))

    def end(grant_id: UUID, **ids: UUID) -> Response:
        return _end(team_of(**ids), grant_id)

    pages.add_url_rule(address, name, page, methods=["GET", "POST"])
    pages.add_url_rule(f"{address}/<uuid:grant_id>/end", f"end_of_{name}", end, methods=["POST"])


_add("/organise/<uuid:market_id>/team", "market_team", _of_market)
_add("/farms/<uuid:producer_id>/team", "farm_team", _of_farm)
_add("/organise/distributions/<uuid:distribution_id>/team", "deputies", _of_evening)
_add("/operate/team", "instance_team", _of_instance)
