"""Group messages: written once by a market or a farm, then told to each of its buyers in batches.

Who is told is looked up when it is: whoever cancels meanwhile hears nothing, whoever orders after is not meant.
"""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import uuid_utils.compat as uuid
from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.buyers import Buyers, BuyerToCall, BuyerWrittenTo, GroupMessage, ReadBuyers, WriteToBuyers
from contracts.errors import NotFound
from contracts.messages import Refused
from services.orders.rules import buyers as rules
from services.orders.store import buyers as store
from services.orders.store import day, sales

BATCH = 100
SHOWN = 50
_ABOUT = ("market_id", "market_name", "venue_name", "time_zone", "starts_at")


def read(tx: Connection, command: ReadBuyers, call: Call) -> Buyers:
    """Whom a message would reach, and what was written before."""
    sale, side = _sale(tx, command, call), command.producer_id
    to_call = [BuyerToCall.model_validate(dict(row._mapping)) for row in store.to_call(tx, sale.id, side)]
    return Buyers(
        distribution_id=sale.id,
        producer_id=side,
        producer_name=sale.producer_name,
        by_mail=store.figures(tx, sale.id, side).by_mail,
        to_call=to_call,
        messages=[_shown(row) for row in store.messages(tx, sale.id, side, SHOWN)],
        left=max(0, rules.MOST - _written(tx, sale.id, side)),
        is_over=rules.is_over(sale.ends_at, clock.now(tx)),
    )


def write(tx: Connection, command: WriteToBuyers, call: Call) -> GroupMessage | Refused:
    """Keep a message, and want it told; one at a time in a sale, so that a day's are counted right."""
    sale, side = _sale(tx, command, call), command.producer_id
    ends_at, meant = day.hold_alone(tx, sale.id).ends_at, store.figures(tx, sale.id, side)
    written, now = _written(tx, sale.id, side), clock.now(tx)
    if refused := rules.refusal(people=meant.people, written=written, ends_at=ends_at, now=now):
        return refused
    said = command.model_dump() | {"producer_name": sale.producer_name, "written_by": call.asker.person_id}
    counted = {"by_mail": meant.by_mail, "by_telephone": meant.by_telephone}
    kept = store.write(tx, {"id": uuid.uuid7(), "written_at": now} | said | counted)
    subject = str(kept.id)
    timers.schedule(tx, "tell_buyers", key=f"buyers:{subject}", subject=subject, due_at=now, version=1)
    return _shown(kept)


def tell_buyers(tx: Connection, timer: Timer) -> None:
    """Tell the next people of a message, until all are told."""
    message = store.message(tx, UUID(timer.subject))
    sale = sales.known(tx, message.distribution_id)
    batch = store.next_buyers(tx, message, BATCH)
    for person_id in batch:
        say(tx, _told(sale, message, person_id), seq=1)
    store.told(tx, message, batch[-1] if batch else None, is_done=len(batch) < BATCH)
    if len(batch) == BATCH:
        timers.again(tx, timer)


def _sale(tx: Connection, command: ReadBuyers | WriteToBuyers, call: Call) -> Row[Any]:
    sale = store.sale_to_write_in(tx, command.distribution_id, command.producer_id, call.asker.person_id)
    if sale is None:
        raise NotFound("no-such-sale", "You have no such sale in which you could write to people.")
    return sale


def _written(tx: Connection, distribution_id: UUID, side: UUID | None) -> int:
    return store.written_since(tx, distribution_id, side, clock.now(tx) - rules.SPAN)


def _shown(row: Row[Any]) -> GroupMessage:
    return GroupMessage.model_validate(dict(row._mapping) | {"message_id": row.id})


def _told(sale: Row[Any], message: Row[Any], person_id: UUID) -> BuyerWrittenTo:
    notice_id = uuid5(NAMESPACE_URL, f"halle:buyers:{message.id}:{person_id}")
    about = {name: getattr(sale, name) for name in _ABOUT}
    return BuyerWrittenTo(notice_id=notice_id, person_id=person_id, message=_shown(message), **about)
