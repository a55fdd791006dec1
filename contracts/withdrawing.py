"""A product withdrawn while a sale is open: consequences first, then its orders stand or lose it. Orders says it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.expiring import Consequences, Decision
from contracts.members import Right
from contracts.messages import Command, Event, Refused, Shape


class Withdrawal(Consequences):
    """An offer of a sale, and what its withdrawal means; while its lines are dropped, how far that is."""

    distribution_id: UUID
    offer_id: UUID
    producer_id: UUID
    producer_name: str
    name: str


class OfferWithdrawn(
    Event,
    name="orders.offer_withdrawn.v1",
    shape=Shape.FACT,
    about="withdrawal_id",
    heard_by=("notifications.tell_withdrawal",),
):
    """Said when an offer leaves an open sale, and again if its orders were kept and lose it after all."""

    withdrawal_id: UUID
    version: int
    market_id: UUID
    market_name: str
    time_zone: str
    starts_at: datetime
    withdrawal: Withdrawal
    reason: str = ""


class ReadWithdrawal(Command, door="orders.read_withdrawal", answers=Withdrawal):
    """The consequences of withdrawing an offer, before or after; for its farm's sellers and the market's organisers."""

    distribution_id: UUID
    offer_id: UUID


class ListWithdrawals(Command, door="orders.list_withdrawals", answers=list[Withdrawal]):
    """What was withdrawn from a sale, for the market's organisers; for others of the farms they sell for."""

    distribution_id: UUID


class WithdrawFromSale(
    Command, door="orders.withdraw_from_sale", answers=Withdrawal | Refused, acts=True, by=(Right.SELL, Right.ORGANISE)
):
    """Sell no more of an offer in an open sale; its orders stand, or lose their lines of it and are told.

    For the same people as `ReadWithdrawal`. What was kept may yet be withdrawn, also after the close. `orders` and
    `amount_cents` are what the asker saw: Conflict `figures-moved` if they are others by now.
    Refused: `window-closed`, `withdrawn` already, `dropped-out`, `not-closed` (being counted, or cancelled).
    """

    distribution_id: UUID
    offer_id: UUID
    decision: Decision
    orders: int
    amount_cents: int
    reason: str = Field(default="", max_length=300)
    """Told to consumers as written."""
