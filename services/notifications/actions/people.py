"""Who people are, what they may, and what of them is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row

from bus import forgetting, rights
from bus.envelope import Heard
from contracts.catalog import MarketChanged
from contracts.members import GrantChanged, LetterAsked, PersonChanged, Right
from contracts.notifications import MyMessages, OwnMessage, OwnMessages
from contracts.producers import ProducerChanged
from services.notifications import rules, store
from services.notifications.actions.sales import of_list
from services.notifications.actions.writing_down import message, write_to
from services.notifications.rules import Kind, State
from services.notifications.store import choices
from services.notifications.store import forgetting as written

ALWAYS = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


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
        "named_id": letter.inviter_id,
        "state": State.DUE,
    }
    store.write(tx, [message(message_id, kind, letter.letter_id, content) | addressed])


def know_person(tx: Connection, event: PersonChanged, seq: int) -> None:
    """Keep a name and an address; messages without an address wait until there is one."""
    store.take_turns(tx, [event.person_id])
    row = event.model_dump(include={"person_id", "name", "email", "language"})
    if not store.know_person(tx, row | {"erased": False, "seq": seq}):
        return
    if event.email:
        store.move_all(tx, event.person_id, State.WAITING_FOR_ADDRESS, State.DUE)
    else:
        store.move_all(tx, event.person_id, State.DUE, State.WAITING_FOR_ADDRESS)


def own_messages(tx: Connection, command: MyMessages, person_id: UUID) -> OwnMessages:
    """A page of what was written to somebody; content only where it is that person's own order."""
    messages = [_own_message(row) for row in store.messages_of(tx, person_id, command.limit, command.after)]
    return OwnMessages(messages=messages, following=messages[-1].message_id if len(messages) == command.limit else None)


def forget_person(tx: Connection, person_id: UUID, seq: int) -> None:
    """Drop somebody's name, address and unsent messages, and the name from others' lists; nothing is written again."""
    store.take_turns(tx, [person_id])
    known = store.people_among(tx, [person_id]).get(person_id)
    words = {known.name if known else "", *written.recipients(tx, person_id)}
    forgetting.forget(tx, person_id, words)
    written.forget_words(tx, words - {""})
    written.forget_acts(tx, person_id)
    erased = {"name": "", "email": None, "language": "fr", "erased": True}
    store.know_person(tx, erased | {"person_id": person_id, "seq": seq})
    written.forget_messages(tx, person_id)
    if known and known.email:
        written.forget_letters(tx, known.email)
    choices.forget(tx, person_id)


def know_grant(tx: Connection, event: GrantChanged, heard: Heard) -> None:
    """Keep a right; one to sell that is heard late brings the lists said since it began."""
    if event.right is not Right.SELL or event.object_id is None:
        rights.know_grant(tx, event, heard)
        return
    store.take_turns(tx, [event.object_id])
    rights.know_grant(tx, event, heard)
    if event.person_id in store.sellers(tx, event.object_id):
        _catch_up(tx, event.object_id, event.person_id, heard.time)
    else:
        store.withdraw_lists(tx, event.person_id, event.object_id)


def know_market(tx: Connection, event: MarketChanged, seq: int) -> None:
    """Keep how a market speaks to its consumers, and how it looks."""
    kept = event.model_dump(include={"market_id", "says_tu", "brand_colour", "logo"})
    store.know_market(tx, kept | {"seq": seq})


def know_producer(tx: Connection, event: ProducerChanged, seq: int) -> None:
    """Keep who founded a farm; heard of after its first list, the founder gets that list now."""
    store.take_turns(tx, [event.producer_id])
    row = event.model_dump(include={"producer_id", "founder_id"})
    store.know_producer(tx, row | {"seq": seq})
    if event.founder_id in store.sellers(tx, event.producer_id):
        _catch_up(tx, event.producer_id, event.founder_id, ALWAYS)


def tidy(tx: Connection, now: datetime) -> None:
    """Give up what nobody can be sent, and drop what need not be kept."""
    store.give_up(tx, before=now - rules.TRIED_FOR)
    store.prune(tx, before=now - rules.KEPT_FOR, lists_before=now - rules.TRIED_FOR)
    choices.prune(tx, before=now - rules.KEPT_FOR)


def _catch_up(tx: Connection, producer_id: UUID, person_id: UUID, since: datetime) -> None:
    rows = store.lists_since(tx, producer_id, since)
    write_to(tx, [of_list(row.list_id, row.content, person_id) for row in rows])


def _own_message(row: Row[Any]) -> OwnMessage:
    content = orjson.loads(row.content) if row.content is not None and rules.is_kept(row.kind) else None
    return OwnMessage.model_validate(dict(row._mapping) | {"content": content})
