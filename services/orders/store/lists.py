"""What the close writes: numbers, and one preparation list per producer. Lists are one SELECT."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from contracts.orders import PreparationList
from services.orders.store import distributions, preparation_lists, sheet_lines

_NUMBER = text("""
    update orders o set number = n.number
    from (select id, row_number() over (order by placed_at, id) as number from orders
          where distribution_id = :distribution and state = 'placed') n
    where o.id = n.id
""")

_ORDERED = text("""
    select l.offer_id, s.line->>'producer_id' as producer_id, l.quantity, l.amount_cents,
           o.id as order_id, o.number, o.code, coalesce(nullif(o.recipient, ''), p.name, '') as name
    from orders o
      join order_lines l on l.order_id = o.id
      join snapshots s on s.id = l.snapshot_id
      left join people p on p.person_id = o.consumer_id
    where o.distribution_id = :distribution and o.state = 'placed'
      and (cast(:producers as text[]) is null or s.line->>'producer_id' = any(:producers))
    order by o.number, o.placed_at, o.id
""")

_HANDOVER = text("""
    select o.id as order_id, o.number, o.code, o.recipient, o.state, o.total_cents, coalesce(p.name, '') as name
    from orders o left join people p on p.person_id = o.consumer_id
    where o.distribution_id = :distribution and o.state = 'placed'
    order by o.number nulls last, name, o.code
""")


def number_orders(tx: Connection, distribution_id: UUID) -> None:
    """Give the placed orders of a distribution their short numbers, in order of placing."""
    tx.execute(_NUMBER, {"distribution": distribution_id})


def ordered(tx: Connection, distribution_id: UUID, producers: list[UUID] | None = None) -> list[Row[Any]]:
    """Every ordered line of a distribution (of some producers), by order."""
    wanted = None if producers is None else [str(producer) for producer in producers]
    return list(tx.execute(_ORDERED, {"distribution": distribution_id, "producers": wanted}))


def handover_rows(tx: Connection, distribution_id: UUID, person_id: UUID) -> list[Row[Any]] | None:
    """The orders of a distribution for one who organises its market; nothing for anybody else."""
    if not organises(tx, distribution_id, person_id):
        return None
    return list(tx.execute(_HANDOVER, {"distribution": distribution_id}))


def organises(tx: Connection, distribution_id: UUID, person_id: UUID) -> bool:
    statement = select(distributions.c.id).where(
        distributions.c.id == distribution_id,
        holds(person_id, Right.ORGANISE, distributions.c.market_id),
    )
    return tx.execute(statement).first() is not None


def keep_list(tx: Connection, list_id: UUID, made: PreparationList) -> bool:
    """Keep a producer's list for ever; false when it was made before."""
    row = {
        "id": list_id,
        "distribution_id": made.distribution_id,
        "producer_id": made.producer_id,
        "body": made.model_dump(mode="json"),
    }
    return tx.execute(insert(preparation_lists).values(row).on_conflict_do_nothing()).rowcount == 1


def list_for(tx: Connection, distribution_id: UUID, producer_id: UUID) -> dict[str, Any] | None:
    """The kept list, if the lines have closed. `may_read_list` comes first."""
    statement = select(preparation_lists.c.body).where(
        preparation_lists.c.distribution_id == distribution_id,
        preparation_lists.c.producer_id == producer_id,
    )
    body: dict[str, Any] | None = tx.execute(statement).scalar()
    return body


def may_read_list(tx: Connection, distribution_id: UUID, producer_id: UUID, person_id: UUID) -> bool:
    """Whether somebody sells for a producer of this sale, or organises its market."""
    statement = (
        select(func.count())
        .select_from(sheet_lines)
        .join(distributions, distributions.c.id == sheet_lines.c.distribution_id)
        .where(
            distributions.c.id == distribution_id,
            sheet_lines.c.producer_id == producer_id,
            or_(
                holds(person_id, Right.SELL, sheet_lines.c.producer_id),
                holds(person_id, Right.ORGANISE, distributions.c.market_id),
            ),
        )
    )
    return bool(tx.execute(statement).scalar())
