"""The audit trail: a row for every deed by right, written by the door in the transaction of the deed.

What is kept are ids, numbers, dates and words of the code; nothing that somebody typed, so that nobody's name gets in.
The database refuses to change or delete a row. Each service says once whose a distribution, an order, a till is.
"""

from collections.abc import Iterator
from datetime import date, time
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Connection, TextClause, or_, select, text

from bus import database, trace
from bus.rights import holds
from bus.tables import trail
from contracts.audit import Deed, Deeds, ListDeeds
from contracts.errors import NotFound
from contracts.members import Right
from contracts.messages import Command, Model

ARE_OBJECTS = ("market_id", "producer_id", "object_id")
"""Fields that name a market, a farm or a town: what rights are held on."""
LONGEST = 100
"""Entries of a list that are kept."""
Ids = dict[str, set[UUID]]

_owners: dict[str, list[tuple[TextClause, frozenset[str]]]] = {}
"""By service: its statements, each with the fields that it asks for."""
_NOTE = text("""
    insert into trail (at, person_id, "right", held_on, door, objects, facts, trace_id)
    select halle_now(), :person, held."right", held.object_id, :door, cast(:objects as uuid[]), cast(:facts as jsonb),
           :trace
    from (select 1) as once left join lateral (
      select g."right", g.object_id from grants g
      where g.person_id = :person and g.holds and (g.valid_until is null or g.valid_until > halle_now())
        and g."right" = any(cast(:rights as text[]))
        and (g.object_id is null or g.object_id = any(cast(:near as uuid[])))
      order by array_position(cast(:rights as text[]), g."right"), g.object_id limit 1) held on true
""")


def learn(service: str, *owners: str) -> None:
    """Say how a service finds the objects of a deed: statements whose parameters are fields, each with all its ids.

    They may ask for `:asker` and `:door` beside.
    """
    statements = map(text, owners)
    _owners[service] = [(one, frozenset(one.compile().params)) for one in statements]


def note(tx: Connection, asker: UUID, command: Command, answer: Any) -> None:
    """Write down what was just done by right. What might be on behalf of somebody and is not leaves no row."""
    if getattr(command, "on_behalf_of", asker) is None:
        return
    facts = _kept(command.model_dump(exclude_defaults=True)) | _ids_of(answer)
    ids = _collect(facts, {})
    objects = _objects(tx, ids, asker, command.door)
    row = {
        "person": asker,
        "door": command.door,
        "rights": [str(right) for right in command.by],
        "objects": list(objects),
        "near": list(objects.union(*ids.values())),
        "facts": orjson.dumps(facts).decode(),
        "trace": trace.trace_id(),
    }
    tx.execute(_NOTE, row)


def read(tx: Connection, asker: UUID, asked: ListDeeds) -> Deeds:
    """A page of the trail, for who organises the market, sells for the farm, or operates; else NotFound."""
    if not tx.execute(select(_may_read(asker, asked.object_id))).scalar():
        raise NotFound("no-such-trail", "There is no audit trail here that you may read.")
    statement = select(trail).where(*_conditions(asked)).order_by(trail.c.deed_id.desc()).limit(asked.limit)
    deeds = [Deed.model_validate(dict(row._mapping)) for row in tx.execute(statement)]
    return Deeds(deeds=deeds, following=deeds[-1].deed_id if len(deeds) == asked.limit else None)


def _conditions(asked: ListDeeds) -> Iterator[ColumnElement[bool]]:
    if asked.object_id is not None:
        yield trail.c.objects.contains([asked.object_id])
    if asked.person_id is not None:
        yield trail.c.person_id == asked.person_id
    if asked.since is not None:
        yield trail.c.at >= asked.since
    if asked.before is not None:
        yield trail.c.at < asked.before
    if asked.after is not None:
        yield trail.c.deed_id < asked.after


def _may_read(asker: UUID, object_id: UUID | None) -> ColumnElement[bool]:
    operates = holds(asker, Right.OPERATE)
    if object_id is None:
        return operates
    return or_(operates, holds(asker, Right.ORGANISE, object_id), holds(asker, Right.SELL, object_id))


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    """What may stay of a command's fields: nothing that was typed."""
    return {name: kept for name, value in said.items() if (kept := _kept_value(value)) is not None}


def _kept_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _kept(value) or None
    if isinstance(value, list | tuple):
        return [kept for one in value[:LONGEST] if (kept := _kept_value(one)) is not None] or None
    return value if isinstance(value, Enum | int | float | UUID | date | time) else None


def _ids_of(answer: Any) -> dict[str, UUID]:
    """Ids that an answer begins with: of what was made, and whose it is."""
    fields = dict(answer) if isinstance(answer, Model) else {}
    return {name: value for name, value in fields.items() if isinstance(value, UUID)}


def _collect(value: Any, found: Ids, name: str = "") -> Ids:
    """Every id in some facts, by the field that held it."""
    if isinstance(value, UUID):
        found.setdefault(name, set()).add(value)
    elif isinstance(value, dict):
        for field, one in value.items():
            _collect(one, found, field)
    elif isinstance(value, list):
        for one in value:
            _collect(one, found, name)
    return found


def _objects(tx: Connection, ids: Ids, asker: UUID, door: str) -> set[UUID]:
    """The markets, farms and towns that ids are about, as far as they name them or the service knows."""
    given = {name: list(some) for name, some in ids.items()} | {"asker": asker, "door": door}
    found = {one for name in ARE_OBJECTS for one in ids.get(name, ())}
    for statement, fields in _owners.get(database.served(), ()):
        if fields <= given.keys():
            found.update(filter(None, tx.execute(statement, given).scalars()))
    return found
