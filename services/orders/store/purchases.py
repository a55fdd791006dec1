"""Orders and their lines. Every load takes the person who asks."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, case, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bus.households import shares
from bus.rights import holds
from contracts.members import Right
from contracts.orders import Order, OrderLine, OrderState
from services.orders.store import choosing, distributions, order_lines, orders, sheet_lines, snapshots

FIGURES = ("quantity", "short", "weighed_grams", "amount_cents", "substitutes")
"""What a line has of its own; the rest is its snapshot's."""


_ACTS = text("""
    (select coalesce(json_agg(json_build_object('version', a.version, 'mediator_id', a.mediator_id,
              'mediator_name', coalesce(p.name, ''), 'acted_at', a.acted_at,
              'by_consent', a.by_consent) order by a.version), '[]')
     from acts_on_behalf a left join people p on p.person_id = a.mediator_id where a.order_id = orders.id) as acts
""")


_SLOT = text(choosing.CHOSEN.format(order="orders.id"))

_DROPPED = text("""
    (select coalesce(json_agg(json_build_object('offer_id', d.offer_id, 'producer_name', s.line -> 'producer_name',
              'name', s.line -> 'name', 'unit', s.line -> 'unit', 'quantity', d.quantity,
              'price_cents', s.line -> 'price_cents') order by d.snapshot_id), '[]')
     from dropped_lines d join snapshots s on s.id = d.snapshot_id where d.order_id = orders.id) as dropped
""")


def _columns() -> Any:
    return (
        select(
            orders, *distributions.c["market_id", "market_name", "currency", "absence", "fee"], _ACTS, _SLOT, _DROPPED
        )
        .join(distributions, distributions.c.id == orders.c.distribution_id)
        .order_by(orders.c.id.desc())
    )


def _may_read(person_id: UUID) -> ColumnElement[bool]:
    return or_(
        orders.c.consumer_id == person_id,
        shares(person_id, orders.c.consumer_id),
        holds(person_id, Right.ORGANISE, distributions.c.market_id),
        holds(person_id, Right.HANDOVER, distributions.c.id),
    )


def order_for(tx: Connection, order_id: UUID, person_id: UUID) -> Order | None:
    """An order that this person may read: his household's, or one that he organises or hands over."""
    rows = tx.execute(_columns().where(orders.c.id == order_id, _may_read(person_id))).all()
    return next(iter(_whole(tx, rows)), None)


def own_order(tx: Connection, order_id: UUID, person_id: UUID) -> Order | None:
    """The consumer's own order, and no other that this person may read."""
    rows = tx.execute(_columns().where(orders.c.id == order_id, orders.c.consumer_id == person_id)).all()
    return next(iter(_whole(tx, rows)), None)


def own_order_locked(tx: Connection, order_id: UUID, person_id: UUID) -> Order | None:
    """The consumer's own order, locked against every other change of it."""
    lock = select(orders.c.id).where(orders.c.id == order_id, orders.c.consumer_id == person_id).with_for_update()
    if tx.execute(lock).first() is None:
        return None
    return next(iter(_whole(tx, tx.execute(_columns().where(orders.c.id == order_id)).all())), None)


_TURN = text("select pg_advisory_xact_lock(hashtextextended(:whose, 0))")


def take_turn(tx: Connection, order: Order) -> None:
    """Until commit, be the only one who lets an order of its consumer's in its sale stand again."""
    tx.execute(_TURN, {"whose": f"standing {order.distribution_id} {order.consumer_id}"})


def standing_order_id(tx: Connection, distribution_id: UUID, person_id: UUID, recipient: str) -> UUID | None:
    statement = select(orders.c.id).where(
        orders.c.distribution_id == distribution_id,
        orders.c.consumer_id == person_id,
        orders.c.recipient == recipient,
        orders.c.state == OrderState.PLACED,
    )
    order_id: UUID | None = tx.execute(statement).scalar()
    return order_id


def orders_of(
    tx: Connection, whose: Collection[UUID], distribution_id: UUID | None, before: UUID | None, limit: int
) -> list[Order]:
    """The orders of some people, newest first."""
    statement = _columns().where(orders.c.consumer_id.in_(whose)).limit(limit)
    if distribution_id is not None:
        statement = statement.where(orders.c.distribution_id == distribution_id)
    if before is not None:
        statement = statement.where(orders.c.id < before)
    return _whole(tx, tx.execute(statement).all())


def of_ids(tx: Connection, order_ids: list[UUID]) -> list[Order]:
    """Orders that the caller found for somebody, whole, in the order of `order_ids`."""
    found = _whole(tx, tx.execute(_columns().where(orders.c.id.in_(order_ids))).all())
    by_id = {order.order_id: order for order in found}
    return [by_id[order_id] for order_id in order_ids]


def _whole(tx: Connection, rows: Iterable[Row[Any]]) -> list[Order]:
    rows = list(rows)
    lines = lines_of(tx, [row.id for row in rows])
    return [
        Order(
            order_id=row.id,
            lines=lines.get(row.id, []),
            **{name: getattr(row, name) for name in Order.model_fields if name not in ("order_id", "lines")},
        )
        for row in rows
    ]


_on_sale = snapshots.alias("on_sale")
_same_offer = (sheet_lines.c.distribution_id == orders.c.distribution_id) & (
    sheet_lines.c.offer_id == order_lines.c.offer_id
)
_may_wait = and_(
    _on_sale.c.id == sheet_lines.c.snapshot_id,
    _on_sale.c.id != snapshots.c.id,
    orders.c.state == OrderState.PLACED,
    order_lines.c.quantity > 0,
)


def _price(written: FromClause) -> ColumnElement[int]:
    price: ColumnElement[int] = written.c.line["price_cents"].as_integer()
    return price


def lines_of(tx: Connection, order_ids: list[UUID]) -> dict[UUID, list[OrderLine]]:
    """Lines by order, each as its snapshot has it; one that waits for a yes with the raised price that is on sale."""
    raised = case((_price(_on_sale) > _price(snapshots), _price(_on_sale)))
    statement = (
        select(order_lines, snapshots.c.line, raised.label("asked_cents"))
        .join(snapshots, snapshots.c.id == order_lines.c.snapshot_id)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .join(sheet_lines, _same_offer)
        .join(_on_sale, _may_wait, isouter=True)
        .where(order_lines.c.order_id.in_(order_ids))
        .order_by(order_lines.c.order_id, snapshots.c.id)
    )
    found: dict[UUID, list[OrderLine]] = {}
    for row in tx.execute(statement):
        line = OrderLine(**(row.line | {name: getattr(row, name) for name in (*FIGURES, "asked_cents")}))
        found.setdefault(row.order_id, []).append(line)
    return found


def write_lines(tx: Connection, order_id: UUID, lines: Iterable[tuple[OrderLine, int]], gone: list[UUID]) -> None:
    """Set the changed lines of an order (each with its snapshot) and remove those that are gone."""
    if gone:
        tx.execute(delete(order_lines).where(order_lines.c.order_id == order_id, order_lines.c.offer_id.in_(gone)))
    rows = [
        {
            "order_id": order_id,
            "offer_id": line.offer_id,
            "snapshot_id": snapshot_id,
            "quantity": line.quantity,
            "amount_cents": line.amount_cents,
        }
        for line, snapshot_id in lines
    ]
    if rows:
        statement = insert(order_lines).values(rows)
        kept = {name: statement.excluded[name] for name in ("snapshot_id", "quantity", "amount_cents")}
        tx.execute(statement.on_conflict_do_update(index_elements=["order_id", "offer_id"], set_=kept))


def move(tx: Connection, order: Order, seen_version: int) -> bool:
    """Write an order's new version over the one that was seen; false when another change was faster."""
    statement = (
        update(orders)
        .where(orders.c.id == order.order_id, orders.c.version == seen_version)
        .values(
            version=order.version,
            state=order.state,
            total_cents=order.total_cents,
            changed_at=func.halle_now(),
        )
    )
    return tx.execute(statement).rowcount == 1


def move_locked(tx: Connection, order: Order, seen_version: int) -> None:
    """The same for an order that this transaction has locked: nobody can be faster."""
    if not move(tx, order, seen_version):
        raise AssertionError(f"order {order.order_id} moved under its lock")
