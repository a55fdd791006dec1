"""Calls as the doors would make them, by a person whose token has been verified."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

from bus import identity
from bus.doors import Call
from contracts.messages import Command


def by(person: UUID, command: Command, key: str | None = None) -> Call:
    """A call of `command` by `person`."""
    headers = {"deadline": repr(time.time() + 60), "key": key or str(uuid4()), "token": f"token-of-{person}"}
    made = Call(type(command), SimpleNamespace(headers=headers, body=command.model_dump_json().encode()))  # type: ignore[arg-type]
    made.by(
        identity.Asker(
            person_id=person,
            session_id=uuid4(),
            issued_at=datetime.now(UTC),
            expires_at=datetime.fromtimestamp(time.time() + 600, UTC),
        )
    )
    return made
