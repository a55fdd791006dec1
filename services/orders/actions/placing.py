"""Placing an order: almost always one statement; everything rarer is found out after it has said no."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import uuid_utils.compat as uuid
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bus import clock, database, keys, nudge, trace
from bus.doors import Call
from contracts.catalog import SheetLine
from contracts.errors import Malformed, NotAllowed, Unavailable
from contracts.messages import Refused
from contracts.orders import Order, OrderState, PlaceOrder
from contracts.slots import Slot
from services.orders import rules, sheets
from services.orders.actions import amending, choosing, mediating
from services.orders.sheets import Sheet
from services.orders.store import placing, purchases, sales

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is misread. There are 32, so that a random byte favours none."""
TRIES = 4
W = TypeVar("W")


def place(command: PlaceOrder, call: Call) -> Order | Refused | bytes:
    """Order for the asker; a second order for the same recipient adds to the first.

    1. Compute the order from the sheet in memory. 2. One statement checks everything and writes all of it, or says why
    not. 3. A stale sheet is read again, an order that stands is added to, a used key gives its answer.
    """
    attempt = _attempt if command.on_behalf_of is None and command.slot is None else _attempt_in_transaction
    sheet = sheets.kept(command.distribution_id) or _read(command.distribution_id)
    for _ in range(TRIES):
        if (kept := _check(command, call, sheet)) is not None:
            return kept
        word, answer = attempt(command, call, sheet)
        if word == "placed":
            nudge.relay(database.url())
            return answer.encode()
        if word == "revoked":
            raise NotAllowed("sign-in", "Please sign in again.")
        if word == "used":
            return _recall(call)
        if word == "adds":
            return _add(command, call)
        fresh = _read(command.distribution_id)
        if word in ("lines", "sheet-changed") and fresh.sale.version != sheet.sale.version:
            sheet = fresh
            continue
        return _kept(call) or _refusal(word, command, fresh)
    raise Unavailable("busy", "This sale is changing quickly; ask again in a moment.")


def _check(command: PlaceOrder, call: Call, sheet: Sheet) -> bytes | Refused | None:
    """Refuse what the sheet does not sell, unless this key placed it when the sheet did: then that is the answer."""
    if gone := [sheet.withdrawn[wish.offer_id] for wish in command.lines if wish.offer_id in sheet.withdrawn]:
        return _kept(call) or rules.lines_closed(gone)
    if command.sheet_version not in (None, sheet.sale.version):
        with database.transaction() as tx:
            refused = amending.risen(tx, command.distribution_id, command)
        if refused:
            return _kept(call) or refused
    try:
        rules.check_wishes(command.lines, sheet.lines, zero_allowed=False)
    except Malformed:
        if kept := _kept(call):
            return kept
        raise
    return None


def _read(distribution_id: UUID) -> Sheet:
    with database.transaction() as tx:
        return sheets.read(tx, distribution_id)


def new_order(command: PlaceOrder, person_id: UUID, sheet: Sheet) -> Order:
    """The order that is wanted, as the sheet has it; nothing is written."""
    lines = [rules.order_line(sheet.lines[wish.offer_id], wish.quantity) for wish in command.lines]
    return Order(
        order_id=uuid.uuid7(),
        distribution_id=command.distribution_id,
        market_id=sheet.sale.market_id,
        market_name=sheet.sale.market_name,
        consumer_id=person_id,
        recipient=command.recipient,
        code="".join(CODE_ALPHABET[drawn % len(CODE_ALPHABET)] for drawn in secrets.token_bytes(6)),
        version=1,
        state=OrderState.PLACED,
        lines=lines,
        total_cents=rules.total(lines, sheet.sale.fee),
        currency=sheet.sale.currency,
        absence=sheet.sale.absence,
        fee=sheet.sale.fee,
    )


def _attempt(command: PlaceOrder, call: Call, sheet: Sheet) -> tuple[str, str]:
    """The statement's word, and the answer if it is `placed`."""
    order = new_order(command, call.asker.person_id, sheet)
    answer = order.model_dump_json()
    parameters = _parameters(order, call, sheet, answer)
    call.check()
    return database.again_on_contention(lambda: _place(parameters)), answer


def _attempt_in_transaction(command: PlaceOrder, call: Call, sheet: Sheet) -> tuple[str, str]:
    """The same statement in a transaction that holds a mediator's consent, or takes a slot; undone unless placed."""

    def work(tx: Connection) -> tuple[str, str]:
        call.admit(tx)
        hand = mediating.hand(tx, command.on_behalf_of, call)
        order = hand.sign(new_order(command, hand.consumer_id, sheet), version=1)
        if command.slot:
            order = order.model_copy(update={"slot": _slot(tx, order, command.slot)})
        answer = order.model_dump_json()
        parameters = _parameters(order, call, sheet, answer) | {"issued_at": "infinity"}  # admitted above
        word = placing.place(tx, parameters)
        if word != "placed":
            raise _NotPlaced(word)
        hand.keep(tx, order)
        hand.note(tx, command, order)
        return word, answer

    call.check()
    try:
        return _or_adds(lambda: database.atomically(work), ("adds", ""))
    except _NotPlaced as undone:
        return undone.word, ""


class _NotPlaced(Exception):
    """Carries the word out of its transaction, which is rolled back."""

    def __init__(self, word: str) -> None:
        self.word = word


def _slot(tx: Connection, order: Order, starts_at: datetime) -> Slot:
    """A slot of the sale, which is held open, for an order that is about to be placed."""
    if sales.hold_open(tx, order.distribution_id) is None:
        raise _NotPlaced("closed")
    if purchases.standing_order_id(tx, order.distribution_id, order.consumer_id, order.recipient):
        raise _NotPlaced("adds")
    slot = choosing.take(tx, order.distribution_id, order.order_id, starts_at)
    if not isinstance(slot, Slot):
        raise _NotPlaced("slot-full")
    return slot


def _add(command: PlaceOrder, call: Call) -> Order | Refused | bytes:
    """Add to the order that stands; of a refusal nothing is kept, so that it is judged again."""

    def work(tx: Connection) -> Order | bytes:
        outcome = amending.add(tx, command, call)
        if isinstance(outcome, Refused):
            raise _RefusedAddition(outcome)
        return outcome

    try:
        return database.atomically(work)
    except _RefusedAddition as undone:
        return undone.outcome


class _RefusedAddition(Exception):
    """Carries a refusal out of its transaction, which is rolled back."""

    def __init__(self, outcome: Refused) -> None:
        self.outcome = outcome


def _parameters(order: Order, call: Call, sheet: Sheet, answer: str) -> dict[str, Any]:
    return {
        "offers": _array(line.offer_id for line in order.lines),
        "quantities": _array(line.quantity for line in order.lines),
        "amounts": _array(line.amount_cents for line in order.lines),
        "snapshots": _array(sheet.snapshots[line.offer_id] for line in order.lines),
        "untils": _array(_until(sheet.lines[line.offer_id]) for line in order.lines),
        "distribution": str(order.distribution_id),
        "sheet_version": sheet.sale.version,
        "person": str(order.consumer_id),
        "issued_at": call.asker.issued_at.isoformat(),
        "asker": call.scope,
        "door": call.command.door,
        "key": call.key,
        "question": keys.fingerprint(call.question),
        "answer": answer,
        "order": str(order.order_id),
        "recipient": order.recipient,
        "code": order.code,
        "total": order.total_cents,
        "traceparent": trace.current(),
        "joined": f'{{"person_id":"{order.consumer_id}","market_id":"{order.market_id}"}}',
    }


def _array(values: Iterable[object]) -> str:
    """A PostgreSQL array literal: four of these cost less than the driver's walk over four lists."""
    return "{" + ",".join(map(str, values)) + "}"


def _until(line: SheetLine) -> str:
    """Until when the line may be ordered for its marks, as PostgreSQL reads it."""
    return line.qualifies_until.isoformat() if line.qualifies_until else "infinity"


def _place(parameters: dict[str, Any]) -> str:
    def work() -> str:
        with database.statement() as connection:
            return placing.place(connection, parameters)

    return _or_adds(work, "adds")


def _or_adds(work: Callable[[], W], adds: W) -> W:
    """A twin that placed the same recipient's first order meanwhile makes this one add to it."""
    try:
        return work()
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        return adds


def _recall(call: Call) -> bytes:
    """What this key led to before; its twin has committed, or we would have waited for it."""
    if (kept := _kept(call)) is None:
        raise Unavailable("busy", "The same request is under way; ask again in a moment.")
    return kept


def _kept(call: Call) -> bytes | None:
    """What this key led to, if anything.

    Looked up again before a refusal: a twin may have been under way when the statement began and have taken the last
    unit, or held the sale open until it closed. Then the twin's answer is the answer.
    """
    with database.transaction() as tx:
        kept = keys.recall(tx, call.scope, call.command.door, call.key or "", call.question)
    return kept.encode() if kept else None


def _refusal(word: str, command: PlaceOrder, sheet: Sheet) -> Refused:
    if word == "closed":
        return rules.window_closed(sheet.sale.closes_at)
    if word == "not-a-member":
        return rules.not_a_member()
    wished = [wish.offer_id for wish in command.lines]
    with database.transaction() as tx:
        if word == "lines":
            frozen = amending.frozen_lines(tx, command.distribution_id, wished)
            expired = rules.without_mark((sheet.lines[offer] for offer in wished), clock.now(tx))
            return rules.lines_closed([sheet.lines[o] for o in frozen]) if frozen else rules.mark_expired(expired)
        if word == "slot-full":
            return rules.slot_full(choosing.of_sale(tx, command.distribution_id))
        left = sales.left(tx, command.distribution_id)
    return rules.sold_out({o: n for o in wished if (n := left.get(o)) is not None}, sheet.lines)
