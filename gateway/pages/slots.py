"""Slots of a hand-over: planned in a form, chosen for an order, and by which a hand-over is looked through."""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from flask import request
from pydantic import ValidationError

from contracts.lists import HandoverRow
from contracts.orders import SaleSheet
from contracts.slots import ReadSlots, Slot, SlotLeft, SlotPlan, WantedSlots
from gateway import asking
from gateway.pages.fields import Form
from gateway.writing import folded

FIELD = "slot_"
NONE = "none"
"""In an address: the orders for which no slot was chosen."""


def planned(form: Form) -> WantedSlots | None:
    """The slots that a plan was typed with; what is wrong with them is said at their fields."""
    said = {name: request.form.get(f"{FIELD}{name}", "").strip() for name in WantedSlots.model_fields}
    if request.method != "POST" or not any(said.values()):
        return None
    try:
        return WantedSlots.model_validate({name: typed for name, typed in said.items() if typed})
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            form.blame(f"{FIELD}{fault['loc'][0]}", fault["type"], fault.get("ctx"))
        return None


def blame(form: Form) -> None:
    """Let a fault of the slots stand at the field that was typed; one of all of them at their length."""
    for fault, name in {"slots": "minutes", "slots.capacity": "capacity"}.items():
        if fault in form.faults:
            form.faults[f"{FIELD}{name}"] = form.faults.pop(fault)


def as_planned(plan: SlotPlan | None) -> dict[str, int]:
    """What the fields show."""
    return {f"{FIELD}{name}": number for name, number in plan.model_dump().items()} if plan else {}


def of_sale(sale: SaleSheet) -> list[SlotLeft]:
    """The slots among which an order's consumer chooses; nothing is asked where the sale has none."""
    if sale.slots is None:
        return []
    found: list[SlotLeft] = asking.ask(ReadSlots(distribution_id=sale.distribution_id))
    return found


class Choice(NamedTuple):
    """A slot of a hand-over, or none, with how many orders are fetched in it."""

    value: str
    slot: Slot | None
    orders: int


def choices(rows: Iterable[HandoverRow]) -> list[Choice]:
    """The slots that orders have, by their start; those without last."""
    slots = [row.slot for row in rows]
    known = sorted({slot for slot in slots if slot}, key=lambda slot: slot.starts_at)
    found = [Choice(slot.starts_at.isoformat(), slot, slots.count(slot)) for slot in known]
    return [*found, Choice(NONE, None, slots.count(None))] if None in slots else found


def only_wanted(rows: list[HandoverRow]) -> list[HandoverRow]:
    """Those of the slot that the address names; all where it names none."""
    wanted = request.args.get("slot", "")
    return [row for row in rows if not wanted or wanted == (row.slot.starts_at.isoformat() if row.slot else NONE)]


def sorted_rows(rows: Iterable[HandoverRow], *, by_slot: bool = False) -> list[HandoverRow]:
    """By name, or by slot and then by name, those without last."""

    def place(row: HandoverRow) -> tuple[float, str]:
        slot = row.slot.starts_at.timestamp() if row.slot else inf
        return slot if by_slot else 0, folded(row.recipient or row.name)

    return sorted(rows, key=place)
