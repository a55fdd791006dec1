"""A market, or a farm, writes to everybody who ordered: typed, looked at with its consequences, then sent."""

from uuid import UUID

from flask import Response, request

from contracts.buyers import Buyers, ReadBuyers, WriteToBuyers
from gateway import asking, trails
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, person, planned_as, show


@pages.route("/distributions/<uuid:distribution_id>/message", methods=["GET", "POST"])
def write_to_buyers(distribution_id: UUID) -> Response:
    """To everybody who ordered in a distribution; what farms wrote stands below as well."""
    return _page(distribution_id, None)


@pages.route("/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>/message", methods=["GET", "POST"])
def write_to_farm_buyers(distribution_id: UUID, producer_id: UUID) -> Response:
    """To everybody who ordered something of a farm there."""
    return _page(distribution_id, producer_id)


def _page(distribution_id: UUID, producer_id: UUID | None) -> Response:
    person()
    form, step = Form(WriteToBuyers), request.form.get("step", "look")
    about = {"distribution_id": distribution_id, "producer_id": producer_id}
    if step == "send" and form.send(**about):
        farm = {"producer_id": producer_id} if producer_id else {}
        endpoint = "write_to_farm_buyers" if producer_id else "write_to_buyers"
        return go(endpoint, "written", distribution_id=distribution_id, **farm)
    to_look_at = form.check(**about) if step == "look" else None
    found: Buyers = asking.ask(ReadBuyers(distribution_id=distribution_id, producer_id=producer_id))
    names = trails.named(one.written_by for one in found.messages)
    words = {"found": found, "names": names, "to_look_at": to_look_at, "planned": planned_as(distribution_id)}
    return show("buyers.html", form.status, form=form, **words)
