"""Consents: a consumer's written leave for a mediator to order in their name. Members owns them and says each change.

One consent is one (consumer, mediator, town). It holds for a year from the day on which it was signed, unless it is
renewed or ended, and only while the mediator holds `mediate` on the town.
"""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.accounts import Language, Name, Phone
from contracts.identity import Insee
from contracts.members import Email, Grant, Limit, Right, Until
from contracts.messages import Command, Event, Model, Refused, Shape, Version


class ConsentChanged(
    Event,
    name="members.consent_changed.v1",
    shape=Shape.STATE,
    about="consent_id",
    heard_by=("orders.know_consent", "notifications.tell_consent"),
):
    """Said when a consent is given, renewed or ended. Before `valid_until` it holds unless it has `ended_at`."""

    consent_id: UUID
    consumer_id: UUID
    mediator_id: UUID
    town_id: UUID
    """The object of the right to mediate."""
    valid_until: datetime
    ended_at: datetime | None = None


class ConsentEnding(
    Event,
    name="members.consent_ending.v1",
    shape=Shape.FACT,
    about="consent_id",
    heard_by=("notifications.tell_consent_ending",),
):
    """Said 30 days before a consent ends by itself, and when it does; not of one that was renewed or withdrawn."""

    consent_id: UUID
    version: Version
    """As it was signed: each is told once, before and after."""
    consumer_id: UUID
    mediator_id: UUID
    valid_until: datetime
    over: bool
    """Whether that instant has come."""


class Consent(Model):
    """A consent with both names, for both and for operators."""

    consent_id: UUID
    consumer_id: UUID
    consumer_name: str
    mediator_id: UUID
    mediator_name: str
    insee: str
    """Of the town."""
    signed_on: date
    valid_until: datetime
    ended_at: datetime | None
    holds: bool
    """Whether the mediator may order by it now."""
    on_paper: bool
    """Whether the consumer has no e-mail, so that the mediator writes down what was signed."""


class Consents(Model):
    """A page of consents; `following` is the next page's `after`."""

    consents: list[Consent]
    following: UUID | None = None


SignedOn = Annotated[date, Field(description="The day on the paper; from it the consent holds for a year.")]


class AddPerson(Command, door="members.add_person", answers=Consent, acts=True, by=(Right.MEDIATE,)):
    """Sign up somebody without e-mail who has signed a consent, for mediators of the town.

    The account cannot sign in and is sent no mail. NotAllowed `right-missing`.
    """

    insee: Insee
    name: Name
    phone: Phone | None = None
    language: Language = "fr"
    signed_on: SignedOn


class AppointMediator(
    Command, door="members.appoint_mediator", answers=Grant | Refused, acts=True, by=(Right.OPERATE,)
):
    """Give somebody the right to mediate in a town, or say until when it holds; for operators.

    NotAllowed `right-missing`. Refused `unknown-email`.
    """

    email: Email
    insee: Insee
    valid_until: Until | None = None


class GiveConsent(Command, door="members.give_consent", answers=Consent | Refused, acts=True, by=(Right.MEDIATE,)):
    """Let a mediator order in the asker's name for a year from today; given again it is renewed.

    Refused `no-such-mediator`: nobody with this address mediates in this town, or it is oneself.
    """

    email: Email
    """Of the mediator."""
    insee: Insee


class RenewConsent(Command, door="members.renew_consent", answers=Consent, acts=True, by=(Right.MEDIATE,)):
    """Write down that somebody without e-mail has signed again, for the consent's mediator.

    Malformed where the paper is older than the consent's end. NotFound for consents of people who can sign in.
    """

    consent_id: UUID
    signed_on: SignedOn


class EndConsent(Command, door="members.end_consent", answers=Consent, acts=True, by=(Right.MEDIATE, Right.OPERATE)):
    """End a consent at once: by the consumer, or by the mediator or an operator, at the consumer's word."""

    consent_id: UUID


class ErasePerson(Command, door="members.erase_person", answers=None, acts=True, by=(Right.MEDIATE,)):
    """End the account of somebody without e-mail, who asked for it; for the mediator whose consent holds.

    Personal data goes, the id stays. NotFound `no-such-consent`, also for who can sign in: they do it themselves.
    """

    consent_id: UUID


class ReadConsent(Command, door="members.read_consent", answers=Consent, patience=1.0):
    """The consent by which the asker may order for somebody at this instant. NotAllowed `no-consent`.

    Orders puts this question before whatever a mediator does or reads, so that a withdrawal needs not be heard.
    """

    consumer_id: UUID


class MyConsents(Command, door="members.my_consents", answers=Consents):
    """The consents that the asker gave, ended ones as well."""

    limit: Limit = 100
    after: UUID | None = None


class MyPeople(Command, door="members.my_people", answers=Consents):
    """The consents that were given to the asker, ended ones as well."""

    limit: Limit = 100
    after: UUID | None = None
