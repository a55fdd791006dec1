"""People: who signed in, who may do what, who belongs to which market. Said by members.

Names and addresses travel only in `PersonChanged` and `PersonErased`; everything else carries ids.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    EmailStr,
    Field,
    model_validator,
)

from contracts.messages import Command, Event, Model, Refused, Shape
from contracts.towns import insee_of


class Right(StrEnum):
    """What a grant allows, on one object each; not hierarchical."""

    ORGANISE = "organise"
    TREASURY = "treasury"
    HANDOVER = "handover"
    SELL = "sell"
    MEDIATE = "mediate"
    OPERATE = "operate"
    ACCOUNT = "account"
    """Reads the figures and documents of a market, of a farm or of the instance, until a date, and changes nothing."""
    LEND = "lend"
    """Lends a town's halls and squares to markets."""


class Standing(StrEnum):
    """Where a person stands with a market."""

    MEMBER = "member"
    WAITING = "waiting"
    REFUSED = "refused"
    LEFT = "left"
    BANNED = "banned"


class NamedAdult(Model):
    """Another adult of somebody's household who has no account."""

    name: str
    phone: str | None


class PersonChanged(
    Event,
    name="members.person_changed.v1",
    shape=Shape.STATE,
    about="person_id",
    heard_by=("orders.know_person", "notifications.know_person"),
):
    """Said when an account is made, confirmed or edited. A copy is kept only by those who print a name or send mail."""

    person_id: UUID
    name: str
    email: str | None
    """Confirmed address, else nothing."""
    phone: str | None
    language: str
    adults: list[NamedAdult] = Field(default=[])
    """Who else may come to fetch an order; those with an account are said in `AdultChanged`."""


class PersonErased(
    Event,
    name="members.person_erased.v1",
    shape=Shape.STATE,
    about="person_id",
    heard_by=("orders.forget_person", "notifications.forget_person"),
):
    """Said once, at the end of an account; listeners drop the name, not their rows. `seq` is PersonChanged's."""

    person_id: UUID


class GrantChanged(
    Event,
    name="members.grant_changed.v1",
    shape=Shape.STATE,
    about="grant_id",
    heard_by=("catalog.know_grant", "orders.know_grant", "notifications.know_grant", "payments.know_grant"),
):
    """Said when a right begins, is limited or ends. One grant is one (person, right, object)."""

    grant_id: UUID
    person_id: UUID
    right: Right
    object_id: UUID | None
    """Nothing where it is about the instance: `operate`, and perhaps `account`; for `mediate` and `lend` a town's id,
    as `contracts.towns` makes it."""
    holds: bool
    valid_until: datetime | None = None


class RightGiven(
    Event,
    name="members.right_given.v1",
    shape=Shape.FACT,
    about="grant_id",
    heard_by=("notifications.tell_right",),
):
    """Said when somebody names somebody else who did not hold this right; not of founders, nor of another term."""

    grant_id: UUID
    version: int
    """The number of the grant's `GrantChanged`: whoever is named again is told again."""
    person_id: UUID
    giver_id: UUID
    right: Right
    name: str
    """Of the market or the farm; nothing for a town or the instance, or where it is not known yet."""
    valid_until: datetime | None = None


class TokensRevoked(
    Event,
    name="members.tokens_revoked.v1",
    shape=Shape.STATE,
    about="person_id",
    heard_by=(
        "catalog.refuse_older_tokens",
        "orders.refuse_older_tokens",
        "payments.refuse_older_tokens",
        "notifications.refuse_older_tokens",
    ),
):
    """Said when a session ends, a password changes or an account is erased: older identity tokens are void at once."""

    person_id: UUID
    not_before: datetime


class KeysChanged(
    Event,
    name="members.keys_changed.v1",
    shape=Shape.STATE,
    about="issuer",
    heard_by=("catalog.know_keys", "orders.know_keys", "payments.know_keys", "notifications.know_keys"),
):
    """Said at the first start and at each rotation: the public keys (JWK) by which identity tokens are verified."""

    issuer: str
    keys: list[dict[str, Any]]


class MembershipChanged(
    Event,
    name="members.membership_changed.v1",
    shape=Shape.STATE,
    about="membership_id",
    heard_by=("orders.know_membership", "catalog.know_membership", "notifications.know_membership"),
):
    """Said when somebody joins, waits, is refused, leaves or is banned."""

    membership_id: UUID
    market_id: UUID
    person_id: UUID
    standing: Standing


class LetterAsked(
    Event,
    name="members.letter_asked.v1",
    shape=Shape.FACT,
    about="letter_id",
    heard_by=("notifications.write_letter",),
):
    """Said when an account needs a mail that carries a secret link; the secret is single-use and short-lived."""

    letter_id: UUID
    kind: str
    """`confirm_email`, `reset_password`, `already_registered`, `new_address`; `address_changed`, to the old one;
    `household`, an invitation by somebody else."""
    email: str
    name: str
    language: str
    secret: str | None = None
    inviter_id: UUID | None = None
    """Who invites."""


def _deliverable(address: str) -> str:
    """In lower case; ValueError before the @ but for ASCII, which mail servers mostly refuse."""
    if not address.partition("@")[0].isascii():
        raise ValueError("before the @ an address has plain letters")
    return address.lower()


Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(_deliverable)]
"""An address that mail reaches, in lower case: two accounts never differ by case alone."""
Limit = Annotated[int, Field(ge=1, le=100)]


class Membership(Model):
    """A person's place in a market; `message` is what was written to its organisers."""

    membership_id: UUID
    market_id: UUID
    market_name: str
    standing: Standing
    message: str
    since: datetime


class Member(Model):
    """A membership as the market's organisers see it."""

    membership_id: UUID
    person_id: UUID
    name: str
    standing: Standing
    message: str
    since: datetime


class Memberships(Model):
    """A page of the asker's memberships; `following` is the next page's `after`."""

    memberships: list[Membership]
    following: UUID | None = None


class Members(Model):
    """A page of a market's members; `following` is the next page's `after`."""

    members: list[Member]
    following: UUID | None = None


class Grant(Model):
    """A right that somebody holds on an object, for those who hold it too."""

    grant_id: UUID
    person_id: UUID
    name: str
    email: str | None
    right: Right
    object_id: UUID | None
    valid_until: datetime | None


class Grants(Model):
    """A page of an object's grants; `following` is the next page's `after`."""

    grants: list[Grant]
    following: UUID | None = None


class JoinMarket(Command, door="members.join_market", answers=Membership | Refused, acts=True):
    """Become a member, or ask to. Refused `market-closed-to-newcomers`, `banned`."""

    market_id: UUID
    message: Annotated[str, Field(max_length=1000)] = ""


class LeaveMarket(Command, door="members.leave_market", answers=Membership, acts=True):
    """Leave a market, or stop waiting for it. NotFound for somebody who is neither."""

    market_id: UUID


class MyMemberships(Command, door="members.my_memberships", answers=Memberships):
    """Where the asker stands with each market."""

    limit: Limit = 50
    after: UUID | None = None


class ListMembers(Command, door="members.list_members", answers=Members):
    """A market's members, in the order in which they came; for its organisers."""

    market_id: UUID
    standing: Standing | None = None
    limit: Limit = 50
    after: UUID | None = None


class Decision(StrEnum):
    """What an organiser may do with a membership."""

    ADMIT = "admit"
    REFUSE = "refuse"
    BAN = "ban"


class DecideMembership(Command, door="members.decide_membership", answers=Member, acts=True, by=(Right.ORGANISE,)):
    """Admit, refuse or ban; for the market's organisers. Conflict `membership-changed`."""

    membership_id: UUID
    decision: Decision


Until = Annotated[AwareDatetime, Field(le=datetime(2100, 1, 1, tzinfo=UTC))]
"""When a right ends: an instant that every clock on a wall can show."""


class _AboutObject(Model):
    right: Right
    object_id: UUID | None = None

    @model_validator(mode="after")
    def _only_two_rights_are_about_the_instance(self) -> Self:
        if self.object_id is None and self.right not in (Right.OPERATE, Right.ACCOUNT):
            raise ValueError("every right but `operate` and `account` is held on one object")
        if self.object_id is not None and self.right is Right.OPERATE:
            raise ValueError("`operate` is about the instance")
        return self

    @model_validator(mode="after")
    def _some_are_about_a_town(self) -> Self:
        of_towns = self.right in (Right.MEDIATE, Right.LEND)
        if of_towns and self.object_id is not None and insee_of(self.object_id) is None:
            raise ValueError("`mediate` and `lend` are held on a town")
        return self


class GrantRight(
    _AboutObject, Command, door="members.grant_right", answers=Grant | Refused, acts=True, by=tuple(Right)
):
    """Share a right that the asker holds (an operator: any), or set until when it holds.

    Who organises a market gives its `treasury`, and the `handover` of its distributions; who organises or sells for a
    farm gives its `account`. Only operators give `mediate`, and `account` on the instance. `handover` and `account`
    always have an end. NotAllowed `right-missing`, `outlasts-yours`. Refused `unknown-email`, `last-holder`.
    """

    email: Email
    valid_until: Until | None = None


class RevokeRight(Command, door="members.revoke_right", answers=None | Refused, acts=True, by=tuple(Right)):
    """End a grant, by somebody who may give it or by its holder. Refused `last-holder`."""

    grant_id: UUID


class ListGrants(_AboutObject, Command, door="members.list_grants", answers=Grants):
    """Who holds a right on an object; for those who may give it."""

    limit: Limit = 50
    after: UUID | None = None


class OwnGrant(Model):
    """A right that the asker holds, or held."""

    grant_id: UUID
    right: Right
    object_id: UUID | None
    holds: bool
    valid_until: datetime | None
    name: str = ""
    """Of the market or the farm; nothing for a town or the instance, or where it is not known yet."""


class OwnGrants(Model):
    """A page of one's own grants; `following` is the next page's `after`."""

    grants: list[OwnGrant]
    following: UUID | None = None


class MyGrants(Command, door="members.my_grants", answers=OwnGrants):
    """Every right that was ever given to the asker, those that ended included."""

    limit: Limit = 50
    after: UUID | None = None
