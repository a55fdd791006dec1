"""What is printed and carried: what each farm brings, and what goes to whom. Said and answered by orders."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.catalog import MarketFee
from contracts.lots import Lot
from contracts.members import NamedAdult
from contracts.messages import Command, Event, Model, Shape, Version
from contracts.money import Unit
from contracts.orders import OrderLine, OrderState, fee_due
from contracts.slots import Slot


class ListTotal(Model):
    """How much of one product to bring: `quantity` in pieces, grams or millilitres."""

    offer_id: UUID
    name: str
    unit: Unit
    storage: str
    quantity: int
    amount_cents: int
    lots: list[Lot] = Field(default=[])
    """From which it comes, where that was noted."""


class ListOrder(Model):
    """What goes to one order; `quantities` stand in the order of the list's totals, 0 for none."""

    number: int | None
    """Nothing on the list of lines that closed before the sale: then it is known by its code and name."""
    code: str
    name: str
    quantities: list[int]


class PreparationList(Model):
    """Exactly what one producer brings to one distribution."""

    distribution_id: UUID
    producer_id: UUID
    producer_name: str
    market_name: str
    venue_name: str
    venue_address: str
    time_zone: str
    starts_at: datetime
    totals: list[ListTotal]
    orders: list[ListOrder]
    amount_cents: int


class PreparationListReady(
    Event,
    name="orders.preparation_list_ready.v1",
    shape=Shape.FACT,
    about="list_id",
    heard_by=("notifications.send_preparation_list",),
):
    """Said once per producer and distribution, when its lines have closed; also when nothing was ordered."""

    list_id: UUID
    preparation_list: PreparationList


class ReadPreparationList(Command, door="orders.read_preparation_list", answers=PreparationList):
    """One producer's list of a distribution: final once its lines closed, until then as it stands."""

    distribution_id: UUID
    producer_id: UUID


class HandoverRow(Model):
    """One order on the hand-over list."""

    order_id: UUID
    number: int | None
    code: str
    name: str
    recipient: str
    phone: str | None = None
    adults: list[NamedAdult] = Field(default=[])
    """Who else of the household may come."""
    state: OrderState
    version: Version = 1
    total_cents: int
    lines: list[OrderLine]
    mediator: str = ""
    """Who acted last in the consumer's name, if anybody did."""
    slot: Slot | None = None
    """Nothing in a sale without slots, and where none was chosen."""
    guest: bool = False
    """It was written for somebody without an account."""
    handed_at: datetime | None = None
    handed_to: str = ""
    fee: MarketFee | None = None

    @property
    def payees(self) -> list[tuple[str, int]]:
        """What each farm, and the market itself, is to get of it, in cents: one cheque each."""
        names = {line.producer_id: line.producer_name for line in self.lines}
        amounts = dict.fromkeys(names, 0)
        for line in self.lines:
            amounts[line.producer_id] += line.amount_cents
        owed = [(names[farm], cents) for farm, cents in amounts.items()]
        if self.fee:
            owed.append((self.fee.payee, fee_due(self.fee, self.lines)))
        return sorted((payee, cents) for payee, cents in owed if cents)


class ReadHandoverList(Command, door="orders.read_handover_list", answers=list[HandoverRow]):
    """Every order that is to be handed over, or was: for organisers and those who hold the hand-over.

    By number or, before the close, by name.
    """

    distribution_id: UUID


class ReadHandover(Command, door="orders.read_handover", answers=HandoverRow):
    """One order as it stands on the hand-over list, or stood before it was cancelled; for the same people."""

    order_id: UUID
