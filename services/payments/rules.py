"""What money may be taken, and when books are exact. Pure; amounts in cents, as orders computed them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from contracts.messages import Refused
from contracts.orders import Order, OrderState
from contracts.payments import CASH_LIMIT_CENTS, Means, MovementKind, Part

ONE_PAYEE = (Means.CHEQUE, Means.CARD)
"""Means that pay whoever holds the till: in farms' own tills, one farm."""


class Account(NamedTuple):
    """Which two accounts a movement touches: what is debited grows, what is credited shrinks."""

    debit: str
    credit: str


def accounts(kind: MovementKind, in_till: bool) -> Account:
    """Where the money of a movement comes from and goes to; outside a till it is with the farm itself."""
    money = "till" if in_till else "farm"
    return {
        MovementKind.OWED: Account("due", "sold"),
        MovementKind.TAKEN: Account(money, "due"),
        MovementKind.GIVEN_BACK: Account("due", money),
        MovementKind.ADJUSTED: Account("adjusted", "due"),
    }[kind]


def owed(order: Order) -> dict[UUID, int]:
    """What each seller is owed for an order, in the order of its lines, and last the market; nothing if cancelled."""
    amounts: dict[UUID, int] = {}
    for line in order.lines:
        amount = 0 if order.state is OrderState.CANCELLED else line.amount_cents
        amounts[line.producer_id] = amounts.get(line.producer_id, 0) + amount
    if order.fee:
        amounts[order.market_id] = 0 if order.state is OrderState.CANCELLED else order.fee_cents
    return amounts


def over_cash_limit(parts: Iterable[Part], cash_before: Mapping[UUID, int]) -> list[UUID]:
    """The farms that would take more than the law's limit in cash for one order, with what they took before."""
    return [
        part.producer_id
        for part in parts
        if part.amount_cents + cash_before.get(part.producer_id, 0) > CASH_LIMIT_CENTS
    ]


def is_exact(dues: Sequence[int]) -> bool:
    """Whether nothing is due between anybody of a distribution."""
    return not any(dues)


def books_closed() -> Refused:
    message = "The books of this distribution are closed: its tills do not change any more."
    return Refused(code="books-closed", message=message)


def no_mandate(holder: str, farms: list[str]) -> Refused:
    message = f"{holder} has no mandate of {', '.join(farms)}: take it into their own tills."
    return Refused(code="no-mandate", message=message, details={"farms": farms})


def cash_limit(farms: list[str]) -> Refused:
    message = f"More than {CASH_LIMIT_CENTS // 100} € in cash may not be taken for one order: {', '.join(farms)}."
    return Refused(code="cash-limit", message=message, details={"farms": farms})


def more_than_paid(paid_cents: int) -> Refused:
    message = "More would be given back than was paid."
    return Refused(code="more-than-paid", message=message, details={"paid_cents": paid_cents})


def more_than_owed(owed_cents: int) -> Refused:
    message = "More would be taken off than was owed."
    return Refused(code="more-than-owed", message=message, details={"owed_cents": owed_cents})


def undone() -> Refused:
    return Refused(code="undone", message="This was undone already.")
