"""Lots: typed by the farm at preparation, looked for by their number, recalled."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, request

from contracts.day import FarmRow, ReadFarmLines
from contracts.lots import FindLot, Lot, LotTrace, NoteLots, ProductLots, ReadLots, RecallLot
from contracts.orders import OrderLine
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show

MOST = 10


class Noted(NamedTuple):
    """One product: its lots as they are noted, with places for more, and the orders that have some of it."""

    line: OrderLine
    lots: list[Lot | None]
    orders: list[FarmRow]
    of_order: dict[UUID, str]

    @property
    def offer_id(self) -> UUID:
        return self.line.offer_id

    @property
    def numbers(self) -> list[str]:
        return [lot.number for lot in self.lots if lot]


@pages.route("/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>/lots", methods=["GET", "POST"])
def lots(distribution_id: UUID, producer_id: UUID) -> Response:
    """From which lots a farm's products come; where there are several, which order got which."""
    person()
    where: dict[str, Any] = {"distribution_id": distribution_id, "producer_id": producer_id}
    rows: list[FarmRow] = asking.ask(ReadFarmLines(distribution_id=distribution_id, producer_id=producer_id))
    known: list[ProductLots] = asking.ask(ReadLots(distribution_id=distribution_id, producer_id=producer_id))
    noted = list(_noted(rows, {one.offer_id: one for one in known}))
    form = Form(NoteLots)
    if form.send(products=[_typed(one) for one in noted], **where):
        return go("lots", "saved", **where)
    for name in [name for name in form.faults if name.startswith("products.")]:
        offer_id = noted[int(name.split(".")[1])].offer_id
        form.faults[f"lot.{offer_id}.0"] = form.faults.pop(name)
    return show("lots.html", form.status, form=form, noted=noted, planned=planned_as(distribution_id), **where)


@pages.route("/producers/<uuid:producer_id>/lots", methods=["GET", "POST"])
def find_lot(producer_id: UUID) -> Response:
    """Who got a lot, and one message to all of them."""
    person()
    number = request.values.get("number", "").strip()[:40]
    form = Form(RecallLot)
    if form.send(producer_id=producer_id, number=number):
        return go("find_lot", "recalled", producer_id=producer_id, number=number)
    found: LotTrace | None = asking.ask(FindLot(producer_id=producer_id, number=number)) if number else None
    called = [row for row in found.rows if not row.by_mail] if found else []
    words = {"found": found, "number": number, "called": called}
    return show("find_lot.html", form.status, form=form, producer_id=producer_id, **words)


def _noted(rows: list[FarmRow], known: dict[UUID, ProductLots]) -> Iterator[Noted]:
    """Every product that somebody ordered, with one place more than it has lots."""
    lines = {line.offer_id: line for row in rows for line in row.lines}
    for offer_id, line in lines.items():
        noted = known.get(offer_id, ProductLots(offer_id=offer_id, lots=[]))
        theirs = [row for row in rows if any(one.offer_id == offer_id and one.quantity for one in row.lines)]
        places: list[Lot | None] = [*noted.lots, None][:MOST]
        yield Noted(line, places, theirs, {one.order_id: one.number for one in noted.orders})


def _typed(one: Noted) -> dict[str, Any]:
    """A product's lots as they were typed; whatever they are, the service says what is wrong with them."""
    lots = []
    for place in range(len(one.lots)):
        if number := request.form.get(f"lot.{one.offer_id}.{place}", "").strip():
            use_by = request.form.get(f"by.{one.offer_id}.{place}", "").strip()
            lots.append({"number": number, "use_by": _day(use_by)})
    numbers = {lot["number"] for lot in lots}
    chosen = {row.order_id: request.form.get(f"of.{one.offer_id}.{row.order_id}", "") for row in one.orders}
    of_orders = [{"order_id": order, "number": number} for order, number in chosen.items() if number in numbers]
    return {"offer_id": one.offer_id, "lots": lots, "orders": of_orders}


def _day(text: str) -> date | None:
    """A browser's date field sends a day or nothing; whatever else comes is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
