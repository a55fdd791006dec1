"""CloudEvents 1.0 in JSON: what every event travels in."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import Field

from contracts.messages import EVENTS, Event, Model


class Heard(Model):
    """An event's envelope as a handler sees it."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    seq: int
    factid: UUID
    traceparent: str = ""
    data: dict[str, Any] = Field(repr=False)

    def event(self) -> Event:
        return EVENTS[self.type].model_validate(self.data)


def write(instance: str, service: str, row: Any) -> bytes:
    """The envelope of an outbox row; its body is JSON already and is not read again."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": row.message_id,
            "source": f"/towns/{instance}/{service}",
            "type": row.type,
            "datacontenttype": "application/json",
            "time": row.said_at,
            "subject": row.subject,
            "seq": row.seq,
            "factid": row.factid,
            "traceparent": row.traceparent,
            "data": orjson.Fragment(row.body),
        }
    )


def read(body: bytes) -> Heard:
    """The envelope in `body`; raises ValueError (pydantic's or a missing type's) for what is not one."""
    heard = Heard.model_validate_json(body)
    if heard.type not in EVENTS:
        raise ValueError(f"no contract is named {heard.type}")
    return heard
