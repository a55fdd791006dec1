"""Copies of what others own, as far as a sale needs them: names to print, memberships to judge."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from bus import clock, forgetting, timers
from bus.doors import Call
from bus.envelope import Heard
from bus.rights import keep_newest
from bus.timers import Timer
from contracts.consents import ConsentChanged
from contracts.errors import NotFound
from contracts.late_orders import ForgetGuest
from contracts.members import MembershipChanged, PersonChanged, PersonErased
from contracts.orders import OrderState
from services.orders import rules
from services.orders.actions import amending
from services.orders.store import consents, day, memberships, people, purchases, sales
from services.orders.store import forgetting as store

FORGET_ORDER = "forget_order"


def know_person(tx: Connection, event: PersonChanged, heard: Heard) -> None:
    keep_newest(
        tx,
        people,
        "person_id",
        {
            "person_id": event.person_id,
            "name": event.name,
            "phone": event.phone,
            "has_email": event.email is not None,
            "adults": [adult.model_dump() for adult in event.adults],
            "seq": heard.seq,
        },
    )


def forget_person(tx: Connection, event: PersonErased, heard: Heard) -> None:
    """Drop the name and number and keep the row; each order is looked at in a transaction of its own."""
    known = day.known_people(tx, [event.person_id]).get(event.person_id)
    if known and known.name:
        store.forget_typed_name(tx, event.person_id, known.name)
    _forget(tx, event.person_id, heard.seq)
    store.forget_late_lines(tx, event.person_id)
    store.forget_acts(tx, event.person_id)


def forget_guest(tx: Connection, command: ForgetGuest, call: Call) -> None:
    """Drop the name and number of an order's guest, whom no account stands for."""
    guest_id = None
    if day.order_to_hand_over(tx, command.order_id, call.asker.person_id) is not None:
        guest_id = store.guest_of(tx, command.order_id)
    if guest_id is None:
        raise NotFound("no-such-order", "You hand over no such order of somebody without an account.")
    _forget(tx, guest_id, seq=1)


def forget_order(tx: Connection, timer: Timer) -> None:
    """Take the lines of an erased person back that may still be taken back; blank who the rest was for.

    An order past its close stands: farms have prepared it, it is owed, and its number is enough to fetch it.
    """
    order_id = UUID(timer.subject)
    whose = store.whose(tx, order_id)
    is_open = sales.hold_open(tx, whose.distribution_id) is not None
    forgetting.forget(tx, whose.consumer_id, [whose.recipient, whose.handed_to])
    store.forget_order(tx, order_id, whose.distribution_id)
    order = purchases.own_order_locked(tx, order_id, whose.consumer_id)
    if is_open and order is not None and order.state is OrderState.PLACED:
        amending.take_back(tx, order)


def _forget(tx: Connection, person_id: UUID, seq: int) -> None:
    known = day.known_people(tx, [person_id]).get(person_id)
    nobody: dict[str, Any] = {"name": "", "phone": None, "has_email": False, "adults": []}
    keep_newest(tx, people, "person_id", nobody | {"person_id": person_id, "seq": seq})
    forgetting.forget(tx, person_id, [known.name, known.phone] if known else [])
    now = clock.now(tx)
    for order_id in store.orders_of(tx, person_id):
        key = f"forget:{order_id}"
        timers.schedule(tx, FORGET_ORDER, key=key, subject=str(order_id), due_at=now, version=1)


def forget_names(tx: Connection, timer: Timer) -> None:
    """Every day: drop whom people named by hand at a hand-over of a year ago; no law wants to know."""
    now = clock.now(tx)
    before = now - rules.NAMES_KEPT
    store.forget_typed_names(tx, before)
    for guest_id in store.old_guests(tx, before):
        _forget(tx, guest_id, seq=1)
    tomorrow = now + timedelta(days=1)
    timers.schedule(
        tx, "forget_names", key=timer.key, subject=timer.subject, due_at=tomorrow, version=timer.version + 1
    )


def know_membership(tx: Connection, event: MembershipChanged, heard: Heard) -> None:
    keep_newest(tx, memberships, "membership_id", event.model_dump() | {"seq": heard.seq})


def know_consent(tx: Connection, event: ConsentChanged, heard: Heard) -> None:
    keep_newest(tx, consents, "consent_id", event.model_dump() | {"seq": heard.seq})
