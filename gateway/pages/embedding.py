"""A market in a frame on its town's own site: the same for all who see it, without cookie and without script."""

from uuid import UUID

from flask import Response, current_app, request

from contracts.showing import MarketShown, ReadMarketShown
from gateway import headers
from gateway.pages.site import pages
from gateway.reception import reception
from gateway.session import LANGUAGES, visitor

MINUTE = 60


@pages.get("/embed/markets/<uuid:market_id>")
def embedded_market(market_id: UUID) -> Response:
    """Name, next pick-up, and the way to order; in the language that the address names."""
    asked = request.args.get("language", "")
    visitor().language = asked if asked in LANGUAGES else LANGUAGES[0]
    answer = reception().line.ask_raw(ReadMarketShown(market_id=market_id), language=visitor().language)
    market = MarketShown.model_validate_json(answer.body)
    # Not `show`: what that adds to a page looks at who visits.
    template = current_app.jinja_env.get_template("embed.html")
    response = Response(template.render(market=market, language=visitor().language))
    response.headers["Cache-Control"] = f"public, max-age={MINUTE}"
    return headers.let_embed(response)
