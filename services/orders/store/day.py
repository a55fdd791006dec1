"""The day of the hand-over: orders locked to be settled, lines as a farm sees them, who must be called.

Every load takes the person who asks, or comes after `sale_for` or `sale_of_farm`, which do.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from contracts.orders import DistributionState, Order, OrderLine, OrderState
from services.orders.store import distributions, drop_outs, order_lines, orders, people, raising, sheet_lines, snapshots
from services.orders.store.purchases import of_ids

ACTIVE = (DistributionState.CLOSED, DistributionState.HANDOVER)
"""The states in which consumers cannot change their orders any more, and the market still can."""


def hands_over(person_id: UUID) -> ColumnElement[bool]:
    """Whether somebody organises the market of a sale, or holds its hand-over, for one evening perhaps."""
    return or_(
        holds(person_id, Right.ORGANISE, distributions.c.market_id),
        holds(person_id, Right.HANDOVER, distributions.c.id),
    )


def sale_for(tx: Connection, distribution_id: UUID, person_id: UUID) -> Row[Any] | None:
    """A sale, for those who hand it over."""
    return tx.execute(select(distributions).where(distributions.c.id == distribution_id, hands_over(person_id))).first()


def sale_of_farm(
    tx: Connection, distribution_id: UUID, producer_id: UUID, person_id: UUID, *, deputies: bool = True
) -> Row[Any] | None:
    """A sale in which a farm takes part, for its sellers and the organisers, and for deputies unless said otherwise."""
    organises = holds(person_id, Right.ORGANISE, distributions.c.market_id)
    sells = holds(person_id, Right.SELL, producer_id)
    takes_part = exists().where(
        sheet_lines.c.distribution_id == distributions.c.id, sheet_lines.c.producer_id == producer_id
    )
    may = or_(sells, hands_over(person_id) if deputies else organises)
    statement = select(distributions).where(distributions.c.id == distribution_id, takes_part, may)
    return tx.execute(statement).first()


def hold(tx: Connection, distribution_id: UUID, states: Iterable[DistributionState]) -> bool:
    """Keep a sale in its state until this transaction ends; false when it is in none of `states`."""
    statement = select(distributions.c.id).where(
        distributions.c.id == distribution_id, distributions.c.state.in_(states)
    )
    return tx.execute(statement.with_for_update(read=True)).first() is not None


def hold_alone(tx: Connection, distribution_id: UUID) -> Row[Any]:
    """A sale that nobody orders in or settles until this transaction ends."""
    return tx.execute(select(distributions).where(distributions.c.id == distribution_id).with_for_update()).one()


def lock_orders(tx: Connection, distribution_id: UUID, order_ids: Iterable[UUID]) -> dict[UUID, Order]:
    """Those orders of a sale, locked in the order of their ids, each with its lines."""
    lock = (
        select(orders.c.id)
        .where(orders.c.distribution_id == distribution_id, orders.c.id.in_(list(order_ids)))
        .order_by(orders.c.id)
        .with_for_update(key_share=True)
    )
    found = list(tx.execute(lock).scalars())
    return {order.order_id: order for order in of_ids(tx, found)}


def order_to_hand_over(tx: Connection, order_id: UUID, person_id: UUID) -> UUID | None:
    """The sale of an order, for those who hand it over."""
    statement = select(orders.c.distribution_id).join(distributions, distributions.c.id == orders.c.distribution_id)
    found: UUID | None = tx.execute(statement.where(orders.c.id == order_id, hands_over(person_id))).scalar()
    return found


def write_line(tx: Connection, order_id: UUID, line: OrderLine) -> None:
    """Write what a line came to."""
    figures = line.model_dump(include={"quantity", "short", "weighed_grams", "amount_cents", "substitutes"})
    where = order_lines.c.order_id == order_id, order_lines.c.offer_id == line.offer_id
    tx.execute(update(order_lines).where(*where).values(figures))


def write_handover(tx: Connection, order: Order, by: UUID) -> None:
    """Write who took an order, or that nobody did."""
    values = {"handed_at": order.handed_at, "handed_to": order.handed_to, "handed_by": by}
    tx.execute(update(orders).where(orders.c.id == order.order_id).values(values))


_FARM_ROWS = text("""
    select o.id as order_id, o.number, o.code, o.state, coalesce(nullif(o.recipient, ''), p.name, '') as name,
           json_agg(s.line || jsonb_build_object('quantity', l.quantity, 'short', l.short,
             'weighed_grams', l.weighed_grams, 'amount_cents', l.amount_cents, 'substitutes', l.substitutes)
             order by s.id) as lines
    from orders o
      join order_lines l on l.order_id = o.id
      join snapshots s on s.id = l.snapshot_id
      join sheet_lines f on f.distribution_id = o.distribution_id and f.offer_id = l.offer_id
      left join people p on p.person_id = o.consumer_id
    where o.distribution_id = :distribution and f.producer_id = :producer
      and (o.state <> 'cancelled' or not exists (select from order_lines k where k.order_id = o.id and k.quantity > 0))
    group by o.id, p.name
    order by o.number nulls last, o.placed_at, o.id
""")


def farm_rows(tx: Connection, distribution_id: UUID, producer_id: UUID) -> list[Row[Any]]:
    """What each order of a sale has of a farm; `sale_of_farm` comes first."""
    return list(tx.execute(_FARM_ROWS, {"distribution": distribution_id, "producer": producer_id}))


_TELEPHONE = text(f"""
    select o.id as order_id, o.state = 'placed' and o.placed_at <= s.declared_at as shifted
    from orders o left join people p on p.person_id = o.consumer_id
      left join cancellations c on c.distribution_id = o.distribution_id
      left join lateral (
        select max(declared_at) as declared_at from shifts where distribution_id = o.distribution_id) s on true
    where o.distribution_id = :distribution and not coalesce(p.has_email, false)
      and (exists (select from order_lines l where l.order_id = o.id and l.short > 0)
        or exists (select from dropped_lines d where d.order_id = o.id)
        or o.id in (select o.id {raising.WAITING})
        or (o.state = 'placed' and o.placed_at <= s.declared_at)
        or (o.state = 'cancelled' and o.changed_at >= c.declared_at))
    order by o.number nulls last, o.placed_at, o.id
""")  # noqa: S608 (no value is put into the text)


def to_be_called(tx: Connection, distribution_id: UUID) -> dict[UUID, bool]:
    """Orders that go short, were shifted (true) or called off, or are asked for more, of people no mail reaches.

    `sale_for` comes first.
    """
    found = tx.execute(_TELEPHONE, {"distribution": distribution_id})
    return {row.order_id: bool(row.shifted) for row in found}


def known_people(tx: Connection, person_ids: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    statement = select(people).where(people.c.person_id.in_(list(person_ids)))
    return {row.person_id: row for row in tx.execute(statement)}


def ordered_of(tx: Connection, distribution_id: UUID, offer_id: UUID) -> list[UUID]:
    """The orders of an offer, in the order of their placing; cancelled ones only if they may stand again."""
    other, since = order_lines.alias(), orders.alias()
    something_comes = exists().where(other.c.order_id == orders.c.id, other.c.quantity > 0)
    same = (since.c[name] == orders.c[name] for name in ("distribution_id", "consumer_id", "recipient"))
    another_stands = exists().where(*same, since.c.state == OrderState.PLACED)
    statement = (
        select(orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(
            orders.c.distribution_id == distribution_id,
            order_lines.c.offer_id == offer_id,
            or_(orders.c.state != OrderState.CANCELLED, ~(something_comes | another_stands)),
        )
        .order_by(orders.c.placed_at, orders.c.id)
    )
    return list(tx.execute(statement).scalars())


def offer_line(tx: Connection, distribution_id: UUID, offer_id: UUID) -> Row[Any] | None:
    """An offer of a sale, with its snapshot."""
    statement = (
        select(sheet_lines, snapshots.c.line)
        .join(snapshots, snapshots.c.id == sheet_lines.c.snapshot_id)
        .where(sheet_lines.c.distribution_id == distribution_id, sheet_lines.c.offer_id == offer_id)
    )
    return tx.execute(statement).first()


def declare_drop_out(tx: Connection, row: dict[str, Any]) -> bool:
    """Enter a drop-out; false when it was entered before."""
    return tx.execute(insert(drop_outs).values(row).on_conflict_do_nothing()).rowcount == 1


def drop_out(tx: Connection, distribution_id: UUID, producer_id: UUID) -> Row[Any] | None:
    where = drop_outs.c.distribution_id == distribution_id, drop_outs.c.producer_id == producer_id
    return tx.execute(select(drop_outs).where(*where)).first()


def end_drop_out(tx: Connection, distribution_id: UUID, producer_id: UUID) -> datetime | None:
    """Write that a drop-out is done, once."""
    statement = (
        update(drop_outs)
        .where(
            drop_outs.c.distribution_id == distribution_id,
            drop_outs.c.producer_id == producer_id,
            drop_outs.c.done_at.is_(None),
        )
        .values(done_at=func.halle_now())
        .returning(drop_outs.c.done_at)
    )
    done_at: datetime | None = tx.execute(statement).scalar()
    return done_at
