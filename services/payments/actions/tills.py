"""The tills of an evening: what came into each, what was counted, what each farm sold and got."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock
from bus.doors import Call
from contracts.errors import NotFound, malformed_field
from contracts.messages import Refused
from contracts.tills import CountTill, OpenDesk, ReadTills, SellerBooks, SetFloat, Till, TillPart, Tills
from services.payments import rules
from services.payments.store import asking, evening, owing


def read(tx: Connection, command: ReadTills, call: Call) -> Tills:
    """The tills of a distribution, as they are or were at its end; of its own part only for a seller."""
    return _seen(tx, command.distribution_id, call.asker.person_id)


def open_desk(tx: Connection, command: OpenDesk, call: Call) -> Tills | Refused:
    """Open a till for several farms, or set the float of the one that its holder has."""
    who, holder = call.asker.person_id, command.holder.strip()
    if not asking.may_open_desks(tx, command.distribution_id, who):
        raise NotFound("no-such-sale", "You organise no such sale.")
    if not holder:
        raise malformed_field("holder", "Say who holds the money.", "missing")
    if not owing.hold_open(tx, command.distribution_id):
        return rules.books_closed()
    till_id = evening.till_id(command.distribution_id, f"desk:{holder}")
    evening.make(tx, [{"till_id": till_id, "distribution_id": command.distribution_id, "holder": holder}])
    evening.change(tx, till_id, {"float_cents": command.float_cents})
    return _seen(tx, command.distribution_id, who)


def set_float(tx: Connection, command: SetFloat, call: Call) -> Tills | Refused:
    """Write how much cash was in a till before."""
    return _change(tx, command.till_id, call, lambda _till: {"float_cents": command.float_cents})


def count(tx: Connection, command: CountTill, call: Call) -> Tills | Refused:
    """Write how much cash was found in a till; a difference needs its reason."""

    def counted(till: Row[Any]) -> dict[str, Any]:
        expected = till.float_cents + evening.cash_in(tx, till.till_id)
        if command.counted_cents != expected and not command.reason.strip():
            raise malformed_field("reason", "The count differs from what must be there: say why.", "missing")
        who = {"counted_by": call.asker.person_id, "counted_at": clock.now(tx)}
        found = {"counted_cents": command.counted_cents, "explained_cents": command.counted_cents - expected}
        return who | found | {"reason": command.reason.strip()}

    return _change(tx, command.till_id, call, counted)


def figures(tx: Connection, sale: Row[Any], *, final_at: datetime | None = None) -> Tills:
    """Everything about the money of a distribution, as this instant sees it."""
    parts, cheques = _parts(tx, sale.distribution_id), defaultdict(list)
    for row in evening.cheques(tx, sale.distribution_id):
        cheques[row.till_id].append(dict(row._mapping))
    rows = evening.sold(tx, sale.distribution_id)
    waiting = sorted({(row.number, row.order_id) for row in rows if row.due_cents})
    return Tills(
        distribution_id=sale.distribution_id,
        market_name=sale.market_name,
        currency=sale.currency,
        tills=[
            Till.model_validate(dict(row._mapping) | {"parts": parts[row.till_id], "cheques": cheques[row.till_id]})
            for row in evening.of_sale(tx, sale.distribution_id)
        ],
        sellers=_sellers(rows),
        open_orders=[number for number, _ in waiting],
        open_order_ids=[order_id for _, order_id in waiting],
        final_at=final_at,
    )


def _change(tx: Connection, till_id: UUID, call: Call, values: Callable[[Row[Any]], dict[str, Any]]) -> Tills | Refused:
    who = call.asker.person_id
    till = asking.till_for(tx, till_id, who)
    if till is None:
        raise NotFound("no-such-till", "You keep no such till.")
    if not owing.hold_open(tx, till.distribution_id):
        return rules.books_closed()
    evening.change(tx, till_id, values(till))
    return _seen(tx, till.distribution_id, who)


def _seen(tx: Connection, distribution_id: UUID, person_id: UUID) -> Tills:
    seen = asking.sale_for(tx, distribution_id, person_id)
    if seen is None:
        raise NotFound("no-such-sale", "There are no such tills for you.")
    whole = figures(tx, seen.row) if seen.row.final_at is None else Tills.model_validate(seen.row.figures)
    return whole if seen.whole else _part_of(whole, seen.farms | seen.read)


def _part_of(whole: Tills, farms: frozenset[UUID]) -> Tills:
    """What sellers see, and farms' accountants: their own tills, and of desks only what they hold for their farms."""
    own = [till for till in whole.tills if till.producer_id in farms]
    desks = [_held_for(desk, farms) for desk in whole.tills if desk.producer_id is None]
    sellers = [seller for seller in whole.sellers if seller.producer_id in farms]
    seen = [*own, *(desk for desk in desks if desk.parts)]
    return whole.model_copy(update={"tills": seen, "sellers": sellers, "open_orders": [], "open_order_ids": []})


def _held_for(desk: Till, farms: frozenset[UUID]) -> Till:
    parts = [part for part in desk.parts if part.producer_id in farms]
    of_others = {
        "float_cents": 0,
        "cheques": [],
        "counted_cents": None,
        "counted_at": None,
        "reason": "",
        "explained_cents": None,
    }
    return desk.model_copy(update={"parts": parts, **of_others})


def _parts(tx: Connection, distribution_id: UUID) -> dict[UUID, list[TillPart]]:
    """What is in each till, by farm."""
    found: dict[UUID, list[TillPart]] = defaultdict(list)
    rows = evening.contents(tx, distribution_id)
    for (till_id, producer_id), group in groupby(sorted(rows, key=_till_and_farm), _till_and_farm):
        held = list(group)
        by_means = {f"{row.means}_cents": row.cents for row in held}
        part = TillPart(producer_id=producer_id, producer_name=held[0].producer_name, **by_means)
        found[till_id].append(part)
    return found


def _till_and_farm(row: Row[Any]) -> tuple[UUID, UUID]:
    return row.till_id, row.producer_id


def _sellers(rows: Iterable[Row[Any]]) -> list[SellerBooks]:
    sellers = []
    for producer_id, group in groupby(rows, lambda row: row.producer_id):
        of_farm = list(group)
        sums = {
            name: sum(getattr(row, name) for row in of_farm)
            for name in ("owed_cents", "paid_cents", "adjusted_cents", "due_cents")
        }
        name = of_farm[-1].producer_name
        sellers.append(SellerBooks(producer_id=producer_id, producer_name=name, orders=len(of_farm), **sums))
    return sellers
