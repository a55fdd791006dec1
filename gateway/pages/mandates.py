"""A farm's mandates: who may take money for it at a market, by its written word."""

from uuid import UUID

from flask import Response

from contracts.planning import AdmissionState
from contracts.tills import EndMandate, GiveMandate, ListMandates
from gateway import asking
from gateway.pages.farms import admissions, own_farm
from gateway.pages.fields import Form
from gateway.pages.site import go, pages, show

MANDATES = "/farms/<uuid:producer_id>/mandates"


@pages.route(MANDATES, methods=["GET", "POST"])
def mandates(producer_id: UUID) -> Response:
    """Those there are, and a new one."""
    form = Form(GiveMandate)
    if form.send(producer_id=producer_id):
        return go("mandates", "saved", producer_id=producer_id)
    return _mandates(producer_id, form)


@pages.post(f"{MANDATES}/<uuid:mandate_id>/end")
def end_mandate(producer_id: UUID, mandate_id: UUID) -> Response:
    """End one now."""
    form = Form(EndMandate)
    if form.send(mandate_id=mandate_id):
        return go("mandates", "ended", producer_id=producer_id)
    return _mandates(producer_id, form)


def _mandates(producer_id: UUID, form: Form) -> Response:
    mine = own_farm(producer_id)
    markets = {one.market_id: one.market_name for one in admissions(producer_id)}
    admitted = [one for one in admissions(producer_id) if one.state is AdmissionState.ADMITTED]
    found = asking.ask(ListMandates(producer_id=producer_id))
    return show("mandates.html", form.status, farm=mine, form=form, found=found, markets=markets, admitted=admitted)
