"""The table: everything counted twice, what must be beside what is. What differs is told on standard error."""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from deploy import processes
from tests.bench.figures import Figure, found
from tests.chaos import mails, news, servers
from tests.chaos.stage import Run, undone_timers

SHOWN = 5
"""Differences that are told of each kind."""


def judge(run: Run) -> Iterator[Figure]:
    """Every line of the table."""
    yield Figure("answers acknowledged", run.ledger.answers)
    yield Figure("refusals as the trade knows them", run.ledger.refusals)
    yield Figure("outcomes that stayed unknown for a while", run.ledger.unknown)
    yield Figure("of these without any word, not even a 503", run.ledger.wordless)
    yield Figure("longest wait for a word", round(run.ledger.longest, 1), "s")
    if run.nemesis is not None:
        yield from (Figure(what, times) for what, times in sorted(run.nemesis.done.items()))
    yield Figure(
        "settled in",
        round(run.settled_in, 1) if run.settled_in is not None else "not",
        "s",
        ok=run.settled_in is not None,
    )
    yield _none("answers nobody expects", run.ledger.surprises)
    yield _none("outcomes unknown in the end", [f"{a.method} {a.path}" for a in run.ledger.open])
    yield from _orders(run)
    yield from _stock(run)
    yield from _owed(run)
    yield from _events(run)
    yield from _copies(run)
    yield from _lists(run)
    yield from mails.judge(run)
    yield from _left_over(run)
    yield from servers.judge(run)


def _none(name: str, differences: Iterable[object]) -> Figure:
    """A count that must be zero; the first differences are told."""
    told = [str(one) for one in differences]
    for one in told[:SHOWN]:
        print(f"chaos: {name}: {one[:500]}", file=sys.stderr, flush=True)
    return found(name, 0, len(told))


def _orders(run: Run) -> Iterator[Figure]:
    """Each order is as its buyer was told last, and none is there that nobody was told of."""
    there = orders_there(partial(run.town.rows, "orders"), run.ids)
    settled = _settled(run)
    wrong = [
        f"told {essence(told)}, then {settled.get(order_id)}, found {there.get(order_id)}"
        for order_id, told in run.ledger.orders.items()
        if not _stands(told, settled.get(order_id), there.get(order_id))
    ]
    for one in wrong[:SHOWN]:
        print(f"chaos: order not as acknowledged: {one}", file=sys.stderr, flush=True)
    yield found("orders that exist as acknowledged last", len(run.ledger.orders), len(run.ledger.orders) - len(wrong))
    yield _none("orders that nobody was told of", set(there) - set(run.ledger.orders))
    yield Figure("lines settled by farmers", sum(map(len, settled.values())))
    yield _none("answers no farmer expects", [one for farmer in run.farmers for one in farmer.surprises])


Essence = tuple[int, str, int, tuple[tuple[str, int, int], ...]]


def essence(order: dict[str, Any]) -> Essence:
    """Version, state, total and lines of an order."""
    lines = sorted((line["offer_id"], line["quantity"], line["amount_cents"]) for line in order["lines"])
    return order["version"], order["state"], order["total_cents"], tuple(lines)


Settled = dict[str, tuple[int, int]]


def _settled(run: Run) -> dict[str, Settled]:
    """What farmers were told last: by order and offer, how much comes and what it costs."""
    found: dict[str, Settled] = defaultdict(dict)
    for farmer in run.farmers:
        for (order_id, offer_id), (quantity, _, amount) in farmer.settled.items():
            found[order_id][offer_id] = quantity, amount  # unless the farm dropped out afterwards, below
        for order_id, order in run.ledger.orders.items():
            if order["state"] == "placed" and order["distribution_id"] in farmer.dropped:
                mine = [line["offer_id"] for line in order["lines"] if line["producer_id"] == farmer.producer]
                found[order_id] |= dict.fromkeys(mine, (0, 0))
    return found


def _stands(told: dict[str, Any], settled: Settled | None, there: Essence | None) -> bool:
    """Whether an order is as its buyer was told last, and its lines as the farmers were told after that."""
    if not settled:
        return there == essence(told)
    lines = [(o, *settled.get(o, (quantity, amount))) for o, quantity, amount in essence(told)[3]]
    state = "placed" if any(quantity for _, quantity, _ in lines) else "cancelled"
    return there is not None and there[1:] == (state, sum(amount for *_, amount in lines), tuple(lines))


def orders_there(rows: Callable[..., list[Any]], ids: list[UUID]) -> dict[str, Essence]:
    """Orders of sales as the database has them, of which `rows` asks."""
    lines: dict[UUID, list[tuple[str, int, int]]] = defaultdict(list)
    for order_id, *line in rows(_LINES, ids):
        lines[order_id].append((str(line[0]), line[1], line[2]))
    found = rows(_ORDERS, ids)
    return {str(row[0]): (row[1], row[2], row[3], tuple(sorted(lines[row[0]]))) for row in found}


_ORDERS = "select id, version, state, total_cents from orders where distribution_id = any(%s)"
_LINES = """
    select l.order_id, l.offer_id, l.quantity, l.amount_cents
    from order_lines l join orders o on o.id = l.order_id where o.distribution_id = any(%s)
"""
_STOCK = """
    select s.id, s.left_, (select sum(m.change) from stock_moves m where m.stock_id = s.id),
      (select coalesce(sum(l.quantity + l.short), 0) from sheet_lines here
        join orders o on o.distribution_id = here.distribution_id
        join order_lines l on l.order_id = o.id and l.offer_id = here.offer_id
        where here.stock_id = s.id and (o.state = 'placed'
          or not exists (select from order_lines k where k.order_id = o.id and k.quantity > 0)))
    from stocks s where s.id in (select stock_id from sheet_lines where distribution_id = any(%s))
"""


def _stock(run: Run) -> Iterator[Figure]:
    rows = run.town.rows("orders", _STOCK, run.ids)
    wrong = [
        f"stock {n}: {left} left + {sold} sold, began with {begun}"
        for n, left, begun, sold in rows
        if left + sold != begun
    ]
    for one in wrong[:SHOWN]:
        print(f"chaos: {one}", file=sys.stderr, flush=True)
    yield found("stocks where sold + left = initial, what is short included", len(rows), len(rows) - len(wrong))


def _owed(run: Run) -> Iterator[Figure]:
    """What payments knows to be owed is what orders has, version and cents, for every numbered order."""
    said = {row[0]: (row[1], row[2]) for row in run.town.rows("orders", _TO_BE_OWED, run.ids)}
    known = {row[0]: (row[1], row[2]) for row in run.town.rows("payments", _KNOWN_TO_BE_OWED, run.ids)}
    wrong = [
        f"{order}: orders {said.get(order)}, payments {known.get(order)}"
        for order in said | known
        if said.get(order) != known.get(order)
    ]
    yield Figure("orders owed for after their close", len(said))
    yield _none("amounts that payments knows otherwise", wrong)


_TO_BE_OWED = """
    select id, version, case when state = 'cancelled' then 0 else total_cents end from orders
    where number is not null and distribution_id = any(%s)
"""
_KNOWN_TO_BE_OWED = """
    select o.order_id, o.seq, (
      select coalesce(sum(e.cents), 0)::bigint from movements m join entries e using (movement_id)
      where m.order_id = o.order_id and m.kind = 'owed' and e.account = 'due')
    from orders o where o.distribution_id = any(%s)
"""


def _events(run: Run) -> Iterator[Figure]:
    """Each event took effect once for each of its listeners: its fact is in the listener's inbox."""
    for queue, (said, heard) in news.heard(run.town, run.since).items():
        yield found(f"heard once: {queue}", said, heard)


def _copies(run: Run) -> Iterator[Figure]:
    """Names that others keep are the newest that members said, in whatever order they came."""
    newest = {row[0]: (row[1], row[2]) for row in run.town.rows("members", _NEWEST_NAMES, run.since)}
    for service in ("orders", "notifications"):
        kept = {
            row[0]: (row[1], row[2]) for row in run.town.rows(service, "select person_id::text, name, seq from people")
        }
        right = sum(kept.get(person) == newest[person] for person in newest)
        yield found(f"newest names kept by {service}", len(newest), right)


_NEWEST_NAMES = """
    select distinct on (subject) subject, body::jsonb->>'name', seq from outbox
    where type = 'members.person_changed.v1' and said_at >= %s order by subject, seq desc
"""


def _lists(run: Run) -> Iterator[Figure]:
    """Every sale that is due is closed; its lists are what people were told, to the unit."""
    now = run.town.now()
    due = [sale for sale in run.sales if sale.closes_at <= now]
    states = Counter(row[0] for row in run.town.rows("orders", _STATES, [sale.distribution_id for sale in due]))
    yield found("sales closed on time", len(due), states["closed"])
    kept = {(row[0], row[1]): row[2] for row in run.town.rows("orders", _KEPT, run.ids)}
    wanted = {
        (sale.distribution_id, producer): _told(run, sale.distribution_id, producer)
        for sale in due
        for producer in {line.producer_id for line in sale.lines}
    }
    wrong = [
        f"{key}: told {told}, list {_listed(kept[key])}"
        for key, told in wanted.items()
        if key in kept and _listed(kept[key]) != told
    ]
    yield found("preparation lists made", len(wanted), len(wanted.keys() & kept.keys()))
    yield _none("preparation lists that are not what people were told", wrong)


_STATES = "select state from distributions where id = any(%s)"
_KEPT = "select distribution_id, producer_id, body from preparation_lists where distribution_id = any(%s)"
Listed = tuple[dict[str, int], dict[str, list[int]]]


def _told(run: Run, distribution_id: UUID, producer_id: UUID) -> Listed:
    """By offer how much, and by order what: of what was acknowledged to buyers last."""
    totals: Counter[str] = Counter()
    orders: dict[str, list[int]] = {}
    for order in run.ledger.orders.values():
        if order["distribution_id"] != str(distribution_id) or order["state"] != "placed":
            continue
        mine = [line for line in order["lines"] if line["producer_id"] == str(producer_id)]
        totals.update({line["offer_id"]: line["quantity"] for line in mine})
        if mine:
            orders[order["code"]] = sorted(line["quantity"] for line in mine)
    return dict(totals), orders


def _listed(body: dict[str, Any]) -> Listed:
    totals = {row["offer_id"]: row["quantity"] for row in body["totals"]}
    return totals, {row["code"]: sorted(n for n in row["quantities"] if n) for row in body["orders"]}


def _left_over(run: Run) -> Iterator[Figure]:
    yield found("events unsent", 0, run.town.unsent())
    yield found("mails unsent", 0, run.town.unmailed())
    yield found("timers due and undone", 0, undone_timers(run.town))
    parked = [row for s in processes.services() for row in run.town.rows(s, _PARKED, run.since)]
    yield _none("messages parked", parked)


_PARKED = "select queue, error from parked where parked_at >= %s and settled_at is null"
