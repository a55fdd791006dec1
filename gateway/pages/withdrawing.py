"""A product is withdrawn while people order: what a farm has on sale, the consequences, what becomes of orders."""

from typing import Any
from uuid import UUID

from flask import Response

from contracts.withdrawing import ListWithdrawals, ReadWithdrawal, Withdrawal, WithdrawFromSale
from gateway import asking
from gateway.pages.fields import Form
from gateway.pages.markets import organises
from gateway.pages.site import go, pages, person, planned_as, show
from gateway.reception import reception


@pages.get("/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>/withdrawals")
def withdrawals(distribution_id: UUID, producer_id: UUID) -> Response:
    """What a farm has on sale, and what was withdrawn of it."""
    person()
    planned = planned_as(distribution_id)
    lines = [one for one in reception().sheets.of(str(distribution_id)).model.lines if one.producer_id == producer_id]
    found: list[Withdrawal] = asking.ask(ListWithdrawals(distribution_id=distribution_id))
    gone = [one for one in found if one.producer_id == producer_id]
    words: dict[str, Any] = {"may_organise": organises(planned.market_id), "producer_id": producer_id}
    return show("withdrawals.html", planned=planned, lines=lines, gone=gone, **words)


@pages.route("/distributions/<uuid:distribution_id>/offers/<uuid:offer_id>/withdraw", methods=["GET", "POST"])
def withdraw_from_sale(distribution_id: UUID, offer_id: UUID) -> Response:
    """Withdraw one; while its lines are dropped the page says how far that is."""
    person()
    form = Form(WithdrawFromSale)
    if form.send(distribution_id=distribution_id, offer_id=offer_id):
        reception().sheets.drop(str(distribution_id))
        return go("withdraw_from_sale", "withdrawn", distribution_id=distribution_id, offer_id=offer_id)
    found: Withdrawal = asking.ask(ReadWithdrawal(distribution_id=distribution_id, offer_id=offer_id))
    return show("withdraw.html", form.status, form=form, found=found, planned=planned_as(distribution_id))
