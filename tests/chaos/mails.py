"""Mail: one message per order version and per list, each delivered once; a copy only where a kill came between."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from deploy import processes
from services.notifications import rules
from tests.bench.figures import Figure, found
from tests.chaos.stage import Run

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")


def judge(run: Run) -> Iterator[Figure]:
    """Messages written, mails delivered, copies."""
    if "notifications" not in processes.services():
        return
    orders, shortages = _orders(run), _shortages(run)
    lists = _lists(run)
    written = {row[0] for row in run.town.rows("notifications", "select message_id from messages")}
    arrived = delivered(run.mailboxes)
    yield found("messages, one per version of an order", len(orders), len(orders & written))
    yield found("mails, one per version of an order", len(orders), len(orders & arrived.keys()))
    yield found("mails, one per shortage of an order", len(shortages), len(shortages & arrived.keys()))
    yield found("mails, one per preparation list and seller", len(lists), len(lists & arrived.keys()))
    wanted = Counter({one: 1 + (one in run.mailed_again) for one in orders | shortages | lists})
    copies = sum((Counter({one: arrived[one] for one in wanted}) - wanted).values())
    allowed = run.nemesis.kills("notifications") if run.nemesis else 0
    yield Figure("copies of mails", copies, target=f"<= {allowed}", ok=copies <= allowed)


def _orders(run: Run) -> set[UUID]:
    """One message for each version that an acknowledged order went through."""
    return {
        rules.order_mail_id(UUID(order_id), version)
        for order_id, order in run.ledger.orders.items()
        for version in range(1, order["version"] + 1)
    }


def _shortages(run: Run) -> set[UUID]:
    """One message for each version in which something was short, or came after all."""
    said = "select subject, seq from outbox where type = 'orders.order_shortened.v1' and said_at >= %s"
    return {rules.order_mail_id(UUID(order_id), seq) for order_id, seq in run.town.rows("orders", said, run.since)}


def _lists(run: Run) -> set[UUID]:
    kept = "select id, producer_id from preparation_lists where distribution_id = any(%s)"
    rows = run.town.rows("orders", kept, run.ids)
    return {rules.list_mail_id(list_id, run.sellers[producer].person_id) for list_id, producer in rows}


def delivered(mailboxes: Iterable[Path]) -> Counter[UUID]:
    """How often each message came to the mailboxes."""
    ids: list[str] = []
    for file in mailboxes:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as mailbox:
            ids += [row[0] for row in mailbox.execute("select message_id from mail")]
    return Counter(UUID(found[0]) for one in ids if (found := _ID.search(one)))
