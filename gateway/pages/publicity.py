"""An organiser makes a market known: what to print, what to put on the town's own site."""

from uuid import UUID

from flask import Response, url_for
from markupsafe import escape

from contracts.catalog import Market
from gateway.pages.languages import spoken
from gateway.pages.organising import own_market
from gateway.pages.site import pages, show
from gateway.reception import reception


@pages.get("/organise/<uuid:market_id>/publicity")
def publicity(market_id: UUID) -> Response:
    """A poster, flyers, and a frame to copy."""
    market = own_market(market_id)
    path = url_for("pages.embedded_market", market_id=market_id, language=spoken())
    return show("publicity.html", market=market, path=path, snippet=_snippet(market, path))


def _snippet(market: Market, path: str) -> str:
    """The HTML of a frame with the market in it."""
    address = f"{reception().settings.public_url}{path}"
    size = 'width="100%" height="340" loading="lazy" style="border: 0; max-width: 30rem"'
    return f'<iframe src="{escape(address)}" title="{escape(market.name)}" {size}></iframe>'
