"""The sheet as a worker reads it: kept in memory, and checked against the rows by whoever writes.

A stale copy does no harm: placing compares its version with the sale's, and reads again when it differs.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from contracts.catalog import SheetLine, Threshold
from contracts.errors import NotFound
from contracts.orders import SaleSheet
from services.orders.store import coming, sales

MADE = ("distribution_id", "version", "lines", "thresholds")
"""What a sheet has beside its sale's own columns."""
KEPT = 200
"""Sheets in memory per worker; a sheet of 200 offers takes about 1 MB."""


class Sheet(NamedTuple):
    """A sheet with the snapshot each line was read as."""

    sale: SaleSheet
    lines: dict[UUID, SheetLine]
    snapshots: dict[UUID, int]
    stocks: dict[UUID, int | None]
    """Of what was withdrawn too: an order that had it may still give it back."""
    withdrawn: dict[UUID, SheetLine]
    """What was on sale here, and is not any more."""


_kept: dict[UUID, Sheet] = {}


def read(tx: Connection, distribution_id: UUID) -> Sheet:
    """The sheet as it is now; raises NotFound where nothing was ever opened."""
    row = sales.distribution(tx, distribution_id)
    if row is None:
        raise NotFound("no-such-distribution", "There is no such distribution.")
    every = sales.lines(tx, distribution_id)
    rows = [line for line in every if not line.withdrawn]
    lines = {line.offer_id: SheetLine.model_validate(line.line) for line in rows}
    columns = {n: getattr(row, n) for n in SaleSheet.model_fields if n not in MADE}
    sellers = {line.producer_id for line in lines.values()}
    thresholds = [Threshold(**one._mapping) for one in coming.thresholds(tx, distribution_id)]
    sale = SaleSheet(
        distribution_id=distribution_id,
        version=row.sheet_version,
        lines=list(lines.values()),
        thresholds=[one for one in thresholds if one.producer_id in sellers],
        **columns,
    )
    sheet = Sheet(
        sale=sale,
        lines=lines,
        snapshots={line.offer_id: line.snapshot_id for line in rows},
        stocks={line.offer_id: line.stock_id for line in every},
        withdrawn={line.offer_id: SheetLine.model_validate(line.line) for line in every if line.withdrawn},
    )
    _keep(sheet)
    return sheet


def kept(distribution_id: UUID) -> Sheet | None:
    return _kept.get(distribution_id)


def forget() -> None:
    """Read every sheet afresh."""
    _kept.clear()


def _keep(sheet: Sheet) -> None:
    _kept.pop(sheet.sale.distribution_id, None)
    _kept[sheet.sale.distribution_id] = sheet
    while len(_kept) > KEPT:
        _kept.pop(next(iter(_kept)), None)
