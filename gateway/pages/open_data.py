"""Open data: the files of all public markets, for anybody's map, and the page that says what is in them."""

from flask import Response, request

from gateway import open_data
from gateway.open_data import Format
from gateway.pages.site import pages, show
from gateway.reception import reception


@pages.get("/open-data")
def open_data_page() -> Response:
    """What there is, and what one may do with it."""
    return show("open_data.html", licence=open_data.LICENCE)


@pages.get("/open-data/markets.<any(geojson, csv):ending>")
def markets_file(ending: str) -> Response:
    """All public markets; not again where they have not changed."""
    wanted = Format(ending)
    response = Response(reception().open_data.file(wanted), content_type=open_data.TYPES[wanted])
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={open_data.KEPT:.0f}"
    response.headers["Link"] = f'<{open_data.LICENCE}>; rel="license"'
    response.add_etag()
    response.make_conditional(request)
    return response
