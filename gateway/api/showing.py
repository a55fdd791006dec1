"""What markets show to everybody: open data, and posters for their organisers to hang up."""

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from flask import Response

from contracts.photos import PhotoSize
from contracts.showing import ListMarketsShown, ReadMarketShown, ReadShowcase, Showcase
from gateway import asking, session
from gateway.api import door
from gateway.api.door import Route
from gateway.api.papers import PDF, file, says
from gateway.printing import typesetting
from gateway.printing.posters import Form, Poster
from gateway.reception import reception


def _poster(form: Form, market_id: UUID) -> Response:
    door.admit(ReadShowcase)
    showcase = asking.ask_raw(ReadShowcase(market_id=market_id)).body
    at, public_url = datetime.now(UTC).replace(microsecond=0), reception().settings.public_url
    logo = Showcase.model_validate_json(showcase).logo
    picture = reception().album.of(logo, PhotoSize.LARGE) if logo else b""
    poster = Poster(form, showcase, session.visitor().language, at, public_url, picture)
    return file(reception().press.run(typesetting.poster_pdf, poster), PDF, f"{form}.pdf")


part = door.part("showing", "What markets show to everybody: open data, posters.")
door.add(
    part,
    Route("GET", "/open-data/markets", ListMarketsShown, cursor="after", cursor_id="market_id"),
    Route("GET", "/open-data/markets/<uuid:market_id>", ReadMarketShown),
    Route("GET", "/markets/<uuid:market_id>/showcase", ReadShowcase),
)
for _form in Form:
    _view = partial(_poster, _form)
    _view.__name__ = f"{_form}_pdf"  # type: ignore[attr-defined]
    _rule = f"/markets/<uuid:market_id>/{_form}.pdf"
    door.add_by(part, Route("GET", _rule, ReadShowcase, answers=says(PDF, "To be printed on A4")), _view)
