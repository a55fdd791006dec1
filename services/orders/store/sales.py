"""Distributions, their sheets and their stock."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import array, insert

from bus.rights import holds
from contracts.catalog import SaleSheetPublished, SheetLine, StockMode
from contracts.members import Right
from contracts.orders import DistributionState
from services.orders.store import distributions, sheet_lines, snapshots, stock_moves, stocks


def insert_distribution(tx: Connection, sheet: SaleSheetPublished, seq: int) -> bool:
    """Open a distribution as its sheet says; false when it is open already."""
    row = sheet.model_dump(exclude={"distribution_id", "lines", "thresholds"}) | {
        "id": sheet.distribution_id,
        "state": DistributionState.OPEN,
        "version": 1,
        "sheet_version": seq,
        "absence": sheet.absence.model_dump(mode="json") if sheet.absence else None,
    }
    return tx.execute(insert(distributions).values(row).on_conflict_do_nothing()).rowcount == 1


def insert_lines(tx: Connection, distribution_id: UUID, version: int, lines: list[SheetLine]) -> None:
    """Write a whole sheet: snapshots, stock figures where there is none yet, and the lines that point at both."""
    if not lines:
        return
    snapshot_ids = _insert_snapshots(tx, distribution_id, version, lines)
    stock_ids = _stock_ids(tx, distribution_id, lines)
    tx.execute(
        sheet_lines.insert(),
        [
            {
                "distribution_id": distribution_id,
                "offer_id": line.offer_id,
                "producer_id": line.producer_id,
                "position": position,
                "snapshot_id": snapshot_ids[line.offer_id],
                "stock_id": stock_ids.get(_stock_key(distribution_id, line)),
                "closes_at": line.closes_at,
            }
            for position, line in enumerate(lines)
        ],
    )


def _insert_snapshots(tx: Connection, distribution_id: UUID, version: int, lines: list[SheetLine]) -> dict[UUID, int]:
    rows = [
        {
            "distribution_id": distribution_id,
            "offer_id": line.offer_id,
            "sheet_version": version,
            "line": line.model_dump(mode="json"),
        }
        for line in lines
    ]
    tx.execute(snapshots.insert(), rows)
    written = select(snapshots.c.offer_id, snapshots.c.id).where(
        snapshots.c.distribution_id == distribution_id, snapshots.c.sheet_version == version
    )
    return {row.offer_id: row.id for row in tx.execute(written)}


def _stock_ids(tx: Connection, distribution_id: UUID, lines: list[SheetLine]) -> dict[str, int]:
    """Stock rows by key, made where missing with what the sheet says; in key order, so that two sheets cannot cross."""
    wanted = {_stock_key(distribution_id, line): line.stock or 0 for line in lines if _is_limited(line)}
    if not wanted:
        return {}
    rows = [{"key": key, "left_": left} for key, left in sorted(wanted.items())]
    made = tx.execute(
        insert(stocks).values(rows).on_conflict_do_nothing().returning(stocks.c.id, stocks.c.key, stocks.c.left_)
    ).all()
    if made:
        moves = [{"key": f"begin:{m.id}", "stock_id": m.id, "reason": "begin", "change": m.left_} for m in made]
        tx.execute(stock_moves.insert(), moves)
    known = select(stocks.c.key, stocks.c.id).where(stocks.c.key.in_(wanted))
    return {row.key: row.id for row in tx.execute(known)}


def _is_limited(line: SheetLine) -> bool:
    return line.stock_mode is not StockMode.UNLIMITED


def _stock_key(distribution_id: UUID, line: SheetLine) -> str:
    if line.stock_mode is StockMode.SHARED:
        return f"shared:{line.product_id}"
    return f"{distribution_id}:{line.offer_id}"


def distribution(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    """The row as anybody may see it: it holds nothing of any person."""
    return tx.execute(select(distributions).where(distributions.c.id == distribution_id)).first()


def hold_open(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    """The distribution, kept from closing until this transaction ends; nothing when it is not open now."""
    statement = (
        select(distributions)
        .where(
            distributions.c.id == distribution_id,
            distributions.c.state == DistributionState.OPEN,
            func.halle_now() < distributions.c.closes_at,
        )
        .with_for_update(read=True)
    )
    return tx.execute(statement).first()


def hold_free(tx: Connection, distribution_id: UUID) -> Row[Any] | None:
    """A sale that was shifted, kept as it is until this transaction ends, while its consumers may cancel freely."""
    statement = select(distributions).where(
        distributions.c.id == distribution_id,
        distributions.c.state.in_((DistributionState.OPEN, DistributionState.CLOSED)),
        func.halle_now() < distributions.c.free_until,
    )
    return tx.execute(statement.with_for_update(read=True)).first()


def known(tx: Connection, distribution_id: UUID) -> Row[Any]:
    """A distribution that something of ours points at."""
    return tx.execute(select(distributions).where(distributions.c.id == distribution_id)).one()


def move(tx: Connection, distribution_id: UUID, seen: DistributionState, to: DistributionState) -> int | None:
    """Move a distribution that is still as `seen`; its new version, or nothing when somebody was faster."""
    statement = (
        update(distributions)
        .where(distributions.c.id == distribution_id, distributions.c.state == seen)
        .values(state=to, version=distributions.c.version + 1)
        .returning(distributions.c.version)
    )
    version: int | None = tx.execute(statement).scalar()
    return version


def renew_sheet(tx: Connection, distribution_id: UUID) -> Row[Any]:
    """Give the sheet of a sale its next version; the sale as it is then."""
    newer = {"sheet_version": distributions.c.sheet_version + 1, "version": distributions.c.version + 1}
    changed = update(distributions).where(distributions.c.id == distribution_id).values(newer)
    return tx.execute(changed.returning(distributions)).one()


def replace_line(tx: Connection, distribution_id: UUID, version: int, line: SheetLine) -> None:
    """Sell an offer by another snapshot, from this version of the sheet on; orders keep theirs."""
    snapshot_ids = _insert_snapshots(tx, distribution_id, version, [line])
    same = sheet_lines.c.distribution_id == distribution_id, sheet_lines.c.offer_id == line.offer_id
    tx.execute(update(sheet_lines).where(*same).values(snapshot_id=snapshot_ids[line.offer_id]))


def reschedule_lines(tx: Connection, distribution_id: UUID, version: int, lines: list[SheetLine]) -> None:
    """Sell offers by snapshots with another close, from this version of the sheet on; orders keep theirs."""
    if not lines:
        return
    snapshot_ids = _insert_snapshots(tx, distribution_id, version, lines)
    which = sheet_lines.c.distribution_id == distribution_id, sheet_lines.c.offer_id == bindparam("offer")
    moved = update(sheet_lines).where(*which).values(snapshot_id=bindparam("snapshot"), closes_at=bindparam("closes"))
    rows = [
        {"offer": line.offer_id, "snapshot": snapshot_ids[line.offer_id], "closes": line.closes_at} for line in lines
    ]
    tx.execute(moved, rows)


def close_producers(tx: Connection, distribution_id: UUID, producers: Iterable[UUID]) -> bool:
    """Close some producers' lines: an UPDATE of the row that every order holds, so that it splits cleanly."""
    statement = (
        update(distributions)
        .where(distributions.c.id == distribution_id, distributions.c.state == DistributionState.OPEN)
        .values(closed_producers=func.array_cat(distributions.c.closed_producers, array(list(producers))))
    )
    return tx.execute(statement).rowcount == 1


def lines(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """Every line of the current sheet with its snapshot, in the sheet's order."""
    statement = (
        select(sheet_lines, snapshots.c.line)
        .join(snapshots, snapshots.c.id == sheet_lines.c.snapshot_id)
        .where(sheet_lines.c.distribution_id == distribution_id)
        .order_by(sheet_lines.c.position)
    )
    return list(tx.execute(statement))


def left(tx: Connection, distribution_id: UUID) -> dict[UUID, int | None]:
    """What is left of each offer; nothing for unlimited ones."""
    statement = (
        select(sheet_lines.c.offer_id, stocks.c.left_)
        .join(stocks, stocks.c.id == sheet_lines.c.stock_id, isouter=True)
        .where(sheet_lines.c.distribution_id == distribution_id, ~sheet_lines.c.withdrawn)
        .order_by(sheet_lines.c.position)
    )
    return {row.offer_id: row.left_ for row in tx.execute(statement)}


_TAKE = text("""
    with wanted as (select * from unnest(cast(:ids as bigint[]), cast(:changes as int[])) as w(id, change)),
    locked as materialized (
      select s.id, s.left_, w.change from stocks s join wanted w on w.id = s.id order by s.id for no key update of s
    ), enough as materialized (select coalesce(bool_and(left_ - change >= 0), true) as yes from locked)
    , given as (update stocks s set left_ = l.left_ - l.change from locked l, enough where s.id = l.id and enough.yes)
    select yes from enough
""")
"""From what is left under the lock: PostgreSQL checks constraints on the row as the statement found it first, and that
may be an older one, of which there was too little.
"""


def take(tx: Connection, changes: dict[int, int]) -> bool:
    """Take quantities from stock rows (negative gives back), locked by id; false, and nothing, if one is short."""
    ids = sorted(changes)
    return bool(tx.execute(_TAKE, {"ids": ids, "changes": [changes[i] for i in ids]}).scalar_one())


def stock_for_seller(tx: Connection, distribution_id: UUID, offer_id: UUID, person_id: UUID) -> Row[Any] | None:
    """The stock row of an offer, locked, for a person who sells for its producer."""
    statement = (
        select(stocks, sheet_lines.c.producer_id)
        .join(sheet_lines, sheet_lines.c.stock_id == stocks.c.id)
        .where(
            sheet_lines.c.distribution_id == distribution_id,
            sheet_lines.c.offer_id == offer_id,
            holds(person_id, Right.SELL, sheet_lines.c.producer_id),
        )
        .with_for_update(key_share=True, of=stocks)
    )
    return tx.execute(statement).first()


def set_stock(tx: Connection, stock: Row[Any], left_: int, key: str, person_id: UUID) -> None:
    tx.execute(update(stocks).where(stocks.c.id == stock.id).values(left_=left_))
    move_row = {"stock_id": stock.id, "change": left_ - stock.left_, "by_person": person_id}
    tx.execute(stock_moves.insert(), move_row | {"key": key, "reason": "changed"})


def changed_since(tx: Connection, since: datetime) -> list[UUID]:
    """Sales in which something was ordered, changed or given back since an instant, or that share a stock with one."""
    statement = text("""
        with mine as materialized (select distinct distribution_id from orders where changed_at > :since)
        select distribution_id from mine
        union
        select other.distribution_id from mine
          join sheet_lines shown on shown.distribution_id = mine.distribution_id
          join stocks s on s.id = shown.stock_id and s.key like 'shared:%'
          join sheet_lines other on other.stock_id = s.id
    """)
    return [row.distribution_id for row in tx.execute(statement, {"since": since})]
