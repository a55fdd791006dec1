"""The doors of orders about the day of a hand-over; `service.Doors` has them with all others."""

# A door's sentence is its command's docstring.

from collections.abc import Iterator

from sqlalchemy import Connection

from bus.doors import Call, answer
from contracts.books import Books, CloseBooks, ReadBooks
from contracts.buyers import Buyers, GroupMessage, ReadBuyers, WriteToBuyers
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
from contracts.late import AddLateLines, LateLine, ListLateLines, Substitute
from contracts.late_orders import FindMembers, ForgetGuest, MemberFound, PlaceLateOrder
from contracts.lists import HandoverRow, ReadHandover, ReadHandoverList
from contracts.lots import FindLot, LotTrace, NoteLots, ProductLots, ReadLots, RecallLot
from contracts.messages import Refused
from contracts.orders import Order
from contracts.presence import ConfirmPresence, ListPresences, Presence
from services.orders.actions import (
    books,
    buyers,
    day,
    dropping_out,
    knowing,
    late,
    late_orders,
    lots,
    presences,
    substituting,
)


class EveningDoors:
    """Questions about what comes, who fetches it and is told, and the books."""

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

    @answer(ReadBuyers)
    def read_buyers(self, tx: Connection, command: ReadBuyers, call: Call) -> Buyers:
        return buyers.read(tx, command, call)

    @answer(WriteToBuyers)
    def write_to_buyers(self, tx: Connection, command: WriteToBuyers, call: Call) -> GroupMessage | Refused:
        return buyers.write(tx, command, call)

    @answer(SetHandover)
    def set_handover(self, tx: Connection, command: SetHandover, call: Call) -> Order | Refused:
        return day.set_handover(tx, command, call)

    @answer(ReadBooks)
    def read_books(self, tx: Connection, command: ReadBooks, call: Call) -> Books:
        return books.read(tx, command, call)

    @answer(CloseBooks)
    def close_books(self, tx: Connection, command: CloseBooks, call: Call) -> Books | Refused:
        return books.close(tx, command, call)
