"""Messages are rows, written in the transaction that wants them; nothing is sent here."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from contracts.messages import Event
from services.notifications import store
from services.notifications.rules import Kind, State


def write_news(tx: Connection, kind: Kind, event: Event, about: UUID, ids: dict[UUID, UUID]) -> None:
    """Write the same event to several people; `ids` are the messages' by person."""
    content = event.model_dump_json()
    messages = [
        message(message_id, kind, about, content) | {"person_id": person_id}
        for person_id, message_id in sorted(ids.items())
    ]
    write_to(tx, messages)


def write_to(tx: Connection, messages: list[dict[str, Any]]) -> None:
    """Write to people: due where there is an address, nothing where the account was erased."""
    wanted = {message["person_id"] for message in messages}
    store.take_turns(tx, wanted)
    people = store.people_among(tx, wanted)
    rows = []
    for message in messages:
        person = people.get(message["person_id"])
        if person is not None and person.erased:
            continue
        has_address = person is not None and person.email is not None
        rows.append(message | {"state": State.DUE if has_address else State.WAITING_FOR_ADDRESS})
    store.write(tx, rows)


def message(message_id: UUID, kind: Kind, about: UUID, content: str) -> dict[str, Any]:
    """A message that is not addressed yet; `about` is its order, sale or agreement."""
    return {"message_id": message_id, "kind": kind, "about": about, "content": content}
