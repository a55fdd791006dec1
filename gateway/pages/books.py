"""Closing the books of a distribution: what is still open, what closing means, one button, and what came of it."""

from contextlib import suppress
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
    words = {"found": found, "tills": money.of_evening(distribution_id), "orders": _by_number(distribution_id)}
    planned = planned_as(distribution_id)
    return show("books.html", form.status, form=form, planned=planned, reads=only_reads(planned), **words)


def _by_number(distribution_id: UUID) -> dict[int, HandoverRow]:
    """The orders to go to; a treasurer closes books without the right to hand over."""
    with suppress(NotAllowed, NotFound):
        rows: list[HandoverRow] = asking.ask(ReadHandoverList(distribution_id=distribution_id))
        return {row.number: row for row in rows if row.number is not None}
    return {}
