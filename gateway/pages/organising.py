"""An organiser's desk: markets, pick-up places, farms that are admitted, people who ask to join."""

from typing import Any
from uuid import UUID

from flask import Response, request

from contracts.catalog import ChangeMarket, FoundMarket, Market, MyMarkets
from contracts.errors import NotAllowed, NotFound
from contracts.members import DecideMembership, ListMembers, Member, Members, Right, Standing
from contracts.planning import (
    Admission,
    AdmissionState,
    AdmitProducer,
    EndAdmission,
    ListAdmissions,
    ListDistributions,
    ListVenues,
)
from gateway import asking
from gateway.pages import numbers
from gateway.pages.fields import Form, written
from gateway.pages.places import PlaceForm, written_lines
from gateway.pages.site import go, holds, pages, person, show
from gateway.reception import reception
from gateway.writing import folded

NEW_MARKET: dict[str, Any] = {
    "kind": "producers", "joining": "open", "payment_policy": "on_site", "time_zone": "Europe/Paris", "public": True,
    "quality_floor": "none", "kept_minutes": "0", "fee_cents": "0", "by_proxy": True, "uncollected": "still_due",
}  # fmt: skip
FEE_TYPED: dict[str, Any] = {"fee_cents": numbers.cents, "fee_vat_basis_points": int}
COMING, ALL = 20, 100
"""Distributions on one page of a desk."""


@pages.get("/organise")
def my_markets() -> Response:
    """The markets that one organises."""
    person()
    return show("organise.html", markets=asking.ask(MyMarkets()))


@pages.route("/organise/new", methods=["GET", "POST"])
def found_market() -> Response:
    """Open a market."""
    person()
    form = PlaceForm(FoundMarket, NEW_MARKET, **FEE_TYPED)
    if form.send_from(languages=["fr"], served=form.codes("served")):
        return go("desk", "founded", market_id=form.answer.market_id)
    return show("market_form.html", form.status, form=form, market=None)


@pages.get("/organise/<uuid:market_id>")
def desk(market_id: UUID) -> Response:
    """All that there is to do for one market."""
    market = own_market(market_id)
    past = "past" in request.args
    after = request.args.get("after", type=UUID)
    shown = ALL if past else COMING
    listed = asking.ask(ListDistributions(market_id=market_id, past=past, newest_first=past, after=after, limit=shown))
    farms = _farms(market_id)
    return show(
        "desk.html",
        market=market,
        address=reception().settings.public_url,
        distributions=listed,
        older=listed[-1].distribution_id if past and len(listed) == shown else None,
        venues=list(asking.every(ListVenues(market_id=market_id), "venue_id")),
        asked=[one for one in farms if one.state is AdmissionState.ASKED],
        admitted=[one for one in farms if one.state is AdmissionState.ADMITTED],
        waiting=_waiting(market_id),
        past=past,
    )


@pages.route("/organise/<uuid:market_id>/edit", methods=["GET", "POST"])
def edit_market(market_id: UUID) -> Response:
    """Write a market anew."""
    market = own_market(market_id)
    shown = {"place": market.town, "served": written_lines(market.served_towns)}
    shown["fee_cents"] = numbers.typed_cents(market.fee_cents)
    form = PlaceForm(ChangeMarket, written(market, **shown), **FEE_TYPED)
    if form.send_from(market_id=market_id, languages=list(market.languages), served=form.codes("served")):
        return go("desk", "saved", market_id=market_id)
    return show("market_form.html", form.status, form=form, market=market)


@pages.get("/organise/<uuid:market_id>/producers")
def market_producers(market_id: UUID) -> Response:
    """The farms of a market."""
    return _producers(market_id, Form(AdmitProducer))


@pages.post("/organise/<uuid:market_id>/producers/<uuid:producer_id>/admit")
def admit_producer(market_id: UUID, producer_id: UUID) -> Response:
    """Say the market's yes."""
    form = Form(AdmitProducer)
    if form.send(market_id=market_id, producer_id=producer_id):
        return go("market_producers", form.answer.state, market_id=market_id)
    return _producers(market_id, form)


@pages.post("/organise/<uuid:market_id>/producers/<uuid:producer_id>/end")
def end_admission(market_id: UUID, producer_id: UUID) -> Response:
    """Say its no."""
    form = Form(EndAdmission)
    if form.send(market_id=market_id, producer_id=producer_id):
        return go("market_producers", "admission-ended", market_id=market_id)
    return _producers(market_id, form)


@pages.get("/organise/<uuid:market_id>/members")
def market_members(market_id: UUID) -> Response:
    """Who asks to join, and who has."""
    return _members(market_id, Form(DecideMembership))


@pages.post("/organise/<uuid:market_id>/members/<uuid:membership_id>")
def decide_membership(market_id: UUID, membership_id: UUID) -> Response:
    """Admit, refuse or ban."""
    form = Form(DecideMembership)
    if form.send(membership_id=membership_id):
        return go("market_members", f"member-{form.answer.standing}", market_id=market_id)
    return _members(market_id, form)


def _waiting(market_id: UUID) -> list[Member]:
    """Who asks to join; nobody yet at a market that was founded a moment ago, of which members has not heard."""
    try:
        found: Members = asking.ask(ListMembers(market_id=market_id, standing=Standing.WAITING))
    except NotAllowed:
        return []
    return found.members


def own_market(market_id: UUID) -> Market:
    """A market that one organises; the pages of the list are gone through."""
    person()
    mine: Market
    for mine in asking.every(MyMarkets(), "market_id"):
        if mine.market_id == market_id:
            holds(Right.ORGANISE)
            return mine
    raise NotFound("no-such-market", "You organise no such market.")


def _producers(market_id: UUID, form: Form) -> Response:
    market = own_market(market_id)
    farms = _farms(market_id)
    return show("market_producers.html", form.status, market=market, farms=farms, form=form)


def _members(market_id: UUID, form: Form) -> Response:
    market = own_market(market_id)
    after = request.args.get("after", type=UUID)
    waiting: Members = asking.ask(ListMembers(market_id=market_id, standing=Standing.WAITING, limit=100))
    members: Members = asking.ask(ListMembers(market_id=market_id, after=after, limit=50))
    words = {"waiting": waiting.members, "members": members.members, "following": members.following}
    return show("market_members.html", form.status, market=market, form=form, **words)


def _farms(market_id: UUID) -> list[Admission]:
    """Every farm that a market has to do with, by name."""
    return sorted(
        asking.every(ListAdmissions(market_id=market_id), "producer_id"), key=lambda one: folded(one.producer_name)
    )
