"""What somebody was entrusted with: the hand-overs that he deputises at, the markets whose money he keeps."""

from collections.abc import Iterator
from uuid import UUID

from flask import Response

from contracts.catalog import Market, ReadMarket
from contracts.errors import NotFound
from contracts.members import MyGrants, OwnGrant, OwnGrants, RevokeRight, Right
from contracts.planning import Distribution, ListDistributions, Stage
from contracts.producers import Producer, ReadProducer
from contracts.wall import HOME_ZONE
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show
from gateway.session import visitor

SHOWN = 100
"""Distributions of a market that are looked at, the newest first."""
NOT_YET = (Stage.PLANNED, Stage.OPEN, Stage.CLOSING)


@pages.get("/entrusted")
def entrusted() -> Response:
    """The evenings and the tills that the visitor is trusted with."""
    person()
    evenings = sorted(_evenings(), key=lambda planned: planned.starts_at, reverse=True)
    return show("entrusted.html", evenings=evenings, treasuries=list(_treasuries()))


@pages.get("/account/rights")
def my_rights() -> Response:
    """Everything that one may do for others, to be given up."""
    return _rights(Form(RevokeRight))


@pages.post("/account/rights/<uuid:grant_id>/end")
def give_up_right(grant_id: UUID) -> Response:
    """Hold it no more."""
    form = Form(RevokeRight)
    if form.send(grant_id=grant_id):
        visitor().renew()
        return go("my_rights", "right-ended")
    return _rights(form)


def _rights(form: Form) -> Response:
    held = {(one.right, one.object_id) for one in person().rights}
    grants = [(one, one.name or _farm(one)) for one in _own_grants() if (one.right, one.object_id) in held]
    return show("rights.html", form.status, form=form, grants=grants, zone=HOME_ZONE)


def _own_grants() -> Iterator[OwnGrant]:
    """All that was ever given, page by page."""
    after: UUID | None = None
    while True:
        found: OwnGrants = asking.ask(MyGrants(after=after))
        yield from found.grants
        if (after := found.following) is None:
            return


def _farm(grant: OwnGrant) -> str:
    """What a farm is called that has not said it since members keeps it."""
    if grant.right is not Right.SELL or grant.object_id is None:
        return ""
    farm: Producer = asking.ask(ReadProducer(producer_id=grant.object_id))
    return farm.farm_name


def _evenings() -> Iterator[Distribution]:
    for distribution_id in _objects(Right.HANDOVER):
        try:
            yield planned_as(distribution_id)
        except NotFound:
            continue  # a right may be granted on what catalog does not know


def _treasuries() -> Iterator[tuple[Market, list[Distribution]]]:
    """Each market with its sales that money is taken for, the newest first."""
    for market_id in _objects(Right.TREASURY):
        asked = ListDistributions(market_id=market_id, past=True, newest_first=True, limit=SHOWN)
        sales: list[Distribution] = asking.ask(asked)
        closed = [one for one in sales if one.state not in (*NOT_YET, Stage.CANCELLING, Stage.CANCELLED)]
        yield asking.ask(ReadMarket(market_id=market_id)), closed


def _objects(right: Right) -> list[UUID]:
    return [held.object_id for held in person().rights if held.right is right and held.object_id is not None]
