"""Sales that are cancelled: their figures, and the orders that are still to be called off."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from contracts.orders import OrderState
from services.orders.store import cancellations, distributions, order_lines, orders, sheet_lines


def sale_to_cancel(tx: Connection, distribution_id: UUID, person_id: UUID) -> Row[Any] | None:
    """A sale, for the organisers of its market."""
    organises = holds(person_id, Right.ORGANISE, distributions.c.market_id)
    return tx.execute(select(distributions).where(distributions.c.id == distribution_id, organises)).first()


_FIGURES = text("""
    select count(*) as orders, coalesce(sum(o.total_cents), 0)::bigint as amount_cents,
           count(distinct o.consumer_id) filter (where not coalesce(p.has_email, false)) as by_telephone,
           (select count(distinct producer_id) from sheet_lines where distribution_id = :distribution) as farms
    from orders o left join people p on p.person_id = o.consumer_id
    where o.distribution_id = :distribution and o.state = 'placed'
""")


def figures(tx: Connection, distribution_id: UUID) -> dict[str, int]:
    """How many orders would be cancelled, and for how much; as this instant sees it."""
    return dict(tx.execute(_FIGURES, {"distribution": distribution_id}).one()._mapping)


def farms(tx: Connection, distribution_id: UUID) -> list[UUID]:
    """The producers of a sale."""
    statement = select(sheet_lines.c.producer_id).distinct().where(sheet_lines.c.distribution_id == distribution_id)
    return sorted(tx.execute(statement).scalars())


def declare(tx: Connection, row: dict[str, Any]) -> None:
    """Enter a cancellation; the state of the sale allows it once."""
    tx.execute(insert(cancellations).values(row))


def cancellation(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    return tx.execute(select(cancellations).where(cancellations.c.distribution_id == distribution_id)).first()


def end(tx: Connection, distribution_id: UUID) -> None:
    where = cancellations.c.distribution_id == distribution_id
    tx.execute(update(cancellations).where(where).values(done_at=func.halle_now()))


def next_to_call_off(tx: Connection, distribution_id: UUID, count: int) -> list[UUID]:
    """Some orders that stand, in the order in which they are locked."""
    where = orders.c.distribution_id == distribution_id, orders.c.state == OrderState.PLACED
    return list(tx.execute(select(orders.c.id).where(*where).order_by(orders.c.id).limit(count)).scalars())


def stock_of(tx: Connection, distribution_id: UUID, order_ids: Iterable[UUID]) -> dict[int, int]:
    """How much some orders hold of each stock; what is short of them is not there to be given back."""
    taken = func.sum(order_lines.c.quantity)
    statement = (
        select(sheet_lines.c.stock_id, taken.label("taken"))
        .join(order_lines, order_lines.c.offer_id == sheet_lines.c.offer_id)
        .where(
            sheet_lines.c.distribution_id == distribution_id,
            sheet_lines.c.stock_id.is_not(None),
            order_lines.c.order_id.in_(list(order_ids)),
        )
        .group_by(sheet_lines.c.stock_id)
    )
    return {row.stock_id: row.taken for row in tx.execute(statement)}
