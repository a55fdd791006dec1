"""The doors of orders about changes of a sale that has opened; `service.Doors` has them with all others."""

# A door's sentence is its command's docstring.

from sqlalchemy import Connection

from bus.doors import Call, answer
from contracts.cancelling import Cancellation, CancelSale, ReadCancellation
from contracts.expiring import DecideExpiredMarks, ExpiredMarks, ListExpiredMarks
from contracts.lowering import LoweredPrice, LowerPrice
from contracts.messages import Refused
from contracts.orders import ChangeStock, Left, Order
from contracts.raising import ConfirmPrice, PriceRaise, RaisePrice, ReadPriceRaise
from contracts.shifting import ReadShift, Shift, ShiftSale
from contracts.stocks import ListStocks, SetStock, Stock
from contracts.withdrawing import ListWithdrawals, ReadWithdrawal, Withdrawal, WithdrawFromSale
from services.orders import mediation
from services.orders.actions import cancelling, expiring, lowering, raising, reading, shifting, stocking, withdrawing


class ChangingDoors:
    """Questions about a sale that is changed while people order, or called off."""

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
