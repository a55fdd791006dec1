"""The import of products from a file of a spreadsheet: looked at first, then done."""

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from contracts.messages import Command
from contracts.products import ImportProducts, PreviewProducts
from gateway.api import door
from gateway.api.door import Route

LARGEST = 4 * 1024 * 1024
CSV = "text/csv"


def text() -> str:
    """The file as text: UTF-8, or Windows-1252 as older spreadsheets write it."""
    request.max_content_length = LARGEST
    if request.mimetype != CSV:
        raise UnsupportedMediaType("Send the file itself as a body of type text/csv.")
    file = request.get_data()
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.decode("cp1252", errors="replace")


def _route(rule: str, command: type[Command]) -> Route:
    rule = f"/producers/<uuid:producer_id>/products/{rule}"
    return Route("POST", rule, command, given={"text": text}, file=CSV)


part = door.part("imports", "Products from a file: text/csv in UTF-8 or Windows-1252.")
door.add(part, _route("preview", PreviewProducts), _route("import", ImportProducts))
