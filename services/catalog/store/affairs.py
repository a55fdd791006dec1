"""Papers, holidays and VAT regimes of farms; a paper or a holiday that was ended is loaded no more."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.affairs import PaperKind
from services.catalog.store.farm_tables import farm_papers, holidays, producers, vat_regimes
from services.catalog.store.guards import sells_for


def add(tx: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a paper or a holiday."""
    tx.execute(insert(table).values(**row))


def end(tx: Connection, table: Table, one_id: UUID, person: UUID) -> Row[Any] | None:
    """Keep a paper or a holiday of a farm that `person` sells for only for the record; nothing where it was ended."""
    farms = select(producers.c.id).where(sells_for(person))
    same = table.c.id == one_id, table.c.ended_at.is_(None), table.c.producer_id.in_(farms)
    return tx.execute(update(table).where(*same).values(ended_at=func.halle_now()).returning(table)).first()


def papers(tx: Connection, producer_id: UUID) -> list[Row[Any]]:
    """The papers of a farm, oldest first; whoever asks was looked at."""
    kept = farm_papers.c.producer_id == producer_id, farm_papers.c.ended_at.is_(None)
    return list(tx.execute(select(farm_papers).where(*kept).order_by(farm_papers.c.id)))


def licences(tx: Connection, producer_ids: Iterable[UUID]) -> list[Row[Any]]:
    """The licences for alcohol of some farms: for a sheet, which nobody asks for."""
    kept = farm_papers.c.producer_id.in_(list(producer_ids)), farm_papers.c.ended_at.is_(None)
    return list(tx.execute(select(farm_papers).where(*kept, farm_papers.c.kind == PaperKind.ALCOHOL_LICENCE)))


def holidays_from(tx: Connection, producer_ids: Iterable[UUID], day: date) -> list[Row[Any]]:
    """The holidays of some farms that are not over on a day, the next first: they are no secret."""
    kept = holidays.c.producer_id.in_(list(producer_ids)), holidays.c.ended_at.is_(None), holidays.c.to_on >= day
    return list(tx.execute(select(holidays).where(*kept).order_by(holidays.c.from_on, holidays.c.id)))


def write_regime(tx: Connection, row: dict[str, Any]) -> None:
    """Keep under which VAT regime a farm is from a day on; whoever asks was looked at."""
    statement = insert(vat_regimes).values(row)
    same_day = vat_regimes.c["producer_id", "begins_on"]
    tx.execute(statement.on_conflict_do_update(index_elements=same_day, set_={"regime": statement.excluded.regime}))


def drop_regime(tx: Connection, producer_id: UUID, begins_on: date) -> bool:
    """Whether there was a VAT regime from this day on, which is gone; whoever asks was looked at."""
    same = vat_regimes.c.producer_id == producer_id, vat_regimes.c.begins_on == begins_on
    return tx.execute(delete(vat_regimes).where(*same)).rowcount == 1


def regimes(tx: Connection, producer_ids: Iterable[UUID]) -> list[Row[Any]]:
    """The VAT regimes of some farms, the first one first: for sheets and pages, which print them."""
    statement = select(vat_regimes).where(vat_regimes.c.producer_id.in_(list(producer_ids)))
    return list(tx.execute(statement.order_by(vat_regimes.c.begins_on)))
