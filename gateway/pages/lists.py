"""The lists of a sale as pages to be printed: what a farm brings, what is handed to whom."""

from uuid import UUID

from flask import Response, request

from contracts.lists import HandoverRow, PreparationList, ReadHandoverList, ReadPreparationList
from contracts.planning import Distribution, ReadDistribution
from gateway import asking
from gateway.pages import slots
from gateway.pages.site import pages, person, show

CHILLED = ("chilled", "frozen")


@pages.get("/distributions/<uuid:distribution_id>/preparation-lists/<uuid:producer_id>")
def preparation_list(distribution_id: UUID, producer_id: UUID) -> Response:
    """Exactly what one farm brings: first in all, chilled goods apart, then order by order."""
    person()
    asked = ReadPreparationList(distribution_id=distribution_id, producer_id=producer_id)
    found: PreparationList = asking.ask(asked)
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    groups = [
        ("ambient", [one for one in found.totals if one.storage not in CHILLED]),
        *((storage, [one for one in found.totals if one.storage == storage]) for storage in CHILLED),
    ]
    orders = [(one, _parts(one.quantities, found)) for one in found.orders]
    return show("preparation.html", found=found, planned=planned, groups=groups, orders=orders)


@pages.get("/distributions/<uuid:distribution_id>/handover-list")
def handover_list(distribution_id: UUID) -> Response:
    """Every order of a sale, to be signed off on paper."""
    person()
    rows: list[HandoverRow] = asking.ask(ReadHandoverList(distribution_id=distribution_id))
    planned: Distribution = asking.ask(ReadDistribution(distribution_id=distribution_id))
    by_slot = request.args.get("by") == "slot"
    shown = slots.sorted_rows(slots.only_wanted(rows), by_slot=by_slot)
    return show("handover.html", rows=shown, planned=planned, by_slot=by_slot, choices=slots.choices(rows))


def _parts(quantities: list[int], found: PreparationList) -> list[tuple[str, int, object]]:
    """What is in one order: name, quantity and unit of what is not nothing."""
    pairs = zip(quantities, found.totals, strict=True)
    return [(total.name, quantity, total.unit) for quantity, total in pairs if quantity]
