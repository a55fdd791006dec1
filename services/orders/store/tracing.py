"""Lots as they were noted, who got one, and whom a recall tells. `day.sale_of_farm` comes before what is noted."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from contracts.orders import OrderState
from services.orders.store import (
    distributions,
    lots,
    order_lines,
    order_lots,
    orders,
    people,
    recall_notices,
    sheet_lines,
    snapshots,
)


def replace(
    tx: Connection,
    distribution_id: UUID,
    offers: list[UUID],
    rows: list[dict[str, Any]],
    of_orders: list[dict[str, Any]],
) -> None:
    """Write the lots of some products at a distribution, and which order got which; what stood before goes."""
    of_sale = select(orders.c.id).where(orders.c.distribution_id == distribution_id)
    tx.execute(delete(order_lots).where(order_lots.c.offer_id.in_(offers), order_lots.c.order_id.in_(of_sale)))
    named = tuple_(lots.c.offer_id, lots.c.key).in_([(row["offer_id"], row["key"]) for row in rows])
    tx.execute(delete(lots).where(lots.c.distribution_id == distribution_id, lots.c.offer_id.in_(offers), ~named))
    if rows:
        written = insert(lots).values([row | {"distribution_id": distribution_id} for row in rows])
        kept = {name: written.excluded[name] for name in ("number", "use_by", "noted_by", "noted_at")}
        tx.execute(written.on_conflict_do_update(index_elements=["distribution_id", "offer_id", "key"], set_=kept))
    if of_orders:
        tx.execute(insert(order_lots).on_conflict_do_nothing(), of_orders)


def of_farm(tx: Connection, distribution_id: UUID, producer_id: UUID) -> list[Row[Any]]:
    """The lots of a farm at a distribution, product by product."""
    statement = select(lots).where(lots.c.distribution_id == distribution_id, lots.c.producer_id == producer_id)
    return list(tx.execute(statement.order_by(lots.c.offer_id, lots.c.noted_at, lots.c.key)))


def of_orders(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """From which lot each order got a product, where that was said."""
    of_sale = orders.c.distribution_id == distribution_id
    statement = select(order_lots).join(orders, orders.c.id == order_lots.c.order_id).where(of_sale)
    return list(tx.execute(statement.order_by(order_lots.c.order_id)))


def ordered_of(tx: Connection, distribution_id: UUID, offers: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Which of some products which order of a sale has."""
    statement = (
        select(order_lines.c.offer_id, orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.distribution_id == distribution_id, order_lines.c.offer_id.in_(list(offers)))
    )
    return {(row.offer_id, row.id) for row in tx.execute(statement)}


def may_trace(tx: Connection, producer_id: UUID, person_id: UUID) -> str | None:
    """A farm's name, for who may ask for some of its lots: it sold where the asker organises, or he acts for it."""
    statement = (
        select(snapshots.c.line["producer_name"].astext)
        .join(sheet_lines, sheet_lines.c.snapshot_id == snapshots.c.id)
        .join(distributions, distributions.c.id == sheet_lines.c.distribution_id)
        .where(sheet_lines.c.producer_id == producer_id, _may(producer_id, person_id))
        .order_by(distributions.c.starts_at.desc())
        .limit(1)
    )
    name: str | None = tx.execute(statement).scalar()
    return name


def trace(tx: Connection, producer_id: UUID, key: str, person_id: UUID) -> list[Row[Any]]:
    """What orders have or may have of a lot, newest distribution first, as far as the asker may know."""
    newest = distributions.c.starts_at.desc(), orders.c.number, orders.c.id
    return list(tx.execute(_got(producer_id, key).where(_may(producer_id, person_id)).order_by(*newest)))


def of_people(tx: Connection, producer_id: UUID, key: str, person_ids: Iterable[UUID]) -> list[Row[Any]]:
    """All that some people have of a lot, oldest first: what a recall tells them."""
    theirs = orders.c.consumer_id.in_(list(person_ids))
    return list(tx.execute(_got(producer_id, key).where(theirs).order_by(distributions.c.starts_at, orders.c.id)))


def want_notices(tx: Connection, rows: list[dict[str, Any]]) -> bool:
    """Note whom a recall is to tell; false when all of them were told of that lot before."""
    written = insert(recall_notices).on_conflict_do_nothing().returning(recall_notices.c.person_id)
    return tx.execute(written, rows).first() is not None


def next_notices(tx: Connection, recall_id: UUID, count: int) -> list[Row[Any]]:
    """Some people who are still to be told."""
    waiting = recall_notices.c.recall_id == recall_id, recall_notices.c.said_at.is_(None)
    return list(tx.execute(select(recall_notices).where(*waiting).order_by(recall_notices.c.person_id).limit(count)))


def end_notices(tx: Connection, recall_id: UUID, person_ids: Iterable[UUID]) -> None:
    """Write that they are told."""
    tx.execute(update(recall_notices).where(*_for(recall_id, person_ids)).values(said_at=func.halle_now()))


def drop_notices(tx: Connection, recall_id: UUID, person_ids: Iterable[UUID]) -> None:
    """Take back that they are to be told; a later recall of the lot may want it again."""
    tx.execute(delete(recall_notices).where(*_for(recall_id, person_ids)))


def _for(recall_id: UUID, person_ids: Iterable[UUID]) -> tuple[ColumnElement[bool], ...]:
    return recall_notices.c.recall_id == recall_id, recall_notices.c.person_id.in_(list(person_ids))


def _may(producer_id: UUID, person_id: UUID) -> ColumnElement[bool]:
    return or_(
        holds(person_id, Right.SELL, producer_id),
        holds(person_id, Right.OPERATE),
        holds(person_id, Right.ORGANISE, distributions.c.market_id),
    )


def _got(producer_id: UUID, key: str) -> Any:
    """Lines of orders that got a product of which the lot was used, unless it is known that theirs was another."""
    return (
        select(*_SHOWN, or_(order_lots.c.key.is_not(None), ~_has_other_lots()).label("is_certain"))
        .select_from(lots)
        .join(distributions, distributions.c.id == lots.c.distribution_id)
        .join(orders, orders.c.distribution_id == lots.c.distribution_id)
        .join(order_lines, and_(order_lines.c.order_id == orders.c.id, order_lines.c.offer_id == lots.c.offer_id))
        .join(snapshots, snapshots.c.id == order_lines.c.snapshot_id)
        .join(order_lots, _is_known(), isouter=True)
        .join(people, people.c.person_id == orders.c.consumer_id, isouter=True)
        .join(recall_notices, _is_noticed(), isouter=True)
        .where(
            lots.c.producer_id == producer_id,
            lots.c.key == key,
            or_(order_lots.c.key.is_(None), order_lots.c.key == lots.c.key),
            orders.c.state != OrderState.CANCELLED,
            order_lines.c.quantity > 0,
        )
    )


_SHOWN = (
    orders.c.id.label("order_id"),
    *orders.c["distribution_id", "consumer_id", "number", "code", "state"],
    *distributions.c["market_name", "time_zone", "starts_at"],
    func.coalesce(func.nullif(orders.c.recipient, ""), people.c.name, "").label("name"),
    *lots.c["offer_id", "use_by"],
    snapshots.c.line["name"].astext.label("product"),
    snapshots.c.line["unit"].astext.label("unit"),
    snapshots.c.line["producer_name"].astext.label("producer_name"),
    order_lines.c.quantity,
    func.coalesce(people.c.has_email, literal(False)).label("by_mail"),
    people.c.phone,
    recall_notices.c.declared_at.label("recalled_at"),
)


def _is_known() -> ColumnElement[bool]:
    return and_(order_lots.c.order_id == orders.c.id, order_lots.c.offer_id == lots.c.offer_id)


def _has_other_lots() -> ColumnElement[bool]:
    """Whether several lots of the product were used at that distribution."""
    other = lots.alias()
    same = and_(other.c.distribution_id == lots.c.distribution_id, other.c.offer_id == lots.c.offer_id)
    return exists().where(same, other.c.key != lots.c.key)


def _is_noticed() -> ColumnElement[bool]:
    """Whether the order's person was told of this lot."""
    same = and_(recall_notices.c.producer_id == lots.c.producer_id, recall_notices.c.key == lots.c.key)
    return and_(same, recall_notices.c.person_id == orders.c.consumer_id)
