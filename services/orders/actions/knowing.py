"""Copies of what others own, as far as a sale needs them: names to print, memberships to judge."""

from sqlalchemy import Connection

from bus.envelope import Heard
from bus.rights import keep_newest
from contracts.consents import ConsentChanged
from contracts.members import MembershipChanged, PersonChanged, PersonErased
from services.orders.store import consents, memberships, people


def know_person(tx: Connection, event: PersonChanged, heard: Heard) -> None:
    keep_newest(
        tx,
        people,
        "person_id",
        {
            "person_id": event.person_id,
            "name": event.name,
            "phone": event.phone,
            "has_email": event.email is not None,
            "seq": heard.seq,
        },
    )


def forget_person(tx: Connection, event: PersonErased, heard: Heard) -> None:
    """Drop the name and number and keep the row: orders stay, without the person."""
    nobody = {"name": "", "phone": None, "has_email": False}
    keep_newest(tx, people, "person_id", nobody | {"person_id": event.person_id, "seq": heard.seq})


def know_membership(tx: Connection, event: MembershipChanged, heard: Heard) -> None:
    keep_newest(tx, memberships, "membership_id", event.model_dump() | {"seq": heard.seq})


def know_consent(tx: Connection, event: ConsentChanged, heard: Heard) -> None:
    keep_newest(tx, consents, "consent_id", event.model_dump() | {"seq": heard.seq})
