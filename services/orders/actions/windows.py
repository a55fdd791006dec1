"""Opening on the catalog's word, closing by timers: first the state, committed; only then the lists."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row

from bus import clock, timers
from bus.outbox import say
from bus.timers import Timer
from contracts.catalog import SaleSheetPublished, SheetLine
from contracts.lists import PreparationList, PreparationListReady
from contracts.orders import DistributionChanged, DistributionState
from services.orders.actions import announcing, books, choosing, expiring, owing, presences, raising, reminding
from services.orders.store import coming, day, lists, sales


def open_distribution(tx: Connection, sheet: SaleSheetPublished, seq: int) -> None:
    """Open a sale, its stock and its timers; a sheet that comes again changes nothing."""
    if not sales.insert_distribution(tx, sheet, seq):
        return
    sales.insert_lines(tx, sheet.distribution_id, seq, sheet.lines)
    coming.insert_presences(tx, sheet)
    choosing.enter(tx, sheet)
    expiring.want_expiries(tx, sheet.distribution_id, sheet.lines, sheet.ends_at)
    sale = sales.known(tx, sheet.distribution_id)
    want_closes(tx, sale, sheet.lines)
    announcing.tell_opening(tx, sale)
    _tell(tx, sheet.distribution_id, DistributionState.OPEN, 1)


def want_closes(tx: Connection, sale: Row[Any], lines: Iterable[SheetLine]) -> None:
    """Note when a sale closes, and those of its lines that close before; a shift notes them anew."""
    subject, version = str(sale.id), sale.shift_number + 1
    for closes_at in sorted({line.closes_at for line in lines if line.closes_at < sale.closes_at}):
        key = f"{subject}:close-lines:{closes_at.isoformat()}"
        timers.schedule(tx, "close_lines", key=key, subject=subject, due_at=closes_at, version=version)
    key = f"{subject}:close"
    timers.schedule(tx, "close_distribution", key=key, subject=subject, due_at=sale.closes_at, version=version)
    announcing.want_closing(tx, sale)


def close_lines(tx: Connection, timer: Timer) -> None:
    """Close the lines whose own hour has come, and did not move; their lists are made next, once this has committed."""
    distribution_id = UUID(timer.subject)
    closed = set(sales.known(tx, distribution_id).closed_producers)
    hours = {line.producer_id: line.closes_at for line in sales.lines(tx, distribution_id)}
    due = {farm for farm, closes_at in hours.items() if closes_at <= timer.due_at} - closed
    if due and sales.close_producers(tx, distribution_id, sorted(due)):
        _want_lists(tx, distribution_id, timer.key)


def close_distribution(tx: Connection, timer: Timer) -> None:
    """Close the window, once; orders under way have committed before, and later ones see it closed."""
    distribution_id = UUID(timer.subject)
    if _is_stale(tx, timer):
        return
    version = sales.move(tx, distribution_id, DistributionState.OPEN, DistributionState.CLOSING)
    if version is not None:
        _want_lists(tx, distribution_id, timer.key)
        _tell(tx, distribution_id, DistributionState.CLOSING, version)


def make_lists(tx: Connection, timer: Timer) -> None:
    """Number the orders of a closed sale and make the lists that are due; each is made and said once.

    Whatever nobody confirmed is dropped first, a batch at a time.
    """
    distribution_id = UUID(timer.subject)
    sale = sales.distribution(tx, distribution_id)
    assert sale is not None, "a timer of a sale that was never opened"
    if sale.state in (DistributionState.CANCELLING, DistributionState.CANCELLED):
        return
    if raising.drop_next(tx, distribution_id):
        timers.again(tx, timer)
        return
    closing = sale.state == DistributionState.CLOSING
    if closing:
        lists.number_orders(tx, distribution_id)
    for made in preparation_lists(tx, sale, everybody=closing):
        _keep_and_say(tx, made)
        presences.count(tx, sale, made)
    if closing:
        version = sales.move(tx, distribution_id, DistributionState.CLOSING, DistributionState.CLOSED)
        assert version is not None, "the row is locked by the numbers' transaction"
        want_handover(tx, sale)
        reminding.want(tx, sale)
        owing.begin(tx, distribution_id, clock.now(tx))
        _tell(tx, distribution_id, DistributionState.CLOSED, version)


def want_handover(tx: Connection, sale: Row[Any]) -> None:
    """Only now, for the close may come late: a hand-over that were due before it would find no closed sale."""
    key, subject, version = f"{sale.id}:handover", str(sale.id), sale.shift_number + 1
    timers.schedule(tx, "begin_handover", key=key, subject=subject, due_at=sale.starts_at, version=version)


def begin_handover(tx: Connection, timer: Timer) -> None:
    """Begin to hand over, at the hour that was announced; a sale that is not closed does not."""
    distribution_id = UUID(timer.subject)
    if _is_stale(tx, timer):
        return
    version = sales.move(tx, distribution_id, DistributionState.CLOSED, DistributionState.HANDOVER)
    if version is not None:
        books.want(tx, sales.known(tx, distribution_id))
        _tell(tx, distribution_id, DistributionState.HANDOVER, version)


def _is_stale(tx: Connection, timer: Timer) -> bool:
    """Whether the sale was shifted since this was wanted; it is held, so that no shift comes between."""
    number: int = day.hold_alone(tx, UUID(timer.subject)).shift_number
    return timer.version != number + 1


def preparation_lists(
    tx: Connection, sale: Row[Any], *, everybody: bool, only: UUID | None = None
) -> list[PreparationList]:
    """The lists of a sale's producers: of everybody's, or of those whose lines are closed."""
    sheets: dict[UUID, list[SheetLine]] = defaultdict(list)
    for row in sales.lines(tx, sale.id):
        if (everybody or row.producer_id in sale.closed_producers) and only in (None, row.producer_id):
            sheets[row.producer_id].append(SheetLine.model_validate(row.line))
    making = [_Making(sheet) for sheet in sheets.values()]
    of_offer = {offer: one for one in making for offer in one.quantities}
    for order in lists.ordered(tx, sale.id, None if everybody and only is None else list(of_offer)):
        for offer, quantity, amount_cents in zip(order.offers, order.quantities, order.amounts, strict=True):
            of_offer[offer].add(order, offer, quantity, amount_cents)
    return [one.finished(sale) for one in making]


class _Making:
    """A producer's list while orders are read. Offers are known by their ids as text: 40 000 lines are added up."""

    def __init__(self, sheet: list[SheetLine]) -> None:
        self.sheet = sheet
        self.quantities = {str(line.offer_id): 0 for line in sheet}
        self._amounts = dict(self.quantities)
        self._orders: list[tuple[Row[Any], dict[str, int]]] = []

    def add(self, order: Row[Any], offer: str, quantity: int, amount_cents: int) -> None:
        """One line of an order; an order's lines come one after the other."""
        self.quantities[offer] += quantity
        self._amounts[offer] += amount_cents
        if not self._orders or self._orders[-1][0] is not order:
            self._orders.append((order, {}))
        self._orders[-1][1][offer] = quantity

    def finished(self, sale: Row[Any]) -> PreparationList:
        """The list, with the products that somebody ordered."""
        lines = [line for line in self.sheet if self.quantities[str(line.offer_id)]]
        return PreparationList.model_validate(
            {
                "distribution_id": sale.id,
                "producer_id": self.sheet[0].producer_id,
                "producer_name": self.sheet[0].producer_name,
                "market_name": sale.market_name,
                "venue_name": sale.venue_name,
                "venue_address": sale.venue_address,
                "time_zone": sale.time_zone,
                "starts_at": sale.starts_at,
                "totals": [self._total(line) for line in lines],
                "orders": self._by_order([str(line.offer_id) for line in lines]),
                "amount_cents": sum(self._amounts.values()),
            }
        )

    def _total(self, line: SheetLine) -> dict[str, Any]:
        offer = str(line.offer_id)
        figures = {"quantity": self.quantities[offer], "amount_cents": self._amounts[offer]}
        return line.model_dump(include={"offer_id", "name", "unit", "storage"}) | figures

    def _by_order(self, offers: list[str]) -> list[dict[str, Any]]:
        return [
            {
                "number": order.number,
                "code": order.code,
                "name": order.name,
                "quantities": [quantities.get(offer, 0) for offer in offers],
            }
            for order, quantities in self._orders
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
