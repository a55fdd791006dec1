"""The doors and ears of payments."""

from sqlalchemy import Connection

from bus import households, rights, trail
from bus.doors import Call, answer
from bus.envelope import Heard
from bus.hearing import hear
from bus.housekeeping import Housekeeping
from bus.timers import Timer, due
from contracts.audit import Deeds, ListPaymentsDeeds
from contracts.books import BooksClosing, OrderOwed
from contracts.households import AdultChanged
from contracts.messages import Refused
from contracts.payments import (
    Adjust,
    Balance,
    GiveBack,
    MyBalances,
    MyMovements,
    OrderMoney,
    OwnMovements,
    ReadOrderMoney,
    TakePayment,
    UndoMovement,
)
from contracts.tills import (
    CountTill,
    EndMandate,
    GiveMandate,
    ListMandates,
    Mandate,
    OpenDesk,
    ReadTills,
    SetFloat,
    Tills,
)
from services.payments.actions import books, mandates, money, owing, tills
from services.payments.store import owning

trail.learn("payments", *owning.OBJECTS)


class Doors:
    """What may be asked of payments."""

    name = "payments"

    @answer(ReadOrderMoney)
    def read_order_money(self, tx: Connection, command: ReadOrderMoney, call: Call) -> OrderMoney:
        return money.read(tx, command, call)

    @answer(TakePayment)
    def take_payment(self, tx: Connection, command: TakePayment, call: Call) -> OrderMoney | Refused:
        return money.take(tx, command, call)

    @answer(GiveBack)
    def give_back(self, tx: Connection, command: GiveBack, call: Call) -> OrderMoney | Refused:
        return money.give_back(tx, command, call)

    @answer(UndoMovement)
    def undo_movement(self, tx: Connection, command: UndoMovement, call: Call) -> OrderMoney | Refused:
        return money.undo(tx, command, call)

    @answer(Adjust)
    def adjust(self, tx: Connection, command: Adjust, call: Call) -> OrderMoney | Refused:
        return money.adjust(tx, command, call)

    @answer(MyBalances)
    def my_balances(self, tx: Connection, command: MyBalances, call: Call) -> list[Balance]:
        return money.balances(tx, command, call)

    @answer(MyMovements)
    def my_movements(self, tx: Connection, command: MyMovements, call: Call) -> OwnMovements:
        return money.own_movements(tx, command, call)

    @answer(ReadTills)
    def read_tills(self, tx: Connection, command: ReadTills, call: Call) -> Tills:
        return tills.read(tx, command, call)

    @answer(OpenDesk)
    def open_desk(self, tx: Connection, command: OpenDesk, call: Call) -> Tills | Refused:
        return tills.open_desk(tx, command, call)

    @answer(SetFloat)
    def set_float(self, tx: Connection, command: SetFloat, call: Call) -> Tills | Refused:
        return tills.set_float(tx, command, call)

    @answer(CountTill)
    def count_till(self, tx: Connection, command: CountTill, call: Call) -> Tills | Refused:
        return tills.count(tx, command, call)

    @answer(GiveMandate)
    def give_mandate(self, tx: Connection, command: GiveMandate, call: Call) -> Mandate:
        return mandates.give(tx, command, call)

    @answer(EndMandate)
    def end_mandate(self, tx: Connection, command: EndMandate, call: Call) -> Mandate:
        return mandates.end(tx, command, call)

    @answer(ListMandates)
    def list_mandates(self, tx: Connection, command: ListMandates, call: Call) -> list[Mandate]:
        return mandates.of_farm(tx, command, call)

    @answer(ListPaymentsDeeds)
    def list_payments_audit(self, tx: Connection, command: ListPaymentsDeeds, call: Call) -> Deeds:
        return trail.read(tx, call.asker.person_id, command)


class Listeners(rights.Listener, Housekeeping):
    """What payments hears, and does when it is due."""

    name = "payments"

    @hear(AdultChanged)
    def know_adult(self, tx: Connection, event: AdultChanged, heard: Heard) -> None:
        households.know_adult(tx, event, heard)

    @hear(OrderOwed, at_once=50)
    def know_what_is_owed(self, tx: Connection, events: list[OrderOwed]) -> None:
        owing.know(tx, events)

    @hear(BooksClosing)
    def check_books(self, tx: Connection, event: BooksClosing, heard: Heard) -> None:
        books.close(tx, event, heard.seq)

    @due("check_books")
    def look_at_books(self, tx: Connection, timer: Timer) -> None:
        books.check(tx, timer)
