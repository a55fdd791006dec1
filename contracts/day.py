"""The day of the hand-over: what is missing, what was weighed, who came. Orders answers and says all of it.

Quantities of the day are absolute, so that they may be said twice and corrected: `short` is how much of a line will
not come, never how much less than a moment ago. What is short is never back on sale.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.catalog import ShareRule
from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape, Version
from contracts.money import Unit
from contracts.orders import DroppedLine, Order, OrderLine, OrderState

Short = Annotated[int, Field(ge=0, le=1_000_000)]
Grams = Annotated[int, Field(ge=1, le=1_000_000)]


class ShortReason(StrEnum):
    """Why goods do not come."""

    SHORTAGE = "shortage"
    DROP_OUT = "drop_out"
    THRESHOLD = "threshold"
    """Too little was ordered of the farm for it to come."""
    MARK_EXPIRED = "mark_expired"
    """The market withdrew what had lost its mark during the sale."""
    WITHDRAWN = "withdrawn"
    """The farm or the market withdrew a product during the sale."""
    SHIFT = "shift"
    """The farm cannot come at the hour to which the sale was shifted."""


class OrderShortened(
    Event,
    name="orders.order_shortened.v1",
    shape=Shape.FACT,
    about="order_id",
    heard_by=("notifications.tell_shortage",),
):
    """Said when the shortage of an order changes: the order as it stands, each line with what is `short` of it.

    An order that was left empty is cancelled in it; one whose goods are found after all says so with less `short`.
    """

    order_id: UUID
    order: Order
    because: ShortReason
    producer_name: str
    """Of the farm whose goods are missing."""
    note: str = ""
    """What the farm or the market has to say about it."""


class ProducerDroppedOut(
    Event,
    name="orders.producer_dropped_out.v1",
    shape=Shape.FACT,
    about="drop_out_id",
    heard_by=("notifications.tell_drop_out",),
):
    """Said once, when the last order with goods of a producer that does not come has been reduced."""

    drop_out_id: UUID
    distribution_id: UUID
    market_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    starts_at: datetime
    producer_id: UUID
    producer_name: str
    reason: str
    shortened: int
    """Orders that keep something."""
    cancelled: int
    """Orders that were left empty."""
    amount_cents: int
    """By how much less is owed, in all."""
    currency: str
    by_telephone: int
    """People of these orders without e-mail: they must be called."""


class FarmRow(Model):
    """What one order has of one farm, on the day."""

    order_id: UUID
    number: int | None
    code: str
    name: str
    """Whom it is for."""
    state: OrderState
    lines: list[OrderLine]


class ReadFarmLines(Command, door="orders.read_farm_lines", answers=list[FarmRow]):
    """The lines of a farm by order, for those who sell for it, organise the market or hold the hand-over.

    In the order of the numbers. With what is short and what was weighed; cancelled orders only if they were left empty.
    """

    distribution_id: UUID
    producer_id: UUID


class Settled(Model):
    """What really came of one line: `short` of what was ordered, and the weight of all that came."""

    order_id: UUID
    offer_id: UUID
    short: Short = 0
    grams: Grams | None = None
    """Of goods priced by their weight; nothing where it was not weighed."""


class SettleLines(
    Command,
    door="orders.settle_lines",
    answers=list[FarmRow] | Refused,
    acts=True,
    by=(Right.SELL, Right.ORGANISE, Right.HANDOVER),
):
    """Say what a farm really brought, line by line, all or nothing; for the same people as `ReadFarmLines`.

    Absolute: said again it changes nothing, said otherwise it corrects. Consumers hear of shortages, not of weights.
    Refused: `not-closed` (consumers still change their orders), `cancelled`, `dropped-out`, `withdrawn`, `order-stands`
    (nothing came of an order, and its person was given another since).
    """

    distribution_id: UUID
    producer_id: UUID
    lines: list[Settled] = Field(min_length=1, max_length=500)


class Share(Model):
    """What one order gets."""

    order_id: UUID
    number: int | None
    code: str
    name: str
    ordered: int
    gets: int


class Sharing(Model):
    """How what came is shared: in pieces, grams or millilitres."""

    offer_id: UUID
    name: str
    unit: Unit
    rule: ShareRule
    ordered: int
    came: int
    shares: list[Share]


class PreviewSharing(Command, door="orders.preview_sharing", answers=Sharing):
    """Who would get what if only `came` of an offer came; nothing is changed."""

    distribution_id: UUID
    offer_id: UUID
    came: Short
    rule: ShareRule | None = None
    """Where it is not said, the farm's own, as the sale's sheet has it."""


class ShareShortage(
    Command,
    door="orders.share_shortage",
    answers=Sharing | Refused,
    acts=True,
    by=(Right.SELL, Right.ORGANISE, Right.HANDOVER),
):
    """Share what came of an offer among its orders; each order that goes short is told.

    For those who sell for its farm, organise the market or hold the hand-over. `ordered` is the quantity that the
    preview showed: Conflict `figures-moved` if it is another by now. Refused: `not-closed`, `dropped-out`, `withdrawn`.
    """

    distribution_id: UUID
    offer_id: UUID
    came: Short
    rule: ShareRule | None = None
    """Where it is not said, the farm's own."""
    ordered: int


class DropOutFigures(Model):
    """What it means that a farm does not come; while it is being done, how far that is."""

    distribution_id: UUID
    producer_id: UUID
    producer_name: str
    orders: int
    """With goods of the farm: as they stand, or stood when it dropped out."""
    emptied: int
    """Those of them with nothing else: they are cancelled."""
    amount_cents: int
    """By how much less is owed."""
    currency: str
    by_telephone: int
    """People of these orders whom no mail reaches."""
    declared_at: datetime | None = None
    done_at: datetime | None = None


class ReadDropOut(Command, door="orders.read_drop_out", answers=DropOutFigures):
    """The consequences of a farm's dropping out, before or after; for its sellers and the market's organisers."""

    distribution_id: UUID
    producer_id: UUID


class DropOut(
    Command, door="orders.drop_out", answers=DropOutFigures | Refused, acts=True, by=(Right.SELL, Right.ORGANISE)
):
    """Say that a farm does not come: all its lines are short, empty orders are cancelled, everybody is told.

    `orders` and `amount_cents` are what the asker saw: Conflict `figures-moved` if they are others by now. While the
    window is open the farm's offers also leave the sale. Refused: `dropped-out` already, `cancelled`.
    """

    distribution_id: UUID
    producer_id: UUID
    orders: int
    amount_cents: int
    reason: str = Field(default="", max_length=300)
    """Told to consumers as written."""


class TelephoneRow(Model):
    """Somebody whom no mail reaches, and what there is to say."""

    order_id: UUID
    number: int | None
    code: str
    name: str
    recipient: str
    phone: str | None
    state: OrderState
    total_cents: int
    short: list[OrderLine]
    asked: list[OrderLine] = Field(default=[])
    """Lines whose raised price waits for a yes."""
    dropped: list[DroppedLine] = Field(default=[])
    shifted: bool = False
    """Whether it stood when its sale was shifted."""


class ReadTelephoneList(Command, door="orders.read_telephone_list", answers=list[TelephoneRow]):
    """Whom to call about what is short, shifted, called off, or costs more, by number.

    For organisers and those who hold the hand-over.
    """

    distribution_id: UUID


class SetHandover(
    Command, door="orders.set_handover", answers=Order | Refused, acts=True, by=(Right.ORGANISE, Right.HANDOVER)
):
    """Say that an order was handed over, that nobody came, or that this was a mistake (`placed`).

    For organisers and those who hold the hand-over. `version` is the one seen. Refused: `not-closed`, `cancelled`,
    `order-stands` (a mistake, but its person was given another order since).
    """

    order_id: UUID
    version: Version
    state: Literal[OrderState.HANDED_OVER, OrderState.ABSENT, OrderState.PLACED]
    to: str = Field(default="", max_length=80)
    """Who took it, where it was not the recipient."""
