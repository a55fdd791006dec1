"""A year of a market is told to its council: aggregates, and none from too few households."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row

from bus.doors import Call
from contracts.errors import NotFound
from contracts.yearly import FarmSold, FarmsSold, MarketYear, MonthsSold, QualitiesSold, Quality, ReadYear, Sold
from services.orders import rules
from services.orders.store import yearly as store

T = TypeVar("T", bound=Sold)


def read(tx: Connection, command: ReadYear, call: Call) -> MarketYear:
    """The year of a market that the asker organises, or operates."""
    if not store.may_read(tx, command.market_id, call.asker.person_id):
        raise NotFound("no-such-market", "You organise no such market.")
    rows = store.sold(tx, command.market_id, command.year)
    whole = next(row for row in rows if not (row.month or row.producer_id or row.quality))
    has_enough = whole.households >= rules.LEAST_HOUSEHOLDS or not whole.households
    parts = rows if has_enough else []
    qualities = _told(parts, "quality", lambda those: QualitiesSold(qualities=_qualities(those), **_sums(those)))
    return MarketYear(
        **command.model_dump(),
        **store.counted(tx, command.market_id, command.year)._mapping,
        **{name: getattr(whole, name) if has_enough else None for name in Sold.model_fields},
        marked_basis_points=rules.share(qualities, {Quality.ORGANIC, Quality.OTHER_MARK}),
        organic_basis_points=rules.share(qualities, {Quality.ORGANIC}),
        months=_told(parts, "month", lambda those: MonthsSold(months=[row.month for row in those], **_sums(those))),
        farms=_told(parts, "producer_id", lambda those: FarmsSold(farms=_farms(those), **_sums(those))),
        qualities=qualities,
    )


def _told(rows: Sequence[Row[Any]], about: str, tell: Callable[[list[Row[Any]]], T]) -> list[T]:
    """The parts of a year by what they are about, those that are too small together."""
    found = [row for row in rows if getattr(row, about)]
    return [tell(those) for those in rules.told_apart(found, lambda row: row.households)]


def _sums(rows: list[Row[Any]]) -> dict[str, int | None]:
    """How many households several parts have together is not known: some buy of each."""
    alone = rows[0] if len(rows) == 1 else None
    return {
        "households": alone.households if alone else None,
        "orders": alone.orders if alone else None,
        "amount_cents": sum(row.amount_cents for row in rows),
    }


def _qualities(rows: list[Row[Any]]) -> list[Quality]:
    return [Quality(row.quality) for row in rows]


def _farms(rows: list[Row[Any]]) -> list[FarmSold]:
    return [FarmSold(producer_id=row.producer_id, name=row.name) for row in rows]
