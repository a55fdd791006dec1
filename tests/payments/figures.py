"""Figures of an evening as the two databases have them, for what must hold after any history."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import text

LEFT = text("select l.offer_id, s.left_ from sheet_lines l join stocks s on s.id = l.stock_id")
SOLD = text("""
    select l.offer_id, sum(l.short + case o.state when 'cancelled' then 0 else l.quantity end)::int
    from order_lines l join orders o on o.id = l.order_id group by l.offer_id
""")
GIVEN_UP = text("""
    select (line ->> 'offer_id')::uuid, sum((line ->> 'quantity')::int)::int
    from outbox, jsonb_array_elements(cast(body as jsonb) -> 'lines') as said (line)
    where type = 'orders.lines_given_up.v1' group by 1
""")
UNDOABLE = text("select * from movements where kind in ('taken', 'given_back') and producer_id = :farm order by at")
OWED = text("select producer_id, sum(owed_cents)::int from order_sellers group by producer_id")
BY_ORDER = text("""
    select s.owed_cents,
           coalesce(sum(e.cents) filter (where e.account in ('till', 'farm')), 0) as paid_cents,
           coalesce(sum(e.cents) filter (where e.account = 'adjusted'), 0) as adjusted_cents,
           coalesce(sum(e.cents) filter (where e.account = 'due'), 0) as due_cents
    from order_sellers s left join movements m using (order_id, producer_id) left join entries e using (movement_id)
    group by s.order_id, s.producer_id
""")


def sums(lines: list[Any]) -> dict[UUID, tuple[int, int, int]]:
    """By offer: what of it some lines come to, what they lack, what it costs."""
    found_of: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in lines:
        for place, number in enumerate((one.quantity, one.short, one.amount_cents)):
            found_of[one.offer_id][place] += number
    return {offer: (found[0], found[1], found[2]) for offer, found in found_of.items()}
