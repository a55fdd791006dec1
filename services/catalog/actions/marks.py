"""Quality marks: kept by their farms, and asked for wherever a product is shown or put on sale."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from bus import clock, timers
from contracts.errors import malformed_field
from contracts.quality import AddMark, ChangeMark, MarkDetails, MarkKind, QualityMark, Scope
from contracts.wall import HOME_ZONE
from services.catalog import rules
from services.catalog.actions.refusals import found, mine, moved, no_fault
from services.catalog.rules import quality
from services.catalog.rules.quality import Held
from services.catalog.store import marks as store
from services.catalog.store import producers, products
from services.catalog.store.farm_tables import offers

EXPIRE = "expire_mark"
"""The timer's name."""


class Marks:
    """The marks of some farms, at this instant."""

    def __init__(self, tx: Connection, producer_ids: Iterable[UUID]) -> None:
        self.now = clock.now(tx)
        self._of: dict[UUID, list[Held]] = defaultdict(list)
        for row in store.of_farms(tx, set(producer_ids)):
            self._of[row.producer_id].append(_held(row))

    def of_farm(self, producer_id: UUID) -> list[Held]:
        """All that a farm has, good or not."""
        return self._of.get(producer_id, [])

    def of(self, producer_id: UUID, product_id: UUID, zone: str = HOME_ZONE) -> list[MarkKind]:
        """What a product has now."""
        return quality.kinds(self.of_farm(producer_id), product_id, self.now, zone)

    def shown(self, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
        """Rows of products that stand at a market, each with what it has there now."""
        return [dict(row._mapping) | {"marks": self.of(row.producer_id, row.product_id, row.time_zone)} for row in rows]


def add_mark(tx: Connection, mark_id: UUID, wanted: AddMark, asker: UUID) -> QualityMark:
    """Add a mark to a farm that `asker` sells for."""
    farm = mine(producers.load(tx, wanted.producer_id, asker), "producer")
    row = _row(tx, wanted, wanted.producer_id)
    store.add(tx, row | {"id": mark_id, "producer_id": wanted.producer_id})
    return _told(tx, mark_id, asker, farm.farm_name)


def change_mark(tx: Connection, wanted: ChangeMark, asker: UUID) -> QualityMark:
    """Write a mark anew, for the next sheets."""
    seen = found(store.load(tx, wanted.mark_id, asker), "mark")
    row = _row(tx, wanted, seen.producer_id)
    if seen.version != wanted.version:
        moved("mark", seen.version)
    store.change(tx, wanted.mark_id, row)
    return _told(tx, wanted.mark_id, asker, seen.farm_name)


def end_mark(tx: Connection, mark_id: UUID, asker: UUID) -> QualityMark:
    """A farm has a mark no longer; it answers as it was."""
    seen = found(store.load(tx, mark_id, asker), "mark")
    store.end(tx, mark_id)
    rewrite_words(tx, seen.producer_id, seen.farm_name)
    return _mark(tx, seen)


def list_marks(tx: Connection, producer_id: UUID, asker: UUID) -> list[QualityMark]:
    """The marks of a farm that `asker` sells for."""
    mine(producers.load(tx, producer_id, asker), "producer")
    return [_mark(tx, row) for row in store.of_farms(tx, [producer_id])]


def expire(tx: Connection, mark_id: UUID, version: int) -> None:
    """A mark's last day is over: its products are no longer found by what they are no more."""
    farm = store.expired(tx, mark_id, version)
    if farm is not None:
        rewrite_words(tx, farm.producer_id, farm.farm_name)


def rewrite_words(tx: Connection, producer_id: UUID, farm_name: str) -> None:
    """Write the words by which a farm's products are found anew."""
    marks = Marks(tx, [producer_id])
    words: dict[UUID, list[str]] = {}
    for row in products.known(tx, producer_id):
        organic = quality.is_organic(marks.of(producer_id, row.id))
        words[row.id] = rules.product_words(row.name, row.category, organic, farm_name, row.months)
    products.rename_words(tx, words)
    products.reindex(tx, offers.c.producer_id == producer_id)


def _told(tx: Connection, mark_id: UUID, asker: UUID, farm_name: str) -> QualityMark:
    """A mark that was just written, with its expiry noted and its products' words written anew."""
    row = found(store.load(tx, mark_id, asker), "mark")
    ends_at = _held(row).ends_at(HOME_ZONE)
    if ends_at is not None:
        subject = str(mark_id)
        timers.schedule(tx, EXPIRE, key=f"mark:{subject}", subject=subject, due_at=ends_at, version=row.version)
    rewrite_words(tx, row.producer_id, farm_name)
    return _mark(tx, row)


def _row(tx: Connection, wanted: MarkDetails, producer_id: UUID) -> dict[str, Any]:
    """The columns of what a farm wrote about a mark; products are kept where the scope names them."""
    no_fault(quality.mark_fault(wanted))
    row = wanted.model_dump(include=set(MarkDetails.model_fields))
    if wanted.scope is Scope.ALL:
        return row | {"product_ids": []}
    if not store.are_of_farm(tx, wanted.product_ids, producer_id):
        raise malformed_field("product_ids", "The farm has no such product.", "unknown")
    return row


def _held(row: Row[Any]) -> Held:
    about = dict(row._mapping) | {"kind": MarkKind(row.kind), "scope": Scope(row.scope)}
    return Held(**{name: about[name] for name in Held._fields})._replace(product_ids=frozenset(row.product_ids))


def _mark(tx: Connection, row: Row[Any]) -> QualityMark:
    valid = _held(row).is_good(clock.now(tx), HOME_ZONE)
    return QualityMark(**row._mapping, mark_id=row.id, valid=valid)
