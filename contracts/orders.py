"""A sale and its orders, said by orders: the only writer of a distribution once it is open.

Lists stand in `lists`, the day of the hand-over in `day`, its books in `books`.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.catalog import Absence, MarketFee, Priced, SheetLine, Threshold
from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape, Version
from contracts.money import Unit, vat_inside
from contracts.slots import Slot, SlotPlan


class DistributionState(StrEnum):
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    HANDOVER = "handover"
    CLOSING_BOOKS = "closing_books"
    FINAL = "final"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    PLACED = "placed"
    HANDED_OVER = "handed_over"
    ABSENT = "absent"
    """Nobody came for it."""
    CANCELLED = "cancelled"


class OrderLine(Priced):
    """One offer in an order, as it was when ordered; on the day with what is short of it and what it weighs."""

    offer_id: UUID
    producer_id: UUID
    producer_name: str
    name: str
    quantity: int
    """What is owed for: as ordered, less what is `short`."""
    short: int = 0
    """What was ordered and does not come."""
    weighed_grams: int | None = None
    """All that came of a line priced by weight; nothing until it is weighed."""
    amount_cents: int
    vat_basis_points: int
    storage: str = "ambient"
    substitutes: UUID | None = None
    """The offer in whose place it was taken, on the day."""
    asked_cents: int | None = None
    """The raised price that its consumer is asked to confirm; unanswered at its close, the line is dropped."""

    @property
    def ordered(self) -> int:
        return self.quantity + self.short


class DroppedLine(Model):
    """What left an order at its close, because its raised price was not confirmed."""

    offer_id: UUID
    producer_name: str
    name: str
    unit: Unit
    quantity: int
    price_cents: int
    """As it was raised."""


class ActOnBehalf(Model):
    """Which version of an order somebody made in its consumer's name; version 1 is its placing."""

    version: Version
    mediator_id: UUID
    mediator_name: str
    """Nothing once that account was erased."""
    acted_at: datetime
    by_consent: bool = True
    """A mediator; else another adult of the household."""


def fee_due(fee: MarketFee | None, lines: Iterable[OrderLine]) -> int:
    """What an order owes the market itself, in cents: the fee, as long as anything of the order comes."""
    return fee.cents if fee and any(line.quantity for line in lines) else 0


class Order(Model):
    """An order as it stands at `version`; `total_cents` is computed here and nowhere else."""

    order_id: UUID
    distribution_id: UUID
    market_id: UUID
    market_name: str
    consumer_id: UUID
    recipient: str = ""
    """Whom it is for; empty for the consumer himself."""
    code: str
    """By which it is known until the close gives it a number."""
    number: int | None = None
    version: Version
    state: OrderState
    lines: list[OrderLine]
    total_cents: int
    currency: str = "EUR"
    handed_at: datetime | None = None
    handed_to: str = ""
    """Who took it, where it was not the recipient."""
    acts: list[ActOnBehalf] = Field(default=[])
    """What mediators, and other adults of the household, did in the consumer's name, oldest first."""
    absence: Absence | None = None
    """What is done if nobody comes for it; `absent` changes nothing of what is owed."""
    slot: Slot | None = None
    """In which it is fetched, where the sale has slots and one was chosen."""
    dropped: list[DroppedLine] = Field(default=[])
    fee: MarketFee | None = None
    """Of its sale: in the total, and owed to the market's legal entity."""

    @property
    def fee_cents(self) -> int:
        return fee_due(self.fee, self.lines)

    def instead_of(self, line: OrderLine) -> str:
        """The name of what a line stands in for; empty where it is for itself."""
        return next((one.name for one in self.lines if one.offer_id == line.substitutes), "")

    @property
    def vat(self) -> list["SellerVat"]:
        """The VAT inside the total: one rounding per seller and rate, in the order of the lines."""
        sellers = {line.producer_id: line.producer_name for line in self.lines}
        amounts: dict[tuple[UUID, int], int] = {}
        for line in self.lines:
            key = line.producer_id, line.vat_basis_points
            amounts[key] = amounts.get(key, 0) + line.amount_cents
        if self.fee:
            sellers[self.market_id] = self.fee.payee
            amounts[self.market_id, self.fee.vat_basis_points] = self.fee_cents
        owed = (((seller, rate), cents) for (seller, rate), cents in amounts.items() if cents)
        return [SellerVat(it, sellers[it], rate, cents, vat_inside(cents, rate)) for (it, rate), cents in owed]


class SellerVat(NamedTuple):
    """What one seller gets of an order at one rate, and the VAT inside it; amounts in cents."""

    seller_id: UUID
    """A farm's, or the market's where it asks for a fee."""
    seller: str
    rate_basis_points: int
    amount_cents: int
    vat_cents: int


class OrderPlaced(
    Event,
    name="orders.order_placed.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.confirm_order",),
):
    """Said once per order, in the transaction that took its goods; one written after the close has its number."""

    order_id: UUID
    order: Order


class OrderChanged(
    Event,
    name="orders.order_changed.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_change",),
):
    """Said when an order's consumer changed it, or when lines were added after the close: then it has a number."""

    order_id: UUID
    order: Order


class OrderCancelled(
    Event,
    name="orders.order_cancelled.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_cancellation",),
):
    """Said once, when a consumer cancelled an order: what its farms had not closed went back on sale."""

    order_id: UUID
    order: Order


class ConsumerJoined(
    Event,
    name="orders.consumer_joined.v1",
    shape=Shape.FACT,
    about="person_id",
    heard_by=("members.let_join",),
):
    """Said when somebody who is not yet a member orders in an open market."""

    person_id: UUID
    market_id: UUID


class DistributionChanged(
    Event,
    name="orders.distribution_changed.v1",
    shape=Shape.STATE,
    about="distribution_id",
    heard_by=("catalog.mirror_distribution",),
):
    """Said at each move of a distribution that orders owns."""

    distribution_id: UUID
    state: DistributionState


class Wish(Model):
    """So much of one offer, in pieces, grams or millilitres."""

    offer_id: UUID
    quantity: int = Field(ge=0, le=1_000_000)


class OnBehalf(Model):
    """Asked for oneself, or in somebody's name."""

    on_behalf_of: UUID | None = None
    """The consumer in whose name a mediator asks, by a consent (contracts/consents.py), or whose household the asker is
    of (contracts/households.py); NotAllowed `no-consent`."""


class OfSheet(Model):
    """Asked by a sheet that was looked at."""

    sheet_version: Version | None = None
    """Of that sheet: refused `price-raised` if a wished line costs more by now. Without it, as the sheet stands."""


class PlaceOrder(
    OnBehalf, OfSheet, Command, door="orders.place_order", answers=Order | Refused, acts=True, by=(Right.MEDIATE,)
):
    """Order for the asker, or on behalf of a consumer.

    Ordering again for the same recipient adds to the order that stands.
    Refused whole: `sold-out` (details: what is left of each line), `window-closed`, `line-closed`, `mark-expired`,
    `not-a-member`, `slot-full` (details: what is left of each slot), `price-raised`; `price-asked` (a raised price of
    the order that stands is to be confirmed first). Malformed `slot.unknown`.
    """

    distribution_id: UUID
    recipient: str = Field(default="", max_length=80)
    slot: AwareDatetime | None = None
    """The start of a slot. Without one it may be chosen until the close; an order that stands keeps its own."""
    lines: list[Wish] = Field(min_length=1, max_length=200)


class AmendOrder(
    OnBehalf, OfSheet, Command, door="orders.amend_order", answers=Order | Refused, acts=True, by=(Right.MEDIATE,)
):
    """Set named lines to absolute quantities (0 removes). `version` is the one seen; a mismatch is a Conflict.

    Refused as `PlaceOrder` is; a line whose raised price is to be confirmed is only removed, as is one that was
    withdrawn and kept.
    """

    order_id: UUID
    version: Version
    lines: list[Wish] = Field(min_length=1, max_length=200)


class CancelOrder(
    OnBehalf, Command, door="orders.cancel_order", answers=Order | Refused, acts=True, by=(Right.MEDIATE,)
):
    """Cancel an order while all its lines are open; its goods go back on sale.

    Of a sale that was shifted until `free_until`, whatever has closed; what has closed is not back on sale.
    """

    order_id: UUID
    version: Version


class ChooseSlot(OnBehalf, Command, door="orders.choose_slot", answers=Order | Refused, acts=True, by=(Right.MEDIATE,)):
    """Choose when an order is fetched, or choose anew, until the sale closes. `version` is the one seen.

    Refused: `slot-full` (details: what is left of each slot), `window-closed`. Malformed `slot.unknown`.
    """

    order_id: UUID
    version: Version
    slot: AwareDatetime | None = None
    """Its start; nothing gives the chosen one back."""


class ReadOrder(OnBehalf, Command, door="orders.read_order", answers=Order):
    """An order of the asker's household, or of a consumer on whose behalf the asker acts."""

    order_id: UUID


class MyOrders(OnBehalf, Command, door="orders.my_orders", answers=list[Order]):
    """The orders of the asker and of the household, or of that consumer alone, newest first.

    `before` is the last id of the page before.
    """

    distribution_id: UUID | None = None
    before: UUID | None = None
    limit: int = Field(default=20, ge=1, le=100)


class Left(Model):
    """What is left of an offer (nothing: unlimited)."""

    offer_id: UUID
    left: int | None


class SaleSheet(Model):
    """What is sold, as orders will sell it."""

    distribution_id: UUID
    version: Version
    state: DistributionState
    market_id: UUID
    market_name: str
    currency: str
    time_zone: str
    venue_name: str
    venue_address: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    lines: list[SheetLine]
    thresholds: list[Threshold] = Field(default=[])
    absence: Absence | None = None
    slots: SlotPlan | None = None
    fee: MarketFee | None = None
    shifted_from: datetime | None = None
    """When its hand-over would have begun before its last shift."""
    free_until: datetime | None = None
    """Until when consumers may cancel freely, because it was shifted."""

    def shown_at(self, now: datetime) -> Self:
        """The sheet without the marks that have expired by `now`."""
        return self.model_copy(update={"lines": [line.shown_at(now) for line in self.lines]})


class ReadSaleSheet(Command, door="orders.read_sale_sheet", answers=SaleSheet, open_to_strangers=True):
    """The sheet of an open or closed distribution; anybody may look."""

    distribution_id: UUID


class Availability(Event, name="orders.availability.v1", shape=Shape.STATE, about="distribution_id"):
    """What is left, at most once per second and distribution: a hint, sent without an outbox."""

    distribution_id: UUID
    left: list[Left]


class ReadAvailability(Command, door="orders.read_availability", answers=Availability, open_to_strangers=True):
    """What is left now."""

    distribution_id: UUID


class ChangeStock(Command, door="orders.change_stock", answers=Left | Refused, acts=True, by=(Right.SELL,)):
    """Say how much of an offer is left to sell from now on, for the people who sell for its producer."""

    distribution_id: UUID
    offer_id: UUID
    left: int = Field(ge=0)
