"""The lists of a sale as PDF, to be printed: services are asked here, and the press does the rest."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response

from contracts.lists import ReadHandoverList
from contracts.orders import Order, ReadOrder
from contracts.presence import ListPresences, Presence
from gateway import asking, session
from gateway.api import door
from gateway.api.door import Route
from gateway.printing import typesetting
from gateway.printing.papers import COMMANDS, Kind, Paper
from gateway.reception import reception
from gateway.writing import folded

SALE = "/distributions/<uuid:distribution_id>"
RULES = {
    Kind.PREPARATION: f"{SALE}/preparation-lists/<uuid:producer_id>",
    Kind.HANDOVER: f"{SALE}/handover-list",
    Kind.DELIVERY_NOTE: f"{SALE}/producers/<uuid:producer_id>/delivery-note",
    Kind.TELEPHONE: f"{SALE}/telephone-list",
    Kind.STICKERS: f"{SALE}/stickers",
    Kind.CHEQUE_AMOUNTS: f"{SALE}/cheque-amounts",
}
SLIP = "/people/<uuid:on_behalf_of>/orders/<uuid:order_id>/slip.pdf"
PDF, ZIP = "application/pdf", "application/zip"
WITHIN = 60.0
"""Seconds for an answer: a list may have thousands of orders."""


def _pdf(kind: Kind, **about: UUID) -> Response:
    door.admit(COMMANDS[kind][0])
    return file(reception().press.run(typesetting.pdf, _paper(kind, **about)), PDF, f"{kind}.pdf")


def slip_pdf(on_behalf_of: UUID, order_id: UUID) -> Response:
    """What was ordered in somebody's name, for that person's hands."""
    door.admit(ReadOrder)
    order: Order = asking.ask(ReadOrder(order_id=order_id, on_behalf_of=on_behalf_of))
    of_order = {"order_id": order_id, "on_behalf_of": on_behalf_of, "consumer_id": on_behalf_of}
    paper = _paper(Kind.SLIP, distribution_id=order.distribution_id, **of_order)
    return file(reception().press.run(typesetting.pdf, paper), PDF, "slip.pdf")


def pick_up_slip_pdf(order_id: UUID) -> Response:
    """What is fetched, without a price, for whoever fetches it."""
    door.admit(ReadOrder)
    order: Order = asking.ask(ReadOrder(order_id=order_id))
    paper = _paper(Kind.PICK_UP_SLIP, distribution_id=order.distribution_id, order_id=order_id)
    return file(reception().press.run(typesetting.pdf, paper), PDF, "pick-up-slip.pdf")


def papers_zip(distribution_id: UUID) -> Response:
    """Every paper of a sale, for whoever may have each of them."""
    door.admit(ReadHandoverList)
    papers = list(_papers(distribution_id))
    return file(reception().bindery.run(typesetting.archive, papers), ZIP, "papers.zip")


def _papers(distribution_id: UUID) -> Iterator[tuple[str, Paper]]:
    """What is for the whole sale, then what each farm brings; each with its name in the archive."""
    handover = _paper(Kind.HANDOVER, distribution_id=distribution_id)
    yield "handover.pdf", handover
    yield "stickers.pdf", handover._replace(kind=Kind.STICKERS)
    yield "cheque-amounts.pdf", handover._replace(kind=Kind.CHEQUE_AMOUNTS)
    farms: list[Presence] = asking.ask(ListPresences(distribution_id=distribution_id))
    for number, farm in enumerate(sorted(farms, key=lambda farm: folded(farm.producer_name)), start=1):
        paper = _paper(Kind.PREPARATION, distribution_id=distribution_id, producer_id=farm.producer_id)
        yield f"preparation/{number:02}-{_plain(farm.producer_name)}.pdf", paper


def _paper(kind: Kind, **about: UUID) -> Paper:
    """A paper with what services answer now; the first of them refuses whoever may not have it."""
    commands = [
        command.model_validate({name: about[name] for name in command.model_fields if name in about})
        for command in COMMANDS[kind]
    ]
    answers = tuple(asking.ask_raw(command, within=WITHIN).body for command in commands)
    language, public_url = session.visitor().language, reception().settings.public_url
    return Paper(kind, about, answers, language, datetime.now(UTC).replace(microsecond=0), public_url)


def file(body: bytes, content_type: str, name: str) -> Response:
    """A file to be kept."""
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(name: str) -> str:
    """A farm's name as any file system takes it."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:60]


def says(content_type: str, description: str) -> dict[str, Any]:
    """A file, as the document has it."""
    return {"description": description, "content": {content_type: {"schema": {"type": "string"}}}}


part = door.part("papers", "Lists on paper: PDF on A4, for those who may see the list.")
for _kind, _rule in RULES.items():
    _view = partial(_pdf, _kind)
    _view.__name__ = f"{_kind.replace('-', '_')}_pdf"  # type: ignore[attr-defined]
    door.add_by(part, Route("GET", f"{_rule}.pdf", COMMANDS[_kind][0], answers=says(PDF, "A paper to print")), _view)
door.add_by(
    part,
    Route("GET", SLIP, ReadOrder, answers=says(PDF, "An order in somebody's name, to print")),
    slip_pdf,
)
door.add_by(
    part,
    Route("GET", "/orders/<uuid:order_id>/slip.pdf", ReadOrder, answers=says(PDF, "An order without prices, to print")),
    pick_up_slip_pdf,
)
door.add_by(
    part,
    Route("GET", f"{SALE}/papers.zip", ReadHandoverList, answers=says(ZIP, "All papers of a sale, for its organisers")),
    papers_zip,
)
