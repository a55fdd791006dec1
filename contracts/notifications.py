"""What was written to people, as far as it is kept, and what they chose. Notifications owns it, and says nothing."""

from datetime import datetime
from enum import StrEnum
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


class Wanted(StrEnum):
    """What a member of a market may choose to be told; nothing of it is told to anybody else."""

    WINDOW_OPENED = "window_opened"
    CLOSING_SOON = "closing_soon"
    """4 hours before the close, to those who have not ordered."""


class Choice(Model):
    """What the asker is told of one market's sales."""

    market_id: UUID
    window_opened: bool
    closing_soon: bool


class MyChoices(Command, door="notifications.my_choices", answers=list[Choice]):
    """What the asker chose, for each market that has the asker as a member; nothing at first."""


class ChooseMessages(Command, door="notifications.choose_messages", answers=Choice, acts=True):
    """Choose what to be told of a market's sales, all of it anew. NotFound for somebody who is no member there.

    Who leaves a market chooses nothing there any more.
    """

    market_id: UUID
    window_opened: bool
    closing_soon: bool


class EndChoice(Command, door="notifications.end_choice", answers=None, acts=True, open_to_strangers=True):
    """Be told something no more, by the link of a mail, without signing in: of that market alone, and nothing else.

    NotFound `no-such-choice` once the account is gone.
    """

    secret: Annotated[UUID, Field(repr=False)]
    """Of the mail's link; it allows nothing else."""
    wanted: Wanted
