"""Households: an account has one or more adults. Members owns them and says who of them may order for it.

The account's own person is the first. Another adult has an account as well and accepts, or is a name with perhaps a
telephone, for the counter. Rights stay each person's own: only orders and what is owed for them are shared.
"""

from datetime import datetime
from uuid import UUID

from contracts.accounts import Home, Name, Phone
from contracts.members import Email
from contracts.messages import Command, Event, Model, Refused, Shape


class AdultChanged(
    Event,
    name="members.adult_changed.v1",
    shape=Shape.STATE,
    about="adult_id",
    heard_by=("orders.know_adult", "payments.know_adult", "notifications.know_adult"),
):
    """Said when somebody with an account becomes an adult of a household, and when that ends."""

    adult_id: UUID
    consumer_id: UUID
    """The household: the person whose account it is."""
    person_id: UUID
    holds: bool


class Adult(Model):
    """Another adult of the asker's household."""

    adult_id: UUID
    name: str
    phone: str | None
    email: str | None
    """Where the invitation went, as long as it is not accepted."""
    since: datetime | None
    """When it was accepted. Nothing: invited, or a name only."""


class Household(Model):
    """The other adults of the asker's own account; where the asker is an adult, or is asked to be one."""

    adults: list[Adult]
    homes: list[Home]


class MyHousehold(Command, door="members.my_household", answers=Household):
    """With whom the asker shares orders."""


class NameAdult(Command, door="members.name_adult", answers=Household | Refused, acts=True):
    """Name another adult of the asker's household; with an e-mail somebody who is invited there to order for it.

    Answers alike whether or not the address has an account. Refused `household-full`, `named-already`,
    `too-many-tries` with `details["seconds"]`. Malformed `email` where it is the asker's own.
    """

    name: Name
    phone: Phone | None = None
    email: Email | None = None


class JoinHousehold(Command, door="members.join_household", answers=Household | Refused, acts=True):
    """Accept an invitation to the asker's address. NotFound `no-such-adult`. Refused `in-a-household`."""

    adult_id: UUID


class EndAdult(Command, door="members.end_adult", answers=Household, acts=True):
    """Take an adult off a household: the one whose account it is, or the adult. NotFound `no-such-adult`."""

    adult_id: UUID
