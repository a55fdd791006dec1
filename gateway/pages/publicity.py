"""An organiser makes a market known: what to print."""

from uuid import UUID

from flask import Response

from gateway.pages.organising import own_market
from gateway.pages.site import pages, show


@pages.get("/organise/<uuid:market_id>/publicity")
def publicity(market_id: UUID) -> Response:
    """A poster and flyers."""
    return show("publicity.html", market=own_market(market_id))
