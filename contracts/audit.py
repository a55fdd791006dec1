"""The audit trail: what was done by right, by whom and when. Each service keeps that of its own doors.

A row is written in the transaction of the deed by the door itself, for every command that names rights in `by`. It
holds ids, numbers, dates and words of the code, never what somebody typed (decisions/0019).
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.members import Limit, Right
from contracts.messages import Command, Model


class Deed(Model):
    """Something that was done, and stayed done."""

    deed_id: UUID
    """Later deeds have greater ones, across services."""
    at: datetime
    person_id: UUID
    right: Right | None
    """By which it was done; nothing for who acted for himself, or had just founded the object."""
    held_on: UUID | None
    """The market, farm, distribution or town on which the right is held; nothing for the instance."""
    door: str
    """The command."""
    objects: list[UUID]
    """The markets, farms and towns that it was about."""
    facts: dict[str, Any]
    """What the command said, and the ids of what it made."""
    trace_id: str


class Deeds(Model):
    """A page of the audit trail, newest first; `following` is the next page's `after`."""

    deeds: list[Deed]
    following: UUID | None = None


class _AboutObject(Model):
    object_id: UUID | None = None
    """A market or a farm; nothing for the whole instance."""
    person_id: UUID | None = None
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None
    limit: Limit = 50
    after: UUID | None = None


class ListMembersDeeds(_AboutObject, Command, door="members.list_members_audit", answers=Deeds):
    """What was done about people, rights and consents; for the object's organisers or sellers, and operators."""


class ListCatalogDeeds(_AboutObject, Command, door="catalog.list_catalog_audit", answers=Deeds):
    """What was done to markets, farms, products and plans; for the object's organisers or sellers, and operators."""


class ListOrdersDeeds(_AboutObject, Command, door="orders.list_orders_audit", answers=Deeds):
    """What was done to sales and others' orders; for the object's organisers or sellers, and operators."""


class ListPaymentsDeeds(_AboutObject, Command, door="payments.list_payments_audit", answers=Deeds):
    """What was done with money and mandates; for the object's organisers or sellers, and operators."""


class ListNotificationsDeeds(_AboutObject, Command, door="notifications.list_notifications_audit", answers=Deeds):
    """What was done to markets' words in mails; for the object's organisers or sellers, and operators."""


ListDeeds = ListMembersDeeds | ListCatalogDeeds | ListOrdersDeeds | ListPaymentsDeeds | ListNotificationsDeeds


class PersonName(Model):
    """What somebody is called."""

    person_id: UUID
    name: str


class NameActors(Command, door="members.name_actors", answers=list[PersonName]):
    """Names of people to whom a right was ever given, for whoever organises, sells or operates; others are left out.

    Who has no account any more has no name.
    """

    person_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
