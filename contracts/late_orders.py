"""Orders written after the close, for people who telephone and had none. Orders answers and says all of it.

Somebody without an account is a guest. A guest's name and number stand where those of people without e-mail do, in the
copies that orders keeps, and in no event: so they are dropped in the same way.
"""

from uuid import UUID

from pydantic import Field

from contracts.accounts import Name, Phone
from contracts.day import FarmRow
from contracts.late import AddLateLines, More
from contracts.members import Right
from contracts.messages import Command, Model, Refused


class MemberFound(Model):
    """A member of a market, and what stands for this person in a sale."""

    person_id: UUID
    name: str
    order_id: UUID | None = None
    """Late lines are added to it; a late order is for who has none."""
    number: int | None = None


class FindMembers(Command, door="orders.find_members", answers=list[MemberFound]):
    """Members of a sale's market by parts of their name, twenty at most; for those who hand the sale over.

    Accents and case do not matter.
    """

    distribution_id: UUID
    name: str = Field(min_length=2, max_length=120)


class PlaceLateOrder(
    Command, door="orders.place_late_order", answers=FarmRow | Refused, acts=True, by=(Right.ORGANISE, Right.HANDOVER)
):
    """Write an order after the close, for a member who has none or for a guest; answers what it has of the farm.

    For organisers and those who hold the hand-over. It takes the next number of the sale, and is in all else as lines
    that are added late; goods of other farms follow as such. Refused as `AddLateLines`, and `not-a-member`,
    `order-stands` (details: `order_id`, `number`).
    """

    distribution_id: UUID
    producer_id: UUID
    lines: list[More] = Field(min_length=1, max_length=200)
    agreed: str = Field(default="", max_length=120)
    """Who of the farm said yes, and how; who sells for it may leave it empty."""
    person_id: UUID | None = None
    """A member of the market."""
    name: Name | None = None
    """Of a guest; either this or `person_id`."""
    phone: Phone | None = None
    """Of a guest."""

    def addition(self, order_id: UUID) -> AddLateLines:
        """The same goods as lines of that order."""
        what = self.model_dump(include={"producer_id", "lines", "agreed"})
        return AddLateLines.model_validate(what | {"order_id": order_id})


class ForgetGuest(Command, door="orders.forget_guest", answers=None, acts=True, by=(Right.ORGANISE, Right.HANDOVER)):
    """Drop the name and number of an order's guest, who asked for it; the order stands under its number.

    For organisers and those who hold the hand-over. A year after the hand-over it is done by itself.
    """

    order_id: UUID
