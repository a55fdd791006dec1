"""Lines that were added after the close: rows are written once; whose yes it was may be forgotten."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from services.orders.store import distributions, late_lines, order_lines, orders, people, sheet_lines, snapshots
from services.orders.store.day import hands_over

_NAME = func.coalesce(people.c.name, "")
"""Of who entered it; that is also whose yes it was where no other is named. A yes that was forgotten is nobody's."""


def order_to_add_to(tx: Connection, order_id: UUID, producer_id: UUID, person_id: UUID) -> UUID | None:
    """The sale of an order in which a farm sells, for those who hand it over.

    For who sells for the farm, if the order has something of it.
    """
    statement = (
        select(orders.c.distribution_id)
        .join(distributions, distributions.c.id == orders.c.distribution_id)
        .where(
            orders.c.id == order_id,
            exists().where(_of_farm(producer_id)),
            or_(hands_over(person_id), and_(holds(person_id, Right.SELL, producer_id), _has_some(producer_id))),
        )
    )
    found: UUID | None = tx.execute(statement).scalar()
    return found


def enter(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Write an addition down."""
    tx.execute(insert(late_lines), rows)


def given_for(tx: Connection, order_id: UUID, offer_id: UUID) -> dict[UUID, int]:
    """How much of which offers was added to an order in another's place."""
    where = late_lines.c.order_id == order_id, late_lines.c.substitutes == offer_id
    statement = select(late_lines.c.offer_id, func.sum(late_lines.c.quantity).label("given")).where(*where)
    return {row.offer_id: row.given for row in tx.execute(statement.group_by(late_lines.c.offer_id))}


def of_sale(tx: Connection, distribution_id: UUID, person_id: UUID) -> list[Row[Any]]:
    """The late lines of a sale, oldest first, for those who hand it over; for others of the farms they sell for."""
    may = or_(hands_over(person_id), holds(person_id, Right.SELL, sheet_lines.c.producer_id))
    return list(tx.execute(_shown().where(orders.c.distribution_id == distribution_id, may)))


def of_addition(tx: Connection, late_id: UUID) -> list[Row[Any]]:
    """The lines that were just entered together."""
    return list(tx.execute(_shown().where(late_lines.c.late_id == late_id)))


def _shown() -> Any:
    """Late lines as they are read; an order's line of the offer has its snapshot."""
    ordered = (order_lines.c.order_id == late_lines.c.order_id) & (order_lines.c.offer_id == late_lines.c.offer_id)
    on_sheet = (sheet_lines.c.distribution_id == orders.c.distribution_id) & (
        sheet_lines.c.offer_id == late_lines.c.offer_id
    )
    return (
        select(
            *late_lines.c["late_id", "order_id", "offer_id", "quantity", "substitutes", "entered_at"],
            case((late_lines.c.agreed != "", late_lines.c.agreed), (late_lines.c.agreed == "", _NAME), else_="").label(
                "agreed"
            ),
            *orders.c["number", "code"],
            sheet_lines.c.producer_id,
            snapshots.c.line["name"].astext.label("name"),
            snapshots.c.line["unit"].astext.label("unit"),
            _NAME.label("entered_by"),
        )
        .join(orders, orders.c.id == late_lines.c.order_id)
        .join(distributions, distributions.c.id == orders.c.distribution_id)
        .join(order_lines, ordered)
        .join(snapshots, snapshots.c.id == order_lines.c.snapshot_id)
        .join(sheet_lines, on_sheet)
        .join(people, people.c.person_id == late_lines.c.entered_by, isouter=True)
        .order_by(late_lines.c.entered_at, late_lines.c.late_id, sheet_lines.c.position)
    )


def _of_farm(producer_id: UUID) -> ColumnElement[bool]:
    """A farm's line on the sheet of an order's sale."""
    same = sheet_lines.c.distribution_id == orders.c.distribution_id
    return and_(same, sheet_lines.c.producer_id == producer_id)


def _has_some(producer_id: UUID) -> ColumnElement[bool]:
    """Whether an order has a line of a farm."""
    same = order_lines.c.offer_id == sheet_lines.c.offer_id
    return exists().where(order_lines.c.order_id == orders.c.id, same, _of_farm(producer_id))
