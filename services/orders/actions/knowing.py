"""Copies of what others own, as far as a sale needs them: names to print, memberships to judge."""

from sqlalchemy import Connection

from bus.envelope import Heard
from bus.rights import keep_newest
from contracts.members import MembershipChanged, PersonChanged, PersonErased
from services.orders.store import memberships, people


def know_person(tx: Connection, event: PersonChanged, heard: Heard) -> None:
    keep_newest(
        tx,
        people,
        "person_id",
        {"person_id": event.person_id, "name": event.name, "seq": heard.seq},
    )


def forget_person(tx: Connection, event: PersonErased, heard: Heard) -> None:
    """Drop the name and keep the row: orders stay, without the person."""
    keep_newest(tx, people, "person_id", {"person_id": event.person_id, "name": "", "seq": heard.seq})


def know_membership(tx: Connection, event: MembershipChanged, heard: Heard) -> None:
    keep_newest(tx, memberships, "membership_id", event.model_dump() | {"seq": heard.seq})
