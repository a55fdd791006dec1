"""The doors and ears of orders."""

from sqlalchemy import Connection

from bus import households, rights, trail
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.every import every
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due
from contracts.audit import Deeds, ListOrdersDeeds
from contracts.catalog import SaleSheetPublished
from contracts.consents import ConsentChanged
from contracts.households import AdultChanged
from contracts.lists import PreparationList, ReadPreparationList
from contracts.members import MembershipChanged, PersonChanged, PersonErased
from contracts.messages import Refused
from contracts.orders import (
    AmendOrder,
    Availability,
    CancelOrder,
    ChooseSlot,
    MyOrders,
    Order,
    PlaceOrder,
    ReadAvailability,
    ReadOrder,
    ReadSaleSheet,
    SaleSheet,
)
from contracts.payments import BooksChecked
from contracts.slots import ReadSlots, SlotLeft
from contracts.vat import ReadVat, VatList
from contracts.yearly import MarketYear, ReadYear
from services.orders import mediation
from services.orders.actions import (
    amending,
    announcing,
    books,
    buyers,
    cancelling,
    choosing,
    dropping_out,
    expiring,
    hinting,
    knowing,
    lots,
    lowering,
    owing,
    placing,
    raising,
    reading,
    reminding,
    shifting,
    taxing,
    windows,
    withdrawing,
    yearly,
)
from services.orders.changing import ChangingDoors
from services.orders.evening import EveningDoors
from services.orders.store import owning

trail.learn("orders", *owning.OBJECTS)


class Doors(ChangingDoors, EveningDoors):
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

    @answer(ReadYear)
    def read_year(self, tx: Connection, command: ReadYear, call: Call) -> MarketYear:
        return yearly.read(tx, command, call)

    @answer(ReadVat)
    def read_vat(self, tx: Connection, command: ReadVat, call: Call) -> VatList:
        return taxing.read(tx, command, call)

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

    @due("tell_closing")
    def tell_closing(self, tx: Connection, timer: Timer) -> None:
        announcing.tell_closing(tx, timer)

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

    @due("tell_buyers")
    def tell_buyers(self, tx: Connection, timer: Timer) -> None:
        buyers.tell_buyers(tx, timer)

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

    @hear(AdultChanged)
    def know_adult(self, tx: Connection, event: AdultChanged, heard: Heard) -> None:
        households.know_adult(tx, event, heard)

    @hear(ConsentChanged)
    def know_consent(self, tx: Connection, event: ConsentChanged, heard: Heard) -> None:
        knowing.know_consent(tx, event, heard)
