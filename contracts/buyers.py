"""Group messages: what a market's organisers, or a farm, write to everybody who ordered of them in a distribution.

Orders owns them, for it knows who ordered. A mail of one's own goes to each person; who has no e-mail is called.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from contracts.members import Right
from contracts.messages import Command, Event, Model, Refused, Shape


def _one_line(text: str) -> str:
    return " ".join(text.split())


MessageSubject = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_one_line)
]
MessageText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""Plain: what looks like HTML is read as it was typed."""


class GroupMessage(Model):
    """What was written to the buyers of a distribution, or of a farm in it; its writer is known by id alone."""

    message_id: UUID
    distribution_id: UUID
    producer_id: UUID | None
    """Of the farm that wrote; nothing for the market."""
    producer_name: str
    subject: str
    """Empty, as the text, a year after the hand-over."""
    text: str
    written_by: UUID
    written_at: datetime
    by_mail: int
    """People to whom a mail goes, with the other adults of their households."""
    by_telephone: int
    """People who ordered and have no e-mail: they must be called."""
    done_at: datetime | None = None
    """When the last of the mails was handed on."""


class BuyerToCall(Model):
    """Somebody who ordered, and whom no mail reaches."""

    name: str
    phone: str | None
    orders: list[str]
    """The number of each order, or its code before the close."""


class Buyers(Model):
    """Whom a group message reaches now, and what was written before."""

    distribution_id: UUID
    producer_id: UUID | None
    producer_name: str
    by_mail: int
    to_call: list[BuyerToCall]
    messages: list[GroupMessage]
    """The last fifty, newest first: a farm's own, or all of the distribution for its organisers."""
    left: int
    """How many messages this side may still write within a day."""
    is_over: bool
    """The hand-over was more than a week ago: nothing is written any more."""


class ReadBuyers(Command, door="orders.read_buyers", answers=Buyers):
    """Whom one would write to; for the organisers of the market, or, of a farm's buyers, for those who sell for it."""

    distribution_id: UUID
    producer_id: UUID | None = None


class WriteToBuyers(
    Command, door="orders.write_to_buyers", answers=GroupMessage | Refused, acts=True, by=(Right.SELL, Right.ORGANISE)
):
    """Write to everybody with an order in a distribution, or with goods of one farm in it; for the same people.

    Without a producer it is the market that writes. Each person is told once, however many orders he has; cancelled
    orders are nobody's. Refused: `nobody-ordered`, `too-many-messages` (three a day of each side), `orders-over` (a
    week after the hand-over).
    """

    distribution_id: UUID
    producer_id: UUID | None = None
    subject: MessageSubject
    text: MessageText


class BuyerWrittenTo(
    Event,
    name="orders.buyer_written_to.v1",
    shape=Shape.FACT,
    about="notice_id",
    heard_by=("notifications.tell_buyer",),
):
    """Said once per group message and person who ordered."""

    notice_id: UUID
    person_id: UUID
    market_id: UUID
    market_name: str
    venue_name: str
    time_zone: str
    starts_at: datetime
    message: GroupMessage
