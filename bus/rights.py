"""Rights are held per object and joined in the SELECT that loads: no unguarded load exists.

Every service keeps what members says of grants, revocations and keys; `Listener` is that half of its ears.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bus import identity, tables
from bus.envelope import Heard
from bus.hearing import hear
from contracts.members import GrantChanged, KeysChanged, Right, TokensRevoked


def holds(person_id: Any, right: Right, object_id: Any = None) -> ColumnElement[bool]:
    """SQL: `person_id` holds `right` on `object_id` now; each a UUID or a column; without an object the instance."""
    grants = tables.grants.alias()
    return exists().where(grants.c.person_id == person_id, *_held(grants, right, object_id))


def holders(right: Right, object_id: UUID | None = None) -> Select[Any]:
    """SQL: who holds `right` on `object_id` now; without an object on the instance."""
    grants = tables.grants.alias()
    return select(grants.c.person_id).where(*_held(grants, right, object_id))


def _held(grants: FromClause, right: Right, object_id: Any) -> tuple[ColumnElement[bool], ...]:
    about = grants.c.object_id == object_id if object_id is not None else grants.c.object_id.is_(None)
    valid = or_(grants.c.valid_until.is_(None), grants.c.valid_until > func.halle_now())
    return grants.c.right == right, about, grants.c.holds, valid


def accounts_for(person_id: Any, object_id: Any) -> ColumnElement[bool]:
    """SQL: `person_id` reads the figures of a market or a farm now, as its accountant or as the instance's."""
    return or_(holds(person_id, Right.ACCOUNT, object_id), holds(person_id, Right.ACCOUNT))


def does_hold(tx: Connection, person_id: UUID, right: Right, object_id: UUID) -> bool:
    """Whether `person_id` holds `right` on an object at this instant."""
    return bool(tx.execute(select(holds(person_id, right, object_id))).scalar())


def keep_newest(tx: Connection, table: Table, key: str, row: dict[str, Any]) -> bool:
    """Upsert the whole state of a subject unless a later one is known; false when nothing changed."""
    return bool(keep_newest_of_all(tx, table, key, [row]))


def keep_newest_of_all(tx: Connection, table: Table, key: str, rows: Sequence[dict[str, Any]]) -> set[Any]:
    """The same for several subjects, in the order of `rows`; the keys of those that changed."""
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name != key}
    newest = statement.on_conflict_do_update(
        index_elements=[key], set_=changed, where=table.c.seq < statement.excluded.seq
    )
    return set(tx.execute(newest.returning(table.c[key]), rows).scalars())


def know_grant(tx: Connection, event: GrantChanged, heard: Heard) -> None:
    keep_newest(tx, tables.grants, "grant_id", event.model_dump() | {"seq": heard.seq})


class Listener:
    """What every service with doors must hear; its own listeners inherit from this."""

    @hear(GrantChanged)
    def know_grant(self, tx: Connection, event: GrantChanged, heard: Heard) -> None:
        know_grant(tx, event, heard)

    @hear(TokensRevoked)
    def refuse_older_tokens(self, tx: Connection, event: TokensRevoked, heard: Heard) -> None:
        keep_newest(tx, tables.not_before, "person_id", event.model_dump() | {"seq": heard.seq})

    @hear(KeysChanged)
    def know_keys(self, tx: Connection, event: KeysChanged, heard: Heard) -> None:
        keep_newest(tx, tables.verification_keys, "issuer", event.model_dump() | {"seq": heard.seq})
        identity.forget_keys()
