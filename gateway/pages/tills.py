"""The tills of an evening: what each holder took, what must be in it, what was found; and the cheques to pay in."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.errors import NotFound
from contracts.members import Right
from contracts.planning import Distribution
from contracts.tills import CountTill, OpenDesk, ReadTills, SetFloat, Tills
from gateway import asking
from gateway.pages import numbers
from gateway.pages.fields import Form
from gateway.pages.site import go, has_right, only_reads, pages, person, planned_as, show

TILLS = "/distributions/<uuid:distribution_id>/tills"
TILL = f"{TILLS}/<uuid:till_id>"


@pages.route(TILLS, methods=["GET", "POST"])
def tills(distribution_id: UUID) -> Response:
    """Every till that one may see; an organiser opens a desk for several farms."""
    person()
    form = Form(OpenDesk, float_cents=numbers.cents)
    if form.send(distribution_id=distribution_id):
        return go("tills", "opened", distribution_id=distribution_id)
    found: Tills = asking.ask(ReadTills(distribution_id=distribution_id))
    planned = planned_as(distribution_id)
    return show("tills.html", form.status, form=form, found=found, planned=planned, **_looking(found, planned))


@pages.get(TILL)
def till(distribution_id: UUID, till_id: UUID) -> Response:
    """One till, with its cheques: counted here, printed as a remittance slip."""
    person()
    return _till(distribution_id, till_id, Form(SetFloat), Form(CountTill))


@pages.post(f"{TILL}/float")
def set_float(distribution_id: UUID, till_id: UUID) -> Response:
    """Say how much cash was in it before."""
    person()
    form = Form(SetFloat, float_cents=numbers.cents)
    if form.send(till_id=till_id):
        return go("till", "saved", distribution_id=distribution_id, till_id=till_id)
    return _till(distribution_id, till_id, form, Form(CountTill))


@pages.post(f"{TILL}/count")
def count_till(distribution_id: UUID, till_id: UUID) -> Response:
    """Say how much cash is in it."""
    person()
    form = Form(CountTill, counted_cents=numbers.cents)
    if form.send(till_id=till_id):
        return go("till", "counted", distribution_id=distribution_id, till_id=till_id)
    return _till(distribution_id, till_id, Form(SetFloat), form)


def _till(distribution_id: UUID, till_id: UUID, before: Form, count: Form) -> Response:
    found: Tills = asking.ask(ReadTills(distribution_id=distribution_id))
    one = next((one for one in found.tills if one.till_id == till_id), None)
    if one is None:
        raise NotFound("no-such-till", "There is no such till at this distribution.")
    planned = planned_as(distribution_id)
    words = {"before": before, "count": count, "till": one, "found": found, "planned": planned}
    return show("till.html", max(before.status, count.status), **words, **_looking(found, planned))


def _looking(found: Tills, planned: Distribution) -> dict[str, Any]:
    """What to show to whom: `keeps` all the evening's money, `may_open` a desk, or sells for the farm `farm_id` only.

    Who `reads` sees as much as who keeps, and no form.
    Sellers see their own part of a desk: what must be in it, and what was counted, is not theirs to compare.
    """
    may_open = any(has_right(right, planned.market_id) for right in (Right.ORGANISE, Right.TREASURY))
    reads = only_reads(planned)
    keeps = may_open or reads or has_right(Right.HANDOVER, planned.distribution_id)
    own = [one.producer_id for one in found.sellers if has_right(Right.SELL, one.producer_id)]
    words = {"may_open": may_open, "keeps": keeps, "farm_id": own[0] if own and not keeps else None}
    return words | {"reads": reads and not own}
