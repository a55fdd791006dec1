"""What becomes a message, and to whom it goes. A message keeps what was said, as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from bus import rights
from bus.envelope import Heard
from contracts.catalog import ProducerChanged
from contracts.members import GrantChanged, LetterAsked, PersonChanged, Right
from contracts.orders import Order, PreparationListReady
from services.notifications import rules, store
from services.notifications.rules import Kind, State

ALWAYS = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def write_order_mail(tx: Connection, kind: Kind, order: Order) -> None:
    """Tell the consumer how the order stands at this version."""
    message_id = rules.order_mail_id(order.order_id, order.version)
    content = order.model_dump_json()
    _write_to(tx, order.consumer_id, _message(message_id, kind, order.order_id, content))


def write_lists(tx: Connection, event: PreparationListReady, said_at: datetime) -> None:
    """Send a list to all who sell for its producer; keep it for those heard of later."""
    producer_id = event.preparation_list.producer_id
    content = event.preparation_list.model_dump_json()
    store.take_turns(tx, producer_id)
    store.keep_list(
        tx,
        {
            "list_id": event.list_id,
            "producer_id": producer_id,
            "content": content,
            "said_at": said_at,
        },
    )
    for person_id in store.sellers(tx, producer_id):
        _write_list(tx, event.list_id, content, person_id)


def write_letter(tx: Connection, letter: LetterAsked) -> None:
    """Send a letter to the address it names, whether or not anybody is known there."""
    kind = Kind(letter.kind)
    if kind not in rules.LETTERS:
        raise ValueError(f"{kind} is not a letter")
    message_id = rules.letter_mail_id(letter.letter_id)
    content = letter.model_dump_json(include={"secret"})
    addressed = {
        "to_name": rules.greeted_name(letter.name),
        "to_address": letter.email,
        "language": letter.language,
        "state": State.DUE,
    }
    store.write(tx, _message(message_id, kind, letter.letter_id, content) | addressed)


def know_person(tx: Connection, event: PersonChanged, seq: int) -> None:
    """Keep a name and an address; messages without an address wait until there is one."""
    store.take_turns(tx, event.person_id)
    row = event.model_dump(include={"person_id", "name", "email", "language"})
    if not store.know_person(tx, row | {"erased": False, "seq": seq}):
        return
    if event.email:
        store.move_all(tx, event.person_id, State.WAITING_FOR_ADDRESS, State.DUE)
    else:
        store.move_all(tx, event.person_id, State.DUE, State.WAITING_FOR_ADDRESS)


def forget_person(tx: Connection, person_id: UUID, seq: int) -> None:
    """Drop somebody's name, address and unsent messages; nothing is written to them again."""
    store.take_turns(tx, person_id)
    erased = {"name": "", "email": None, "language": "fr", "erased": True}
    store.know_person(tx, erased | {"person_id": person_id, "seq": seq})
    store.forget_messages(tx, person_id)


def know_grant(tx: Connection, event: GrantChanged, heard: Heard) -> None:
    """Keep a right; one to sell that is heard late brings the lists said since it began."""
    if event.right is not Right.SELL or event.object_id is None:
        rights.know_grant(tx, event, heard)
        return
    store.take_turns(tx, event.object_id)
    rights.know_grant(tx, event, heard)
    if event.person_id in store.sellers(tx, event.object_id):
        _catch_up(tx, event.object_id, event.person_id, heard.time)
    else:
        store.withdraw_lists(tx, event.person_id, event.object_id)


def know_producer(tx: Connection, event: ProducerChanged, seq: int) -> None:
    """Keep who founded a farm; heard of after its first list, the founder gets that list now."""
    store.take_turns(tx, event.producer_id)
    row = event.model_dump(include={"producer_id", "founder_id"})
    store.know_producer(tx, row | {"seq": seq})
    if event.founder_id in store.sellers(tx, event.producer_id):
        _catch_up(tx, event.producer_id, event.founder_id, ALWAYS)


def tidy(tx: Connection, now: datetime) -> None:
    """Give up what nobody can be sent, and drop what need not be kept."""
    store.give_up(tx, before=now - rules.TRIED_FOR)
    store.prune(tx, before=now - rules.KEPT_FOR, lists_before=now - rules.TRIED_FOR)


def _catch_up(tx: Connection, producer_id: UUID, person_id: UUID, since: datetime) -> None:
    for row in store.lists_since(tx, producer_id, since):
        _write_list(tx, row.list_id, row.content, person_id)


def _write_list(tx: Connection, list_id: UUID, content: str, person_id: UUID) -> None:
    message_id = rules.list_mail_id(list_id, person_id)
    _write_to(tx, person_id, _message(message_id, Kind.PREPARATION_LIST, list_id, content))


def _write_to(tx: Connection, person_id: UUID, message: dict[str, Any]) -> None:
    """Write to a person: due if there is an address, nothing if the account was erased."""
    store.take_turns(tx, person_id)
    person = store.person(tx, person_id)
    if person is not None and person.erased:
        return
    has_address = person is not None and person.email is not None
    state = State.DUE if has_address else State.WAITING_FOR_ADDRESS
    store.write(tx, message | {"person_id": person_id, "state": state})


def _message(message_id: UUID, kind: Kind, about: UUID, content: str) -> dict[str, Any]:
    return {"message_id": message_id, "kind": kind, "about": about, "content": content}
