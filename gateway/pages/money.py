"""Money on a page: read for one order or one evening, typed for one farm or several.

Pages that can do without money stand while payments is away: hand-over never waits for it.
"""

from contextlib import suppress
from uuid import UUID

from flask import request
from pydantic import ValidationError

from contracts.errors import NotFound, Unavailable
from contracts.orders import Order
from contracts.payments import Balance, MyBalances, OrderMoney, Part, ReadOrderMoney
from contracts.tills import ReadTills, Tills
from gateway import asking
from gateway.pages import numbers
from gateway.pages.fields import Form

PATIENCE = 2.0
"""Seconds that a page waits for what it can do without."""


def of_order(order: Order) -> OrderMoney | None:
    """What is owed and was paid for an order as it stands; nothing before its close, or while payments is behind."""
    found = as_known(order.order_id) if order.number is not None else None
    return found if found and found.version >= order.version else None


def as_known(order_id: UUID) -> OrderMoney | None:
    """The same as far as payments knows; nothing while it does not know the order yet, or is away."""
    with suppress(NotFound, Unavailable):
        found: OrderMoney = asking.ask(ReadOrderMoney(order_id=order_id), within=PATIENCE)
        return found
    return None


def of_farm(found: OrderMoney, producer_id: UUID) -> OrderMoney:
    """One farm's part of it."""
    sellers = [one for one in found.sellers if one.producer_id == producer_id]
    movements = [one for one in found.movements if one.producer_id == producer_id]
    return found.model_copy(update={"sellers": sellers, "movements": movements})


def of_evening(distribution_id: UUID) -> Tills | None:
    """Every till of a distribution, by the same rule."""
    with suppress(NotFound, Unavailable):
        found: Tills = asking.ask(ReadTills(distribution_id=distribution_id), within=PATIENCE)
        return found
    return None


def desks(owed: OrderMoney) -> list[tuple[str, str]]:
    """The tills that are held for several farms, to choose from: id and holder."""
    return [(str(desk.till_id), desk.holder) for desk in owed.desks]


def balances() -> list[Balance]:
    """What the visitor owes to farms, or they owe back."""
    with suppress(NotFound, Unavailable):
        found: list[Balance] = asking.ask(MyBalances(), within=PATIENCE)
        return found
    return []


def parts(form: Form) -> list[Part]:
    """What was typed for each farm that is ticked."""
    found = [part(form, f"parts.{one}.amount_cents", one) for one in request.form.getlist("pays")]
    return [one for one in found if one]


def part(form: Form, field: str, producer_id: UUID | str) -> Part | None:
    """What was typed for one farm; what is no amount is blamed."""
    typed = request.form.get(field, "").strip()
    if request.method != "POST":
        return None
    try:
        said = {"amount_cents": numbers.cents(typed)} if typed else {}
        return Part.model_validate({"producer_id": producer_id, **said})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        form.blame(field, fault["type"], fault.get("ctx"))
    except ValueError:
        form.blame(field, "number")
    return None
