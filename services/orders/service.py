"""The doors and ears of orders."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bus import rights, trail
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.every import every
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due
from contracts.audit import Deeds, ListOrdersDeeds
from contracts.books import Books, CloseBooks, ReadBooks
from contracts.cancelling import Cancellation, CancelSale, ReadCancellation
from contracts.catalog import SaleSheetPublished
from contracts.consents import ConsentChanged
from contracts.day import (
    DropOut,
    DropOutFigures,
    FarmRow,
    PreviewSharing,
    ReadDropOut,
    ReadFarmLines,
    ReadTelephoneList,
    SetHandover,
    SettleLines,
    ShareShortage,
    Sharing,
    TelephoneRow,
)
from contracts.expiring import DecideExpiredMarks, ExpiredMarks, ListExpiredMarks
from contracts.late import AddLateLines, LateLine, ListLateLines, Substitute
from contracts.late_orders import FindMembers, ForgetGuest, MemberFound, PlaceLateOrder
from contracts.lists import HandoverRow, PreparationList, ReadHandover, ReadHandoverList, ReadPreparationList
from contracts.lots import FindLot, LotTrace, NoteLots, ProductLots, ReadLots, RecallLot
from contracts.lowering import LoweredPrice, LowerPrice
from contracts.members import MembershipChanged, PersonChanged, PersonErased
from contracts.messages import Refused
from contracts.orders import (
    AmendOrder,
    Availability,
    CancelOrder,
    ChangeStock,
    ChooseSlot,
    Left,
    MyOrders,
    Order,
    PlaceOrder,
    ReadAvailability,
    ReadOrder,
    ReadSaleSheet,
    SaleSheet,
)
from contracts.payments import BooksChecked
from contracts.presence import ConfirmPresence, ListPresences, Presence
from contracts.raising import ConfirmPrice, PriceRaise, RaisePrice, ReadPriceRaise
from contracts.shifting import ReadShift, Shift, ShiftSale
from contracts.slots import ReadSlots, SlotLeft
from contracts.stocks import ListStocks, SetStock, Stock
from contracts.vat import ReadVat, VatList
from contracts.withdrawing import ListWithdrawals, ReadWithdrawal, Withdrawal, WithdrawFromSale
from contracts.yearly import MarketYear, ReadYear
from services.orders import mediation
from services.orders.actions import (
    amending,
    books,
    cancelling,
    choosing,
    day,
    dropping_out,
    expiring,
    hinting,
    knowing,
    late,
    late_orders,
    lots,
    lowering,
    owing,
    placing,
    presences,
    raising,
    reading,
    reminding,
    shifting,
    stocking,
    substituting,
    taxing,
    windows,
    withdrawing,
    yearly,
)
from services.orders.store import owning

trail.learn("orders", *owning.OBJECTS)


class Doors:
    """What may be asked of orders."""

    name = "orders"

    @answer(PlaceOrder, alone=True, first=mediation.ask_its_owner)
    def place_order(self, command: PlaceOrder, call: Call) -> Order | Refused | bytes:
        return placing.place(command, call)

    @answer(AmendOrder, first=mediation.ask_its_owner)
    def amend_order(self, tx: Connection, command: AmendOrder, call: Call) -> Order | Refused:
        return amending.amend(tx, command, call)

    @answer(CancelOrder, first=mediation.ask_its_owner)
    def cancel_order(self, tx: Connection, command: CancelOrder, call: Call) -> Order | Refused:
        return amending.cancel(tx, command, call)

    @answer(ChooseSlot, first=mediation.ask_its_owner)
    def choose_slot(self, tx: Connection, command: ChooseSlot, call: Call) -> Order | Refused:
        return amending.choose_slot(tx, command, call)

    @answer(ReadSlots)
    def read_slots(self, tx: Connection, command: ReadSlots, call: Call) -> list[SlotLeft]:
        return choosing.of_sale(tx, command.distribution_id)

    @answer(ReadOrder, first=mediation.ask_its_owner)
    def read_order(self, tx: Connection, command: ReadOrder, call: Call) -> Order:
        return reading.order(tx, command.order_id, call.asker.person_id, command.on_behalf_of)

    @answer(MyOrders, first=mediation.ask_its_owner)
    def my_orders(self, tx: Connection, command: MyOrders, call: Call) -> list[Order]:
        return reading.my_orders(tx, command, call.asker.person_id)

    @answer(ReadSaleSheet)
    def read_sale_sheet(self, tx: Connection, command: ReadSaleSheet, call: Call) -> SaleSheet:
        return reading.sale_sheet(tx, command.distribution_id)

    @answer(ReadAvailability)
    def read_availability(self, tx: Connection, command: ReadAvailability, call: Call) -> Availability:
        return reading.availability(tx, command.distribution_id)

    @answer(ReadPreparationList)
    def read_preparation_list(self, tx: Connection, command: ReadPreparationList, call: Call) -> PreparationList:
        asker = call.asker.person_id
        return reading.preparation_list(tx, command.distribution_id, command.producer_id, asker)

    @answer(ReadHandoverList)
    def read_handover_list(self, tx: Connection, command: ReadHandoverList, call: Call) -> Iterator[HandoverRow]:
        return day.handover_list(tx, command.distribution_id, call.asker.person_id)

    @answer(ReadHandover)
    def read_handover(self, tx: Connection, command: ReadHandover, call: Call) -> HandoverRow:
        return day.handover(tx, command.order_id, call.asker.person_id)

    @answer(ReadFarmLines)
    def read_farm_lines(self, tx: Connection, command: ReadFarmLines, call: Call) -> list[FarmRow]:
        return day.farm_lines(tx, command, call)

    @answer(SettleLines)
    def settle_lines(self, tx: Connection, command: SettleLines, call: Call) -> list[FarmRow] | Refused:
        return day.settle_lines(tx, command, call)

    @answer(PreviewSharing)
    def preview_sharing(self, tx: Connection, command: PreviewSharing, call: Call) -> Sharing:
        return day.preview_sharing(tx, command, call)

    @answer(ShareShortage)
    def share_shortage(self, tx: Connection, command: ShareShortage, call: Call) -> Sharing | Refused:
        return day.share_shortage(tx, command, call)

    @answer(ReadDropOut)
    def read_drop_out(self, tx: Connection, command: ReadDropOut, call: Call) -> DropOutFigures:
        return dropping_out.figures(tx, command, call)

    @answer(DropOut)
    def drop_out(self, tx: Connection, command: DropOut, call: Call) -> DropOutFigures | Refused:
        return dropping_out.drop_out(tx, command, call)

    @answer(ListPresences)
    def list_presences(self, tx: Connection, command: ListPresences, call: Call) -> list[Presence]:
        return presences.of_sale(tx, command, call)

    @answer(ConfirmPresence)
    def confirm_presence(self, tx: Connection, command: ConfirmPresence, call: Call) -> Presence | Refused:
        return presences.confirm(tx, command, call)

    @answer(ReadCancellation)
    def read_cancellation(self, tx: Connection, command: ReadCancellation, call: Call) -> Cancellation:
        return cancelling.figures(tx, command, call)

    @answer(CancelSale)
    def cancel_sale(self, tx: Connection, command: CancelSale, call: Call) -> Cancellation | Refused:
        return cancelling.cancel(tx, command, call)

    @answer(ReadShift)
    def read_shift(self, tx: Connection, command: ReadShift, call: Call) -> Shift:
        return shifting.figures(tx, command, call)

    @answer(ShiftSale)
    def shift_sale(self, tx: Connection, command: ShiftSale, call: Call) -> Shift | Refused:
        return shifting.shift(tx, command, call)

    @answer(ListExpiredMarks)
    def list_expired_marks(self, tx: Connection, command: ListExpiredMarks, call: Call) -> list[ExpiredMarks]:
        return expiring.of_sale(tx, command, call)

    @answer(DecideExpiredMarks)
    def decide_expired_marks(self, tx: Connection, command: DecideExpiredMarks, call: Call) -> ExpiredMarks | Refused:
        return expiring.decide(tx, command, call)

    @answer(AddLateLines)
    def add_late_lines(self, tx: Connection, command: AddLateLines, call: Call) -> FarmRow | Refused:
        return late.add(tx, command, call)

    @answer(Substitute)
    def substitute(self, tx: Connection, command: Substitute, call: Call) -> FarmRow | Refused:
        return substituting.substitute(tx, command, call)

    @answer(ListLateLines)
    def list_late_lines(self, tx: Connection, command: ListLateLines, call: Call) -> list[LateLine]:
        return late.of_sale(tx, command, call)

    @answer(FindMembers)
    def find_members(self, tx: Connection, command: FindMembers, call: Call) -> list[MemberFound]:
        return late_orders.find_members(tx, command, call)

    @answer(PlaceLateOrder)
    def place_late_order(self, tx: Connection, command: PlaceLateOrder, call: Call) -> FarmRow | Refused:
        return late_orders.place(tx, command, call)

    @answer(ForgetGuest)
    def forget_guest(self, tx: Connection, command: ForgetGuest, call: Call) -> None:
        knowing.forget_guest(tx, command, call)

    @answer(NoteLots)
    def note_lots(self, tx: Connection, command: NoteLots, call: Call) -> list[ProductLots]:
        return lots.note(tx, command, call)

    @answer(ReadLots)
    def read_lots(self, tx: Connection, command: ReadLots, call: Call) -> list[ProductLots]:
        return lots.read(tx, command, call)

    @answer(FindLot)
    def find_lot(self, tx: Connection, command: FindLot, call: Call) -> LotTrace:
        return lots.find(tx, command, call)

    @answer(RecallLot)
    def recall_lot(self, tx: Connection, command: RecallLot, call: Call) -> LotTrace:
        return lots.recall(tx, command, call)

    @answer(ReadTelephoneList)
    def read_telephone_list(self, tx: Connection, command: ReadTelephoneList, call: Call) -> list[TelephoneRow]:
        return day.telephone_list(tx, command.distribution_id, call.asker.person_id)

    @answer(SetHandover)
    def set_handover(self, tx: Connection, command: SetHandover, call: Call) -> Order | Refused:
        return day.set_handover(tx, command, call)

    @answer(ReadBooks)
    def read_books(self, tx: Connection, command: ReadBooks, call: Call) -> Books:
        return books.read(tx, command, call)

    @answer(CloseBooks)
    def close_books(self, tx: Connection, command: CloseBooks, call: Call) -> Books | Refused:
        return books.close(tx, command, call)

    @answer(ReadYear)
    def read_year(self, tx: Connection, command: ReadYear, call: Call) -> MarketYear:
        return yearly.read(tx, command, call)

    @answer(ReadVat)
    def read_vat(self, tx: Connection, command: ReadVat, call: Call) -> VatList:
        return taxing.read(tx, command, call)

    @answer(ChangeStock)
    def change_stock(self, tx: Connection, command: ChangeStock, call: Call) -> Left | Refused:
        return reading.change_stock(tx, command, call.asker.person_id, call.key or "")

    @answer(ListStocks)
    def list_stocks(self, tx: Connection, command: ListStocks, call: Call) -> list[Stock]:
        return stocking.of_farm(tx, command, call)

    @answer(SetStock)
    def set_stock(self, tx: Connection, command: SetStock, call: Call) -> Stock | Refused:
        return stocking.set_stock(tx, command, call)

    @answer(LowerPrice)
    def lower_price(self, tx: Connection, command: LowerPrice, call: Call) -> LoweredPrice | Refused:
        return lowering.lower(tx, command, call)

    @answer(ReadPriceRaise)
    def read_price_raise(self, tx: Connection, command: ReadPriceRaise, call: Call) -> PriceRaise:
        return raising.figures(tx, command, call)

    @answer(RaisePrice)
    def raise_price(self, tx: Connection, command: RaisePrice, call: Call) -> PriceRaise | Refused:
        return raising.raise_price(tx, command, call)

    @answer(ConfirmPrice, first=mediation.ask_its_owner)
    def confirm_price(self, tx: Connection, command: ConfirmPrice, call: Call) -> Order | Refused:
        return raising.confirm(tx, command, call)

    @answer(ReadWithdrawal)
    def read_withdrawal(self, tx: Connection, command: ReadWithdrawal, call: Call) -> Withdrawal:
        return withdrawing.figures(tx, command, call)

    @answer(ListWithdrawals)
    def list_withdrawals(self, tx: Connection, command: ListWithdrawals, call: Call) -> list[Withdrawal]:
        return withdrawing.of_sale(tx, command, call)

    @answer(WithdrawFromSale)
    def withdraw_from_sale(self, tx: Connection, command: WithdrawFromSale, call: Call) -> Withdrawal | Refused:
        return withdrawing.withdraw(tx, command, call)

    @answer(ListOrdersDeeds)
    def list_orders_audit(self, tx: Connection, command: ListOrdersDeeds, call: Call) -> Deeds:
        return trail.read(tx, call.asker.person_id, command)


class Listeners(rights.Listener, Housekeeping):
    """What orders hears, and does when it is due."""

    name = "orders"

    @hear(SaleSheetPublished)
    def open_distribution(self, tx: Connection, event: SaleSheetPublished, heard: Heard) -> None:
        windows.open_distribution(tx, event, heard.seq)

    @due("close_lines")
    def close_lines(self, tx: Connection, timer: Timer) -> None:
        windows.close_lines(tx, timer)

    @due("close_distribution")
    def close_distribution(self, tx: Connection, timer: Timer) -> None:
        windows.close_distribution(tx, timer)

    @due("make_lists")
    def make_lists(self, tx: Connection, timer: Timer) -> None:
        windows.make_lists(tx, timer)

    @due("begin_handover")
    def begin_handover(self, tx: Connection, timer: Timer) -> None:
        windows.begin_handover(tx, timer)

    @due("shorten_orders")
    def shorten_orders(self, tx: Connection, timer: Timer) -> None:
        dropping_out.shorten_orders(tx, timer)

    @due("expire_marks")
    def expire_marks(self, tx: Connection, timer: Timer) -> None:
        expiring.expire_marks(tx, timer)

    @due("withdraw_lines")
    def withdraw_lines(self, tx: Connection, timer: Timer) -> None:
        expiring.withdraw_lines(tx, timer)

    @due("reprice_orders")
    def reprice_orders(self, tx: Connection, timer: Timer) -> None:
        lowering.reprice_orders(tx, timer)

    @due("ask_buyers")
    def ask_buyers(self, tx: Connection, timer: Timer) -> None:
        raising.ask_buyers(tx, timer)

    @due("drop_lines")
    def drop_lines(self, tx: Connection, timer: Timer) -> None:
        withdrawing.drop_lines(tx, timer)

    @due("call_off_orders")
    def call_off_orders(self, tx: Connection, timer: Timer) -> None:
        cancelling.call_off_orders(tx, timer)

    @due("tell_shift")
    def tell_shift(self, tx: Connection, timer: Timer) -> None:
        shifting.tell_shift(tx, timer)

    @due("tell_recall")
    def tell_recall(self, tx: Connection, timer: Timer) -> None:
        lots.tell_recall(tx, timer)

    @due("tell_what_is_owed")
    def tell_what_is_owed(self, tx: Connection, timer: Timer) -> None:
        owing.tell_next(tx, timer)

    @due("remind_of_handover")
    def remind_of_handover(self, tx: Connection, timer: Timer) -> None:
        reminding.tell_next(tx, timer)

    @due("remind_of_books")
    def remind_of_books(self, tx: Connection, timer: Timer) -> None:
        books.remind(tx, timer)

    @due("close_books")
    def close_books(self, tx: Connection, timer: Timer) -> None:
        books.close_by_itself(tx, timer)

    @hear(BooksChecked)
    def end_books(self, tx: Connection, event: BooksChecked, heard: Heard) -> None:
        books.end(tx, event)

    @every(1.0)
    def tell_what_is_left(self) -> None:
        hinting.tell_what_is_left()

    @hear(PersonChanged)
    def know_person(self, tx: Connection, event: PersonChanged, heard: Heard) -> None:
        knowing.know_person(tx, event, heard)

    @hear(PersonErased)
    def forget_person(self, tx: Connection, event: PersonErased, heard: Heard) -> None:
        knowing.forget_person(tx, event, heard)

    @due("forget_order")
    def forget_order(self, tx: Connection, timer: Timer) -> None:
        knowing.forget_order(tx, timer)

    @due("forget_names")
    def forget_names(self, tx: Connection, timer: Timer) -> None:
        knowing.forget_names(tx, timer)

    @hear(MembershipChanged)
    def know_membership(self, tx: Connection, event: MembershipChanged, heard: Heard) -> None:
        knowing.know_membership(tx, event, heard)

    @hear(ConsentChanged)
    def know_consent(self, tx: Connection, event: ConsentChanged, heard: Heard) -> None:
        knowing.know_consent(tx, event, heard)
