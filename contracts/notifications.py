"""What was written to people, as far as it is kept. Notifications owns it, and says nothing."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.messages import Command, Model


class OwnMessage(Model):
    """A message to the asker. Its content is kept for some time where it is about the asker's own order."""

    message_id: UUID
    kind: str
    about: UUID
    """The order, the list, the sale."""
    state: str
    written_at: datetime
    settled_at: datetime | None
    """When it was sent, or given up."""
    content: dict[str, Any] | None = None


class OwnMessages(Model):
    """A page of one's own messages; `following` is the next page's `after`."""

    messages: list[OwnMessage]
    following: UUID | None = None


class MyMessages(Command, door="notifications.my_messages", answers=OwnMessages):
    """What was written to the asker, sent or not. Letters with secrets are kept for nobody."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: UUID | None = None
