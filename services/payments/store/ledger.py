"""The ledger: movements with two entries each, written and never changed; sums over them are all there is to read."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from contracts.payments import MovementKind
from services.payments.rules import Account
from services.payments.store import entries, movements, order_sellers, sales, tills


def write(tx: Connection, rows: list[dict[str, Any]], account: Account) -> None:
    """Write movements of `amount_cents` from one account to another."""
    if not rows:
        return
    tx.execute(movements.insert(), rows)
    sides = (account.debit, 1), (account.credit, -1)
    tx.execute(
        entries.insert(),
        [
            {"movement_id": row["movement_id"], "account": name, "cents": sign * row["amount_cents"]}
            for row in rows
            for name, sign in sides
        ],
    )


def write_undoing(tx: Connection, row: dict[str, Any]) -> bool:
    """Write a movement whose entries are those of the one it corrects, mirrored; false when that was undone."""
    if tx.execute(insert(movements).values(row).on_conflict_do_nothing()).rowcount == 0:
        return False
    mirrored = select(bindparam("id", row["movement_id"]), entries.c.account, -entries.c.cents).where(
        entries.c.movement_id == row["corrects"]
    )
    tx.execute(entries.insert().from_select(["movement_id", "account", "cents"], mirrored))
    return True


_SELLERS = text("""
    select s.producer_id, s.producer_name, s.owed_cents,
           coalesce(sum(e.cents) filter (where e.account in ('till', 'farm')), 0)::bigint as paid_cents,
           coalesce(sum(e.cents) filter (where e.account = 'adjusted'), 0)::bigint as adjusted_cents,
           coalesce(sum(e.cents) filter (where e.account = 'due'), 0)::bigint as due_cents
    from order_sellers s
      left join movements m on m.order_id = s.order_id and m.producer_id = s.producer_id
      left join entries e on e.movement_id = m.movement_id
    where s.order_id = :order
    group by s.order_id, s.producer_id
    order by s.position, s.producer_id
""")


def sellers_of(tx: Connection, order_id: UUID) -> list[Row[Any]]:
    """What is owed, was paid and is due between an order's consumer and each of its sellers."""
    return list(tx.execute(_SELLERS, {"order": order_id}))


def of_order(tx: Connection, order_id: UUID) -> list[Row[Any]]:
    """An order's movements but for what was owed, oldest first: in whose till, whether at a desk, whether undone."""
    undoing = movements.alias()
    at_desk = tills.c.till_id.is_not(None) & tills.c.producer_id.is_(None)
    statement = (
        select(movements, tills.c.holder, undoing.c.movement_id.is_not(None).label("undone"), at_desk.label("at_desk"))
        .outerjoin(tills, tills.c.till_id == movements.c.till_id)
        .outerjoin(undoing, undoing.c.corrects == movements.c.movement_id)
        .where(movements.c.order_id == order_id, movements.c.kind != MovementKind.OWED)
        .order_by(movements.c.at, movements.c.movement_id)
    )
    return list(tx.execute(statement))


def of_consumers(tx: Connection, whose: Collection[UUID], limit: int, after: UUID | None) -> list[Row[Any]]:
    """A page of some people's movements, oldest first, with sale, seller and till's holder, and whether undone."""
    undoing = movements.alias()
    sold = (order_sellers.c.order_id == movements.c.order_id) & (order_sellers.c.producer_id == movements.c.producer_id)
    statement = (
        select(movements, tills.c.holder, undoing.c.movement_id.is_not(None).label("undone"))
        .add_columns(sales.c.market_name, sales.c.currency, order_sellers.c.producer_name)
        .join(sales, sales.c.distribution_id == movements.c.distribution_id)
        .join(order_sellers, sold)
        .outerjoin(tills, tills.c.till_id == movements.c.till_id)
        .outerjoin(undoing, undoing.c.corrects == movements.c.movement_id)
        .where(movements.c.consumer_id.in_(whose))
        .order_by(movements.c.movement_id)
    )
    if after is not None:
        statement = statement.where(movements.c.movement_id > after)
    return list(tx.execute(statement.limit(limit)))


_CASH = text("""
    select m.producer_id, sum(e.cents)::bigint as cents
    from movements m join entries e on e.movement_id = m.movement_id
    where m.order_id = :order and m.means = 'cash' and e.account in ('till', 'farm')
    group by m.producer_id
""")


def cash_of(tx: Connection, order_id: UUID) -> dict[UUID, int]:
    """What was paid in cash for an order, by seller."""
    return {row.producer_id: row.cents for row in tx.execute(_CASH, {"order": order_id})}


_BALANCES = text("""
    select m.producer_id, max(s.producer_name) as producer_name, sum(e.cents)::bigint as due_cents, sales.currency
    from movements m
      join entries e on e.movement_id = m.movement_id and e.account = 'due'
      join order_sellers s on s.order_id = m.order_id and s.producer_id = m.producer_id
      join sales on sales.distribution_id = m.distribution_id
    where m.consumer_id = any(:whose)
    group by m.consumer_id, m.producer_id, sales.currency having sum(e.cents) <> 0
    order by producer_name, m.producer_id, m.consumer_id
""")


def balances(tx: Connection, whose: Collection[UUID]) -> list[Row[Any]]:
    """What is due between some people, each for himself, and each farm, where anything is."""
    return list(tx.execute(_BALANCES, {"whose": list(whose)}))
