"""Opening on the catalog's word, closing by timers: first the state, committed; only then the lists."""

from collections import defaultdict
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.outbox import say
from bus.timers import Timer
from contracts.catalog import SaleSheetPublished, SheetLine
from contracts.orders import (
    DistributionChanged,
    DistributionState,
    ListOrder,
    ListTotal,
    PreparationList,
    PreparationListReady,
)
from services.orders.store import lists, sales


def open_distribution(tx: Connection, sheet: SaleSheetPublished, seq: int) -> None:
    """Open a sale, its stock and its timers; a sheet that comes again changes nothing."""
    if not sales.insert_distribution(tx, sheet, seq):
        return
    sales.insert_lines(tx, sheet.distribution_id, seq, sheet.lines)
    subject = str(sheet.distribution_id)
    for closes_at in sorted({line.closes_at for line in sheet.lines if line.closes_at < sheet.closes_at}):
        key = f"{subject}:close-lines:{closes_at.isoformat()}"
        timers.schedule(tx, "close_lines", key=key, subject=subject, due_at=closes_at, version=1)
    key = f"{subject}:close"
    timers.schedule(tx, "close_distribution", key=key, subject=subject, due_at=sheet.closes_at, version=1)
    _tell(tx, sheet.distribution_id, DistributionState.OPEN, 1)


def close_lines(tx: Connection, timer: Timer) -> None:
    """Close the lines whose own hour has come; their lists are made next, once this has committed."""
    distribution_id = UUID(timer.subject)
    due = {line.producer_id for line in sales.lines(tx, distribution_id) if line.closes_at <= timer.due_at}
    if due and sales.close_producers(tx, distribution_id, sorted(due)):
        _want_lists(tx, distribution_id, timer.key)


def close_distribution(tx: Connection, timer: Timer) -> None:
    """Close the window, once; orders under way have committed before, and later ones see it closed."""
    distribution_id = UUID(timer.subject)
    version = sales.move(tx, distribution_id, DistributionState.OPEN, DistributionState.CLOSING)
    if version is not None:
        _want_lists(tx, distribution_id, timer.key)
        _tell(tx, distribution_id, DistributionState.CLOSING, version)


def make_lists(tx: Connection, timer: Timer) -> None:
    """Number the orders of a closed sale and make the lists that are due; each is made and said once."""
    distribution_id = UUID(timer.subject)
    sale = sales.distribution(tx, distribution_id)
    assert sale is not None, "a timer of a sale that was never opened"
    closing = sale.state == DistributionState.CLOSING
    if closing:
        lists.number_orders(tx, distribution_id)
    for made in preparation_lists(tx, sale, everybody=closing):
        _keep_and_say(tx, made)
    if closing:
        version = sales.move(tx, distribution_id, DistributionState.CLOSING, DistributionState.CLOSED)
        assert version is not None, "the row is locked by the numbers' transaction"
        _tell(tx, distribution_id, DistributionState.CLOSED, version)


def preparation_lists(
    tx: Connection, sale: Row[Any], *, everybody: bool, only: UUID | None = None
) -> list[PreparationList]:
    """The lists of a sale's producers: of everybody's, or of those whose lines are closed."""
    producers: dict[UUID, list[SheetLine]] = defaultdict(list)
    for row in sales.lines(tx, sale.id):
        if (everybody or row.producer_id in sale.closed_producers) and only in (
            None,
            row.producer_id,
        ):
            producers[row.producer_id].append(SheetLine.model_validate(row.line))
    ordered: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in lists.ordered(tx, sale.id, None if everybody and only is None else list(producers)):
        ordered[UUID(row.producer_id)].append(row)
    return [_list(sale, producer, sheet, ordered[producer]) for producer, sheet in producers.items()]


def _list(sale: Row[Any], producer_id: UUID, sheet: list[SheetLine], ordered: list[Row[Any]]) -> PreparationList:
    quantities: dict[UUID, int] = defaultdict(int)
    amounts: dict[UUID, int] = defaultdict(int)
    for row in ordered:
        quantities[row.offer_id] += row.quantity
        amounts[row.offer_id] += row.amount_cents
    lines = [line for line in sheet if quantities[line.offer_id]]
    totals = [
        ListTotal(
            offer_id=line.offer_id,
            name=line.name,
            unit=line.unit,
            storage=line.storage,
            quantity=quantities[line.offer_id],
            amount_cents=amounts[line.offer_id],
        )
        for line in lines
    ]
    return PreparationList(
        distribution_id=sale.id,
        producer_id=producer_id,
        producer_name=sheet[0].producer_name,
        market_name=sale.market_name,
        venue_name=sale.venue_name,
        venue_address=sale.venue_address,
        time_zone=sale.time_zone,
        starts_at=sale.starts_at,
        totals=totals,
        orders=_by_order(ordered, [line.offer_id for line in lines]),
        amount_cents=sum(amounts.values()),
    )


def _by_order(ordered: list[Row[Any]], offers: list[UUID]) -> list[ListOrder]:
    column = {offer: index for index, offer in enumerate(offers)}
    found: dict[UUID, tuple[Row[Any], list[int]]] = {}
    for row in ordered:
        _, quantities = found.setdefault(row.order_id, (row, [0] * len(offers)))
        quantities[column[row.offer_id]] = row.quantity
    return [
        ListOrder(number=row.number, code=row.code, name=row.name, quantities=quantities)
        for row, quantities in found.values()
    ]


def _keep_and_say(tx: Connection, made: PreparationList) -> None:
    list_id = uuid5(NAMESPACE_URL, f"halle:list:{made.distribution_id}:{made.producer_id}")
    if lists.keep_list(tx, list_id, made):
        say(tx, PreparationListReady(list_id=list_id, preparation_list=made), seq=1)


def _want_lists(tx: Connection, distribution_id: UUID, key: str) -> None:
    subject = str(distribution_id)
    due_at = clock.now(tx)
    timers.schedule(tx, "make_lists", key=f"{key}:lists", subject=subject, due_at=due_at, version=1)


def _tell(tx: Connection, distribution_id: UUID, state: DistributionState, version: int) -> None:
    say(tx, DistributionChanged(distribution_id=distribution_id, state=state), seq=version)
