"""Everything that the instance keeps about the asker, as one ZIP of JSON files.

Services are asked page by page and what they answer goes to a file on disk: a long history is never whole in memory,
and an archive is there complete or not at all.
"""

import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import orjson
from flask import Response, render_template, send_file

from contracts.accounts import ListSessions, MyAccount
from contracts.catalog import MyMarkets
from contracts.consents import MyConsents, MyPeople
from contracts.households import MyHousehold
from contracts.members import MyGrants, MyMemberships
from contracts.messages import Command
from contracts.notifications import MyChoices, MyMessages
from contracts.orders import MyOrders
from contracts.payments import MyMovements
from contracts.producers import MyProducers
from gateway import asking

WITHIN = 30.0
"""Seconds for one page of an answer."""
PAGE = 100


class Part(NamedTuple):
    """One file of the archive, made of what one door answers."""

    name: str
    command: type[Command]
    cursor: str = "after"
    """The field that takes where the next page begins."""
    cursor_id: str = ""
    """Of the last item, where the answer is a list without `following`."""


PARTS = (
    Part("account", MyAccount),
    Part("sessions", ListSessions),
    Part("memberships", MyMemberships),
    Part("grants", MyGrants),
    Part("household", MyHousehold),
    Part("consents", MyConsents),
    Part("people", MyPeople),
    Part("markets", MyMarkets, cursor_id="market_id"),
    Part("producers", MyProducers, cursor_id="producer_id"),
    Part("orders", MyOrders, cursor="before", cursor_id="order_id"),
    Part("movements", MyMovements),
    Part("messages", MyMessages),
    Part("choices", MyChoices),
)


def download() -> Response:
    """The archive as a file to keep; whatever a service refuses is refused before its first byte."""
    return send_file(_archive(), "application/zip", as_attachment=True, download_name="halle.zip")


def _archive() -> IO[bytes]:
    """Every part, and a page that says what they are; the file is gone when it is closed."""
    out = tempfile.TemporaryFile()  # noqa: SIM115  (closed once it has been sent)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        counts = {part.name: _write(files, part) for part in PARTS}
        files.writestr("index.html", render_template("own_data_summary.html", counts=counts))
    out.seek(0)
    return out


def _write(files: zipfile.ZipFile, part: Part) -> int:
    count = 0
    with files.open(f"{part.name}.json", "w") as out:
        out.write(b"[")
        for count, item in enumerate(_items(part), start=1):
            out.write((b",\n" if count > 1 else b"\n") + orjson.dumps(item))
        out.write(b"\n]\n")
    return count


def _items(part: Part) -> Iterator[dict[str, Any]]:
    """What a door answers, page after page."""
    limit = {"limit": PAGE} if "limit" in part.command.model_fields else {}
    following: dict[str, Any] | None = {}
    while following is not None:
        command = part.command.model_validate(limit | following)
        items, after = _page(part, orjson.loads(asking.ask_raw(command, within=WITHIN).body))
        yield from items
        following = None if after is None else {part.cursor: after}


def _page(part: Part, found: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The items of an answer, and where the next page begins."""
    if isinstance(found, list):
        is_full = part.cursor_id and len(found) == PAGE
        return found, found[-1][part.cursor_id] if is_full else None
    if "following" in found:
        return next(value for value in found.values() if isinstance(value, list)), found["following"]
    return [found], None
