"""The logo of a market, as its organisers choose it: one picture in a form of its own."""

from uuid import UUID

from flask import Response

from contracts.logos import KeepLogo, RemoveLogo
from gateway.pages.fields import Form
from gateway.pages.organising import own_market
from gateway.pages.photographs import allow_photo, take_logo
from gateway.pages.site import go, pages, show


@pages.route("/organise/<uuid:market_id>/logo", methods=["GET", "POST"])
def logo(market_id: UUID) -> Response:
    """The logo that stands, and another in its place."""
    allow_photo()
    market, form = own_market(market_id), Form(KeepLogo)
    if take_logo(form, market_id):
        return go("logo", "saved", market_id=market_id)
    return show("logo.html", form.status, market=market, form=form)


@pages.post("/organise/<uuid:market_id>/logo/remove")
def remove_logo(market_id: UUID) -> Response:
    """Show the market by its name alone again."""
    form = Form(RemoveLogo)
    if form.send(market_id=market_id):
        return go("logo", "saved", market_id=market_id)
    return show("logo.html", form.status, market=own_market(market_id), form=form)
