"""Closing the books of a distribution: what is still open, what closing means, one button, and what came of it."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Response

from contracts.books import Books, CloseBooks, ReadBooks
from contracts.errors import NotAllowed, NotFound
from contracts.lists import HandoverRow, ReadHandoverList
from gateway import asking
from gateway.pages import money
from gateway.pages.fields import Form
from gateway.pages.site import go, only_reads, pages, person, planned_as, show


@pages.route("/distributions/<uuid:distribution_id>/books", methods=["GET", "POST"])
def books(distribution_id: UUID) -> Response:
    """The figures of every farm, the orders that wait, and the button."""
    person()
    form = Form(CloseBooks)
    if form.send(distribution_id=distribution_id):
        return go("books", distribution_id=distribution_id)
    found: Books = asking.ask(ReadBooks(distribution_id=distribution_id))
    tills, orders = money.of_evening(distribution_id), _by_number(distribution_id)
    unsettled = dict(zip(tills.open_orders, tills.open_order_ids, strict=False)) if tills else {}
    words: dict[str, Any] = {"found": found, "tills": tills, "orders": orders or {}, "unsettled": unsettled}
    words |= {"hands_over": orders is not None}
    planned = planned_as(distribution_id)
    return show("books.html", form.status, form=form, planned=planned, reads=only_reads(planned), **words)


def _by_number(distribution_id: UUID) -> dict[int, HandoverRow] | None:
    """The orders to go to; nothing for a treasurer, who closes books without the right to hand over."""
    with suppress(NotAllowed, NotFound):
        rows: list[HandoverRow] = asking.ask(ReadHandoverList(distribution_id=distribution_id))
        return {row.number: row for row in rows if row.number is not None}
    return None
