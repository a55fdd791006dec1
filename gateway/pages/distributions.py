"""An organiser plans distributions, changes or calls off those that have not opened, sees all."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, request
from pydantic import ValidationError

from contracts.expiring import ListExpiredMarks
from contracts.orders import DistributionState
from contracts.planning import (
    CancelDistribution,
    ChangeDistribution,
    Distribution,
    ListParticipations,
    ListVenues,
    PlanDistribution,
    ReadDistribution,
    Recurrence,
)
from contracts.quality import ListRefusedOffers, RefusedOffer
from gateway import asking
from gateway.pages import slots
from gateway.pages.fields import Form
from gateway.pages.organising import own_market
from gateway.pages.presence import presences
from gateway.pages.series import Series
from gateway.pages.site import go, pages, show

TIMES = ("opens_at", "closes_at", "starts_at", "ends_at")
REPEATS = ("", "week", "month")


@pages.route("/organise/<uuid:market_id>/plan", methods=["GET", "POST"])
def plan(market_id: UUID) -> Response:
    """Plan one distribution, or a series whose days were looked at."""
    market = own_market(market_id)
    form = Form(PlanDistribution, proposed(datetime.now(ZoneInfo(market.time_zone))))
    recurrence = _recurrence(form)
    series = Series(market_id, recurrence)
    about = {"market_id": market_id, "recurrence": recurrence, "slots": slots.planned(form)}
    if series.was_seen and form.send(skipped=series.skipped, **about):
        return go("desk", "planned", market_id=market_id)
    slots.blame(form)
    found = list(asking.every(ListVenues(market_id=market_id), "venue_id"))
    return show("plan.html", form.status, market=market, venues=found, form=form, planned=None, series=series)


@pages.get("/organise/distributions/<uuid:distribution_id>")
def distribution(distribution_id: UUID) -> Response:
    """One distribution as its organiser sees it."""
    return _distribution(distribution_id, Form(CancelDistribution))


@pages.route("/organise/distributions/<uuid:distribution_id>/edit", methods=["GET", "POST"])
def change_distribution(distribution_id: UUID) -> Response:
    """Plan one anew that has not opened."""
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    market = own_market(planned.market_id)
    form = Form(ChangeDistribution, _as_planned(planned))
    if form.send(distribution_id=distribution_id, slots=slots.planned(form)):
        return go("distribution", "saved", distribution_id=distribution_id)
    slots.blame(form)
    found = list(asking.every(ListVenues(market_id=planned.market_id), "venue_id"))
    return show("plan.html", form.status, market=market, venues=found, form=form, planned=planned, series=None)


@pages.route("/organise/distributions/<uuid:distribution_id>/cancel", methods=["GET", "POST"])
def cancel_distribution(distribution_id: UUID) -> Response:
    """Call one off that has not opened, once that is meant."""
    form = Form(CancelDistribution)
    if form.send(distribution_id=distribution_id):
        return go("distribution", "called-off", distribution_id=distribution_id)
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    own_market(planned.market_id)
    return show("distribution_cancel.html", form.status, planned=planned, form=form)


def _distribution(distribution_id: UUID, form: Form) -> Response:
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    market = own_market(planned.market_id)
    farms = asking.ask(ListParticipations(distribution_id=distribution_id))
    has_opened = str(planned.state) in set(DistributionState) | {"handover", "final"} and planned.state != "cancelled"
    coming = presences(distribution_id) if has_opened else {}
    refused: list[RefusedOffer] = asking.ask(ListRefusedOffers(distribution_id=distribution_id))
    expired = asking.ask(ListExpiredMarks(distribution_id=distribution_id)) if has_opened else []
    quality = {"refused": refused, "expired": expired}
    words = {"planned": planned, "market": market, "farms": farms, "has_opened": has_opened, "coming": coming}
    return show("distribution.html", form.status, form=form, **words, **quality)


def _recurrence(form: Form) -> Recurrence | None:
    """How often, where it is said; what is wrong with it is said at its fields."""
    every = request.form.get("every", "")
    if request.method != "POST" or every not in REPEATS or not every:
        return None
    said = {"every": every, "interval": request.form.get("interval") or 1, "count": request.form.get("count") or None}
    try:
        return Recurrence.model_validate(said)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            form.blame(str(fault["loc"][0]), fault["type"], fault.get("ctx"))
        return None


def proposed(now: datetime) -> dict[str, Any]:
    """What most markets do, from the next Sunday on: order until Wednesday evening, fetch on Friday evening."""
    sunday = datetime.combine(now.date() + timedelta(days=6 - now.weekday()), time())
    if now.replace(tzinfo=None) >= sunday + timedelta(hours=18):
        sunday += timedelta(days=7)
    walls = {
        "opens_at": sunday + timedelta(hours=18),
        "closes_at": sunday + timedelta(days=3, hours=20),
        "starts_at": sunday + timedelta(days=5, hours=17),
        "ends_at": sunday + timedelta(days=5, hours=19),
    }
    shown = {name: wall.strftime("%Y-%m-%dT%H:%M") for name, wall in walls.items()}
    return shown | {"every": "", "interval": "1", "count": "10"}


def _as_planned(planned: Distribution) -> dict[str, Any]:
    walls = {name: getattr(planned, f"wall_{name}").strftime("%Y-%m-%dT%H:%M") for name in TIMES}
    cut = slots.as_planned(planned.slots)
    return walls | cut | {"venue_id": str(planned.venue_id), "version": planned.version}
