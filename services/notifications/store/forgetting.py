"""What is written of somebody who is to be forgotten, in messages and in lists; every statement on it."""

from collections.abc import Iterable
from uuid import UUID

import orjson
from sqlalchemy import Connection, delete, text, update

from services.notifications.rules import UNSENT
from services.notifications.store.tables import messages


def forget_messages(tx: Connection, person_id: UUID) -> None:
    """Drop what is unsent, and the content of what was sent, to somebody; also of the household's copies."""
    tx.execute(_FORGET_COPIES, {"person": person_id})
    to_them = messages.c.person_id == person_id
    tx.execute(delete(messages).where(to_them, messages.c.state.in_(UNSENT)))
    tx.execute(update(messages).where(to_them).values(content=None))


_CONSUMER = """
    cast(coalesce(cast(content as jsonb) ->> 'consumer_id',
      cast(content as jsonb) -> 'order' ->> 'consumer_id') as uuid)
"""
_RECIPIENTS = text(f"""
    select distinct coalesce(cast(content as jsonb) ->> 'recipient', cast(content as jsonb) -> 'order' ->> 'recipient')
    from messages where person_id = :person and content is not null and {_CONSUMER} = :person
""")  # noqa: S608 (no value is put into the text)
_FORGET_COPIES = text(f"""
    update messages set content = null
    where person_id in (select person_id from adults where consumer_id = :person) and state = 'sent'
      and content is not null and {_CONSUMER} = :person
""")  # noqa: S608
_FORGET_LISTS = text("""
    update preparation_lists set content = replace(content, :named, :nobody) where strpos(content, :named) > 0
""")
_FORGET_UNSENT = text("""
    update messages set content = replace(content, :named, :nobody)
    where state <> 'sent' and content is not null and strpos(content, :named) > 0
""")

_FORGET_ACTS = text(r"""
    update messages set content = regexp_replace(content, :act || '"(\\.|[^"\\])*"', :act || '""', 'g')
    where content is not null and strpos(content, :act) > 0
""")


def forget_letters(tx: Connection, email: str) -> None:
    """Drop what is still to be sent to an address that was an account's: its links lead nowhere any more."""
    tx.execute(delete(messages).where(messages.c.to_address == email, messages.c.state.in_(UNSENT)))


def recipients(tx: Connection, person_id: UUID) -> set[str]:
    """Whom somebody ordered for, as far as it is kept."""
    return {name for name in tx.execute(_RECIPIENTS, {"person": person_id}).scalars() if name}


def forget_words(tx: Connection, words: Iterable[str]) -> None:
    """Drop names from the lists that are kept for sellers, and from what is still to be sent to them.

    A list's order has its quantities after its name, which a product of the same name has not.
    """
    for word in words:
        name = orjson.dumps(word).decode()
        pair = {"named": f'"name":{name},"quantities"', "nobody": '"name":"","quantities"'}
        tx.execute(_FORGET_LISTS, pair)
        tx.execute(_FORGET_UNSENT, pair)
        for field in ("entered_by", "agreed"):
            tx.execute(_FORGET_UNSENT, {"named": f'"{field}":{name}', "nobody": f'"{field}":""'})


def forget_acts(tx: Connection, person_id: UUID) -> None:
    """Drop a mediator's name, as it was at any time, from what was written to consumers and is kept for them."""
    tx.execute(_FORGET_ACTS, {"act": f'"mediator_id":"{person_id}","mediator_name":'})
