"""Sales that are shifted: their times, the farms that are asked again, and whose orders are still to be told of."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.orders import OrderState
from services.orders.store import distributions, drop_outs, orders, presences, shifts


def shift(tx: Connection, seen: Row[Any], values: dict[str, Any]) -> bool:
    """Give a sale that is still as it was seen other times; false when somebody was faster."""
    same = distributions.c.id == seen.id, distributions.c.state == seen.state, distributions.c.version == seen.version
    newer = values | {"shift_number": seen.shift_number + 1, "shifted_from": seen.starts_at}
    return tx.execute(update(distributions).where(*same).values(newer)).rowcount == 1


def declare(tx: Connection, row: dict[str, Any]) -> None:
    """Enter a shift under its number."""
    tx.execute(insert(shifts).values(row))


def last(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    """The last shift of a sale, if there was any."""
    mine = select(shifts).where(shifts.c.distribution_id == distribution_id)
    return tx.execute(mine.order_by(shifts.c.number.desc()).limit(1)).first()


def farms(tx: Connection, distribution_id: UUID) -> int:
    """How many farms of a sale have not dropped out."""
    statement = select(func.count()).select_from(presences)
    return int(
        tx.execute(statement.where(presences.c.distribution_id == distribution_id, ~_dropped_out())).scalar_one()
    )


def ask_again(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """Take back what the farms of a sale have answered, and write that they are asked; not those that dropped out."""
    unanswered = {"coming": None, "carrier": "", "answered_by": None, "answered_at": None}
    statement = (
        update(presences)
        .where(presences.c.distribution_id == distribution_id, ~_dropped_out())
        .values(unanswered | {"shift_asked_at": func.halle_now(), "version": presences.c.version + 1})
    )
    return list(tx.execute(statement.returning(presences)))


def next_to_tell(tx: Connection, entered: Row[Any], count: int) -> list[UUID]:
    """The next orders that stand and were placed before a shift, by their ids."""
    where = [
        orders.c.distribution_id == entered.distribution_id,
        orders.c.state == OrderState.PLACED,
        orders.c.placed_at <= entered.declared_at,
    ]
    if entered.told_up_to is not None:
        where.append(orders.c.id > entered.told_up_to)
    return list(tx.execute(select(orders.c.id).where(*where).order_by(orders.c.id).limit(count)).scalars())


def told(tx: Connection, entered: Row[Any], up_to: UUID | None, *, is_done: bool) -> None:
    """Write up to which order people were told of a shift."""
    mine = shifts.c.distribution_id == entered.distribution_id, shifts.c.number == entered.number
    done_at = func.halle_now() if is_done else None
    tx.execute(update(shifts).where(*mine).values(told_up_to=up_to or entered.told_up_to, done_at=done_at))


def cancelled(tx: Connection, distribution_id: UUID) -> list[UUID]:
    """Orders of a sale that are cancelled: by their consumers, or because nothing of them comes."""
    where = orders.c.distribution_id == distribution_id, orders.c.state == OrderState.CANCELLED
    return list(tx.execute(select(orders.c.id).where(*where).order_by(orders.c.id)).scalars())


def _dropped_out() -> Any:
    same = drop_outs.c.distribution_id == presences.c.distribution_id
    return exists().where(same, drop_outs.c.producer_id == presences.c.producer_id)
