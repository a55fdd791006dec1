"""Orders that hold some offers of a sale, for whatever takes these away: a drop-out, an expired mark, a withdrawal."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text, union, update

from contracts.expiring import Decision
from services.orders.store import drop_outs, expired_marks, sheet_lines, withdrawals

_HOLDING = """
    from orders o
    where o.distribution_id = :distribution and o.state = 'placed'
      and exists (select from order_lines l where l.order_id = o.id and l.quantity > 0
                    and l.offer_id = any(cast(:offers as uuid[])))
"""
_FIGURES = text(f"""
    with mine as materialized (select o.id, o.consumer_id {_HOLDING}),
    parts as (
      select mine.id, bool_and(l.offer_id = any(cast(:offers as uuid[]))) as emptied,
             sum(l.amount_cents) filter (where l.offer_id = any(cast(:offers as uuid[]))) as amount_cents
      from mine join order_lines l on l.order_id = mine.id and l.quantity > 0
      group by mine.id)
    select count(*) as orders, count(*) filter (where parts.emptied) as emptied,
           coalesce(sum(parts.amount_cents), 0)::bigint as amount_cents,
           count(distinct mine.consumer_id) filter (where not coalesce(p.has_email, false)) as by_telephone
    from parts join mine on mine.id = parts.id left join people p on p.person_id = mine.consumer_id
""")  # noqa: S608 (no value is put into the text)
_NEXT = text(f"select o.id {_HOLDING} order by o.id limit :count")


def offers_of_farm(tx: Connection, distribution_id: UUID, producer_id: UUID) -> list[UUID]:
    """All offers of a farm in a sale."""
    where = sheet_lines.c.distribution_id == distribution_id, sheet_lines.c.producer_id == producer_id
    return list(tx.execute(select(sheet_lines.c.offer_id).where(*where)).scalars())


def figures(tx: Connection, distribution_id: UUID, offers: Iterable[UUID]) -> dict[str, Any]:
    """How many orders have some of these offers, and for how much; as this instant sees it."""
    row = tx.execute(_FIGURES, {"distribution": distribution_id, "offers": list(offers)}).one()
    return dict(row._mapping)


def next_to_shorten(tx: Connection, distribution_id: UUID, offers: Iterable[UUID], count: int) -> list[UUID]:
    """Some orders that still have some of them."""
    wanted = {"distribution": distribution_id, "offers": list(offers), "count": count}
    return list(tx.execute(_NEXT, wanted).scalars())


def withdraw(tx: Connection, distribution_id: UUID, offers: Iterable[UUID]) -> None:
    """Take offers out of a sale."""
    where = sheet_lines.c.distribution_id == distribution_id, sheet_lines.c.offer_id.in_(list(offers))
    tx.execute(update(sheet_lines).where(*where).values(withdrawn=True))


def withdrawn(tx: Connection, distribution_id: UUID) -> set[UUID]:
    """The offers whose lines were withdrawn from the orders of a sale, so that everybody was told."""
    columns = (expired_marks, func.unnest(expired_marks.c.offers)), (withdrawals, withdrawals.c.offer_id)
    gone = [
        select(offers).where(table.c.distribution_id == distribution_id, table.c.decision == Decision.WITHDRAWN)
        for table, offers in columns
    ]
    return set(tx.execute(union(*gone)).scalars())


def taken_away(tx: Connection, distribution_id: UUID) -> set[UUID]:
    """The offers that leave the orders of a sale, or have left them: withdrawn, or of farms that dropped out."""
    same_farm = drop_outs.c.producer_id == sheet_lines.c.producer_id
    of_sale = sheet_lines.c.distribution_id == distribution_id, drop_outs.c.distribution_id == distribution_id
    gone = select(sheet_lines.c.offer_id).join(drop_outs, same_farm).where(*of_sale)
    return withdrawn(tx, distribution_id).union(tx.execute(gone).scalars())
