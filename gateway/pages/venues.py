"""A market's pick-up places: those there are, a new one, and what changes about one."""

from collections.abc import Iterator
from uuid import UUID

from flask import Response

from contracts.errors import NotFound
from contracts.planning import AddVenue, ChangeVenue, ListVenues, Venue
from gateway import asking
from gateway.pages.fields import Form, written
from gateway.pages.organising import own_market
from gateway.pages.site import go, pages, show

VENUES = "/organise/<uuid:market_id>/venues"


@pages.route(VENUES, methods=["GET", "POST"])
def venues(market_id: UUID) -> Response:
    """Those there are, and a new one."""
    market = own_market(market_id)
    form = Form(AddVenue, {"fridge_shelves": 0})
    if form.send(market_id=market_id):
        return go("venues", "added", market_id=market_id)
    return show("venues.html", form.status, market=market, venues=list(_venues(market_id)), form=form)


@pages.route(f"{VENUES}/<uuid:venue_id>", methods=["GET", "POST"])
def change_venue(market_id: UUID, venue_id: UUID) -> Response:
    """Write one anew."""
    market = own_market(market_id)
    venue = next((one for one in _venues(market_id) if one.venue_id == venue_id), None)
    if venue is None:
        raise NotFound("no-such-venue", "This market has no such pick-up place.")
    form = Form(ChangeVenue, written(venue))
    if form.send(venue_id=venue_id, latitude=venue.latitude, longitude=venue.longitude):
        return go("venues", "saved", market_id=market_id)
    return show("venue_form.html", form.status, market=market, venue=venue, form=form)


def _venues(market_id: UUID) -> Iterator[Venue]:
    return asking.every(ListVenues(market_id=market_id), "venue_id")
