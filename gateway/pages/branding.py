"""A market's own colour and name at its own host."""

import re

from flask import Response, request

from contracts.approval import Brand
from contracts.errors import NotFound
from gateway.pages.site import pages
from gateway.reception import reception

_COLOUR = re.compile(r"[0-9a-f]{6}")
DARKER = 0.75
KEPT_A_DAY = "public, max-age=86400"


@pages.get("/brand/<colour>.css")
def brand_style(colour: str) -> Response:
    """The tokens of a colour, as a file of ours: pages carry no style of their own."""
    if not _COLOUR.fullmatch(colour):
        raise NotFound("not-found", "There is no such colour.")
    dark = "".join(f"{int(int(colour[place : place + 2], 16) * DARKER):02x}" for place in (0, 2, 4))
    style = f":root {{ --leaf: #{colour}; --leaf-dark: #{dark}; }}\n"
    return Response(style, mimetype="text/css", headers={"Cache-Control": KEPT_A_DAY})


def here() -> Brand | None:
    """The market that is shown at the host of the request in hand."""
    return reception().brands.at(request.host)
