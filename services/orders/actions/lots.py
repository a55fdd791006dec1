"""Lots: typed at preparation, looked for when something is wrong with one, recalled.

Numbers are compared by `rules.lot_key`. A recall notes first whom it tells; a timer then says it in batches.
"""

from collections import defaultdict
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus import clock, timers
from bus.doors import Call
from bus.outbox import say
from bus.timers import Timer
from contracts.errors import Conflict, NotFound, malformed_field
from contracts.lists import PreparationList
from contracts.lots import (
    FindLot,
    Lot,
    LotOfOrder,
    LotRecalled,
    LotRow,
    LotTrace,
    NoteLots,
    ProductLots,
    ReadLots,
    RecalledGoods,
    RecallLot,
)
from services.orders import rules
from services.orders.store import day, holding
from services.orders.store import tracing as store

BATCH = 100


def note(tx: Connection, command: NoteLots, call: Call) -> list[ProductLots]:
    """Write the lots of some products of a farm."""
    person_id = call.asker.person_id
    _sale(tx, command.distribution_id, command.producer_id, person_id)
    day.hold_alone(tx, command.distribution_id)
    _check(tx, command)
    noted = {"producer_id": command.producer_id, "noted_by": person_id, "noted_at": clock.now(tx)}
    rows: list[dict[str, Any]] = []
    of_orders: list[dict[str, Any]] = []
    for one in command.products:
        about = {"offer_id": one.offer_id}
        rows += [lot.model_dump() | noted | about | {"key": rules.lot_key(lot.number)} for lot in one.lots]
        of_orders += [about | {"order_id": it.order_id, "key": rules.lot_key(it.number)} for it in one.orders]
    store.replace(tx, command.distribution_id, [one.offer_id for one in command.products], rows, of_orders)
    return noted_of(tx, command.distribution_id, command.producer_id)


def read(tx: Connection, command: ReadLots, call: Call) -> list[ProductLots]:
    """The lots that were noted of a farm."""
    _sale(tx, command.distribution_id, command.producer_id, call.asker.person_id)
    return noted_of(tx, command.distribution_id, command.producer_id)


def find(tx: Connection, command: FindLot, call: Call) -> LotTrace:
    """Who got a lot."""
    return _trace(tx, command.producer_id, command.number, call.asker.person_id)


def recall(tx: Connection, command: RecallLot, call: Call) -> LotTrace:
    """Tell everybody who got a lot and was not told before, if they are as many orders as the asker saw."""
    person_id = call.asker.person_id
    seen = _trace(tx, command.producer_id, command.number, person_id)
    if seen.orders != command.orders:
        details = {"trace": seen.model_dump(mode="json")}
        raise Conflict("figures-moved", "These orders changed while you were looking.", details)
    key, recall_id = rules.lot_key(command.number), uuid.uuid7()
    said = {"recall_id": recall_id, "producer_id": command.producer_id, "key": key, "declared_by": person_id}
    said |= command.model_dump(include={"number", "message"})
    concerned = {row.consumer_id for row in store.trace(tx, command.producer_id, key, person_id)}
    if store.want_notices(tx, [said | {"person_id": one} for one in sorted(concerned)]):
        timers.schedule(
            tx, "tell_recall", key=f"recall:{recall_id}", subject=str(recall_id), due_at=clock.now(tx), version=1
        )
    return _trace(tx, command.producer_id, command.number, person_id)


def tell_recall(tx: Connection, timer: Timer) -> None:
    """Say a recall to the next people it concerns, until all are told; who has none of the goods by now is not."""
    recall_id = UUID(timer.subject)
    notices = store.next_notices(tx, recall_id, BATCH)
    if not notices:
        return
    people = [notice.person_id for notice in notices]
    goods: dict[UUID, list[Any]] = defaultdict(list)
    for row in store.of_people(tx, notices[0].producer_id, notices[0].key, people):
        goods[row.consumer_id].append(row)
    for notice in notices:
        if notice.person_id in goods:
            _say(tx, notice, goods[notice.person_id])
    store.end_notices(tx, recall_id, goods)
    store.drop_notices(tx, recall_id, set(people) - goods.keys())
    timers.again(tx, timer)


def with_lots(tx: Connection, made: PreparationList) -> PreparationList:
    """A preparation list with the lots that were noted since."""
    lots = {one.offer_id: one.lots for one in noted_of(tx, made.distribution_id, made.producer_id)}
    totals = [one.model_copy(update={"lots": lots.get(one.offer_id, [])}) for one in made.totals]
    return made.model_copy(update={"totals": totals})


def noted_of(tx: Connection, distribution_id: UUID, producer_id: UUID) -> list[ProductLots]:
    """The products of a farm of which lots were noted; `_sale` or a right to the list comes first."""
    by_offer: dict[UUID, list[Any]] = defaultdict(list)
    for row in store.of_farm(tx, distribution_id, producer_id):
        by_offer[row.offer_id].append(row)
    numbers = {(offer, row.key): row.number for offer, rows in by_offer.items() for row in rows}
    known: dict[UUID, list[LotOfOrder]] = defaultdict(list)
    for row in store.of_orders(tx, distribution_id):
        if number := numbers.get((row.offer_id, row.key)):
            known[row.offer_id].append(LotOfOrder(order_id=row.order_id, number=number))
    return [
        ProductLots(
            offer_id=offer, lots=[Lot(number=row.number, use_by=row.use_by) for row in rows], orders=known[offer]
        )
        for offer, rows in by_offer.items()
    ]


def _check(tx: Connection, command: NoteLots) -> None:
    """Raise Malformed at the first product, lot or order that the farm does not have there."""
    ordered = store.ordered_of(tx, command.distribution_id, (one.offer_id for one in command.products if one.orders))
    offers = set(holding.offers_of_farm(tx, command.distribution_id, command.producer_id))
    for index, one in enumerate(command.products):
        if one.offer_id not in offers:
            raise malformed_field(f"products.{index}.offer_id", "The farm sells no such product here.", "unknown")
        offers.remove(one.offer_id)
        keys = [rules.lot_key(lot.number) for lot in one.lots]
        if len(set(keys)) < len(keys):
            raise malformed_field(f"products.{index}.lots", "Name each lot once.", "named-twice")
        for it in one.orders:
            if (one.offer_id, it.order_id) not in ordered or rules.lot_key(it.number) not in keys:
                raise malformed_field(f"products.{index}.orders", "There is no such order or lot.", "unknown")


def _trace(tx: Connection, producer_id: UUID, number: str, person_id: UUID) -> LotTrace:
    name = store.may_trace(tx, producer_id, person_id)
    if name is None:
        raise NotFound("no-such-farm", "You may not ask for the lots of such a farm.")
    rows = store.trace(tx, producer_id, rules.lot_key(number), person_id)
    shown = [LotRow.model_validate(dict(row._mapping) | {"phone": None if row.by_mail else row.phone}) for row in rows]
    count = len({row.order_id for row in shown})
    return LotTrace(producer_id=producer_id, producer_name=name, number=number, orders=count, rows=shown)


def _say(tx: Connection, notice: Any, rows: list[Any]) -> None:
    notice_id = uuid5(NAMESPACE_URL, f"halle:recall:{notice.producer_id}:{notice.key}:{notice.person_id}")
    event = LotRecalled(
        notice_id=notice_id,
        person_id=notice.person_id,
        producer_id=notice.producer_id,
        producer_name=rows[-1].producer_name,
        lot=notice.number,
        message=notice.message,
        goods=[RecalledGoods.model_validate(dict(row._mapping)) for row in rows],
    )
    say(tx, event, seq=1)


def _sale(tx: Connection, distribution_id: UUID, producer_id: UUID, person_id: UUID) -> None:
    if day.sale_of_farm(tx, distribution_id, producer_id, person_id) is None:
        raise NotFound("no-such-sale", "This farm is in no such sale of yours.")
