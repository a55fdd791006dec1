"""One effect per idempotency key, for doors that hash outside of any transaction.

Passwords stay out of what is kept of a question: a plain digest of one would undo argon2.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row

from bus import clock, database, keys
from bus.doors import Call
from bus.wire import adapter
from contracts.errors import Unavailable
from contracts.messages import Command, Refused
from services.members import passwords
from services.members.actions import sessions

PASSWORDS = {"password", "current", "new"}


def known(tx: Connection, command: Command, call: Call) -> bytes | None:
    """Admit the asker; what was answered under this key, if it was used before."""
    call.admit(tx)
    kept = keys.recall(tx, call.scope, command.door, call.key or "", _question(command))
    return kept.encode() if kept is not None else None


def proved(command: Command, call: Call, password: str) -> Row[Any] | bytes | Refused:
    """The asker's account, if `password` is its own; or what was answered under this key. NotAllowed if wrong."""
    with database.transaction() as tx:
        if kept := known(tx, command, call):
            return kept
        seen = sessions.try_password(tx, call.asker.person_id, clock.now(tx))
    if isinstance(seen, Refused):
        return seen
    if not passwords.is_right(seen.password_hash, password):
        raise sessions.wrong_password()
    return seen


def once(command: Command, call: Call, act: Callable[[Connection], Any]) -> bytes:
    """Admit the asker, do `act` unless this key did it, and keep the answer."""
    return database.atomically(lambda tx: _once(tx, command, call, act))


def _once(tx: Connection, command: Command, call: Call, act: Callable[[Connection], Any]) -> bytes:
    call.admit(tx)
    key = call.scope, command.door, call.key or ""
    kept = keys.claim(tx, *key, _question(command))
    if kept is not None:
        return kept.encode()
    answered = adapter(type(command)).dump_json(act(tx))
    if call.deadline < time.time():
        raise Unavailable("too-late", "This took too long and was undone; ask with the same key.")
    keys.keep(tx, *key, answered.decode())
    return answered


def _question(command: Command) -> bytes:
    return command.model_dump_json(exclude=PASSWORDS).encode()
