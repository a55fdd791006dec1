"""All that is kept of one person, read out of every service's database: for who cannot download it, or has no account.

Tables are found by the database's own catalogue, so that one that is made tomorrow is in it: every row of the person's
own, and every row that belongs to such a row by a foreign key. Where a row of somebody else's names the person, who
handed that order over or wrote that mail, its ids and instants are shown and nothing else. Digests of secrets, and what
only travels (events, keys, timers), are left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

TRAVELS = frozenset(
    {"outbox", "inbox", "idempotency", "timers", "parked", "clock", "verification_keys", "alembic_version"}
)
OWN = frozenset({"person_id", "consumer_id"})
"""The columns that say whose a row is."""

_COLUMNS = text("""
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = current_schema() order by table_name, ordinal_position
""")
_BELONGS = text("""
    select conrelid::regclass::text as child, confrelid::regclass::text as parent,
      (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]) as pointer,
      (select attname from pg_attribute where attrelid = confrelid and attnum = confkey[1]) as pointed
    from pg_constraint where contype = 'f' and array_length(conkey, 1) = 1 order by conname
""")

Rows = dict[str, list[dict[str, Any]]]


class Known(NamedTuple):
    """Somebody of this name, in the words of one service."""

    person_id: UUID
    name: str


def named(tx: Connection, word: str) -> Iterator[Known]:
    """Whoever has a word in the name, in whatever table has people's names."""
    columns = _columns(tx)
    for table, names in columns.items():
        if {"person_id", "name"} <= names.keys():
            found = f'select person_id, name from "{table}" where strpos(lower(name), lower(:word)) > 0 order by name'  # noqa: S608 (a table of ours)
            yield from (Known(*row) for row in tx.execute(text(found), {"word": word}))


def of_person(tx: Connection, person_id: UUID) -> Rows:
    """Every row of a person's, and of others' where they name the person, by table; those without any are left out."""
    columns = _columns(tx)
    found: Rows = {}
    for table, types in columns.items():
        if OWN & types.keys():
            _add(found, table, _read(tx, table, types, _is(OWN & types.keys()), person=person_id))
    for link in tx.execute(_BELONGS).all():
        parents = [row[link.pointed] for row in found.get(link.parent, ()) if link.pointed in row]
        if parents and link.child in columns:
            where = f'"{link.pointer}" = any(:parents)'
            _add(found, link.child, _read(tx, link.child, columns[link.child], where, parents=parents))
    for table, types in columns.items():
        _add(found, table, _named_in(tx, table, types, person_id))
    return found


def as_json(services: dict[str, Rows]) -> str:
    """What was found, to be printed."""
    return orjson.dumps(services, option=orjson.OPT_INDENT_2, default=str).decode()


def _columns(tx: Connection) -> dict[str, dict[str, str]]:
    """The columns of each table of a service, with their types."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in tx.execute(_COLUMNS):
        if table not in TRAVELS and not column.endswith("_hash"):
            found.setdefault(table, {})[column] = kind
    return found


def _named_in(tx: Connection, table: str, types: dict[str, str], person_id: UUID) -> list[dict[str, Any]]:
    """Which rows of others name a person: their ids and instants."""
    naming = {name for name, kind in types.items() if kind == "uuid"} - OWN
    if not naming:
        return []
    whose = _is(OWN & types.keys()) or "false"
    shown = [name for name, kind in types.items() if kind == "uuid" or kind.startswith("timestamp")]
    return _read(tx, table, shown, f"({_is(naming)}) and ({whose}) is not true", person=person_id)


def _is(names: Iterable[str]) -> str:
    return " or ".join(f'"{name}" = :person' for name in sorted(names))


def _read(tx: Connection, table: str, columns: Iterable[str], where: str, **values: Any) -> list[dict[str, Any]]:
    shown = ", ".join(f'"{name}"' for name in columns)
    rows = tx.execute(text(f'select {shown} from "{table}" where {where}'), values)  # noqa: S608 (names of ours)
    return [dict(row._mapping) for row in rows]


def _add(found: Rows, table: str, rows: list[dict[str, Any]]) -> None:
    """Each row once, whichever way it was found."""
    known = found.get(table, [])
    if new := [row for row in rows if row not in known]:
        found[table] = known + new
