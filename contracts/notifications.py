"""What was written to people, as far as it is kept, what they chose, and what markets add. Notifications owns it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.members import Right
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


class ConsumerMail(StrEnum):
    """The mails to its consumers in which a market may have a word of its own."""

    ORDER_PLACED = "order_placed"
    ORDER_CHANGED = "order_changed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_REMINDER = "order_reminder"
    ORDER_SHORTENED = "order_shortened"
    ORDER_REPRICED = "order_repriced"
    PRICE_ASKED = "price_asked"
    LINES_DROPPED = "lines_dropped"
    ORDER_SHIFTED = "order_shifted"
    CALLED_OFF = "called_off"
    WINDOW_OPENED = "window_opened"
    CLOSING_SOON = "closing_soon"


Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
"""Plain text; an empty line begins a new paragraph."""


class MarketWord(Model):
    """What a market says in one of its mails, after the facts; in the other language where one is left empty."""

    market_id: UUID
    mail: ConsumerMail
    french: Said = ""
    english: Said = ""
    version: int = 0
    """0 while nobody wrote any."""


class ListMarketWords(Command, door="notifications.list_market_words", answers=list[MarketWord]):
    """What a market says in each of its mails, for who organises it; NotFound for anybody else."""

    market_id: UUID


class WriteMarketWord(
    Command, door="notifications.write_market_word", answers=MarketWord, acts=True, by=(Right.ORGANISE,)
):
    """Say something else in one of a market's mails, for who organises it; nothing at all where both are empty.

    It is in whatever is sent from now on. Conflict `market-word-changed` where somebody wrote it meanwhile.
    """

    market_id: UUID
    mail: ConsumerMail
    french: Said = ""
    english: Said = ""
    version: Annotated[int, Field(ge=0)]
    """That of the word which was read."""
