"""How a farm's goods come to a sale, its answer to a threshold that was missed, and the note that travels with them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response

from contracts.day import FarmRow, ReadFarmLines
from contracts.errors import NotFound
from contracts.lots import ProductLots, ReadLots
from contracts.orders import OrderLine
from contracts.presence import ConfirmPresence, ListPresences, Presence
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show

FARM = "/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>"


@pages.route(f"{FARM}/presence", methods=["GET", "POST"])
def presence(distribution_id: UUID, producer_id: UUID) -> Response:
    """Come, be carried, or withdraw where too little was ordered."""
    person()
    where: dict[str, Any] = {"distribution_id": distribution_id, "producer_id": producer_id}
    form = Form(ConfirmPresence)
    if form.send(**where):
        return go("presence", f"coming-{form.answer.coming}", **where)
    found = presences(distribution_id).get(producer_id)
    if found is None:
        raise NotFound("no-such-sale", "This farm is in no such sale of yours.")
    form = form if form.refusal else Form(ConfirmPresence, {"coming": found.coming or "", "carrier": found.carrier})
    return show("presence.html", form.status, form=form, found=found, planned=planned_as(distribution_id))


@pages.get(f"{FARM}/delivery-note")
def delivery_note(distribution_id: UUID, producer_id: UUID) -> Response:
    """What travels with the goods of a farm that does not come itself: as the orders stand now."""
    person()
    rows: list[FarmRow] = asking.ask(ReadFarmLines(distribution_id=distribution_id, producer_id=producer_id))
    found = presences(distribution_id).get(producer_id)
    noted: list[ProductLots] = asking.ask(ReadLots(distribution_id=distribution_id, producer_id=producer_id))
    rows = [row for row in rows if any(line.quantity for line in row.lines)]
    words: dict[str, Any] = {
        "found": found,
        "rows": rows,
        "totals": _totals(rows),
        "lots": {one.offer_id: one.lots for one in noted},
        "planned": planned_as(distribution_id),
    }
    return show("delivery_note.html", **words)


def presences(distribution_id: UUID) -> dict[UUID, Presence]:
    """How farms come to a sale that has opened: all for its organisers, one's own for a farm."""
    found: list[Presence] = asking.ask(ListPresences(distribution_id=distribution_id))
    return {one.producer_id: one for one in found}


def _totals(rows: Iterable[FarmRow]) -> list[tuple[OrderLine, int]]:
    """Each product with how much of it comes in all."""
    lines: dict[UUID, OrderLine] = {}
    quantities: dict[UUID, int] = {}
    for line in (line for row in rows for line in row.lines if line.quantity):
        lines.setdefault(line.offer_id, line)
        quantities[line.offer_id] = quantities.get(line.offer_id, 0) + line.quantity
    return [(line, quantities[offer]) for offer, line in lines.items()]
