"""The day of the hand-over: what a farm brought, who goes short, who does not come, who fetched what."""

from contracts.buyers import ReadBuyers, WriteToBuyers
from contracts.cancelling import CancelSale, ReadCancellation
from contracts.day import (
    DropOut,
    PreviewSharing,
    ReadDropOut,
    ReadFarmLines,
    ReadTelephoneList,
    SetHandover,
    SettleLines,
    ShareShortage,
)
from contracts.expiring import DecideExpiredMarks, ListExpiredMarks
from contracts.late import AddLateLines, ListLateLines, Substitute
from contracts.late_orders import FindMembers, ForgetGuest, PlaceLateOrder
from contracts.lists import ReadHandover
from contracts.lots import FindLot, NoteLots, ReadLots, RecallLot
from contracts.presence import ConfirmPresence, ListPresences
from contracts.raising import RaisePrice, ReadPriceRaise
from contracts.shifting import ReadShift, ShiftSale
from contracts.stocks import ListStocks, SetStock
from contracts.withdrawing import ListWithdrawals, ReadWithdrawal, WithdrawFromSale
from gateway.api import door
from gateway.api.door import Route

FARM = "/distributions/<uuid:distribution_id>/producers/<uuid:producer_id>"
OFFER = "/distributions/<uuid:distribution_id>/offers/<uuid:offer_id>"

part = door.part("day", "The day of the hand-over, for farms, organisers and those who hand over.")
door.add(
    part,
    Route("GET", f"{FARM}/lines", ReadFarmLines),
    Route("PUT", f"{FARM}/lines", SettleLines),
    Route("GET", f"{FARM}/drop-out", ReadDropOut),
    Route("POST", f"{FARM}/drop-out", DropOut),
    Route("GET", f"{OFFER}/sharing", PreviewSharing),
    Route("POST", f"{OFFER}/sharing", ShareShortage),
    Route("GET", "/distributions/<uuid:distribution_id>/cancellation", ReadCancellation),
    Route("POST", "/distributions/<uuid:distribution_id>/cancellation", CancelSale),
    Route("GET", "/distributions/<uuid:distribution_id>/buyers", ReadBuyers),
    Route("POST", "/distributions/<uuid:distribution_id>/messages", WriteToBuyers, 201),
    Route("GET", "/distributions/<uuid:distribution_id>/shift", ReadShift),
    Route("POST", "/distributions/<uuid:distribution_id>/shift", ShiftSale),
    Route("GET", "/distributions/<uuid:distribution_id>/expired-marks", ListExpiredMarks),
    Route("POST", "/expired-marks/<uuid:expiry_id>/decision", DecideExpiredMarks),
    Route("GET", f"{FARM}/stocks", ListStocks),
    Route("PUT", f"{OFFER}/whole-stock", SetStock),
    Route("GET", f"{OFFER}/price-raise", ReadPriceRaise),
    Route("POST", f"{OFFER}/price-raise", RaisePrice),
    Route("GET", f"{OFFER}/withdrawal", ReadWithdrawal),
    Route("POST", f"{OFFER}/withdrawal", WithdrawFromSale),
    Route("GET", "/distributions/<uuid:distribution_id>/withdrawals", ListWithdrawals),
    Route("GET", "/distributions/<uuid:distribution_id>/presences", ListPresences),
    Route("PUT", f"{FARM}/presence", ConfirmPresence),
    Route("GET", f"{FARM}/lots", ReadLots),
    Route("PUT", f"{FARM}/lots", NoteLots),
    Route("GET", "/producers/<uuid:producer_id>/lots", FindLot),
    Route("POST", "/producers/<uuid:producer_id>/recalls", RecallLot),
    Route("GET", "/distributions/<uuid:distribution_id>/telephone-list", ReadTelephoneList),
    Route("GET", "/orders/<uuid:order_id>/handover", ReadHandover),
    Route("PUT", "/orders/<uuid:order_id>/handover", SetHandover),
    Route("POST", "/orders/<uuid:order_id>/late-lines", AddLateLines),
    Route("POST", "/orders/<uuid:order_id>/substitutions", Substitute),
    Route("GET", "/distributions/<uuid:distribution_id>/late-lines", ListLateLines),
    Route("GET", "/distributions/<uuid:distribution_id>/members", FindMembers),
    Route("POST", "/distributions/<uuid:distribution_id>/late-orders", PlaceLateOrder),
    Route("DELETE", "/orders/<uuid:order_id>/guest", ForgetGuest, 204),
)
