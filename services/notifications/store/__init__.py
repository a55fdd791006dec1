"""What is to be sent, to whom, and what became of it; every statement on it.

A message goes to a person, whose address is looked up when it is sent, or, for a letter, to the
address it carries. A claim runs by the real clock, everything else by `halle_now()`: a demo's clock
may jump while a mail is under way.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Row,
    Uuid,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    text,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from bus import rights
from bus.tables import grants
from contracts.members import Right
from services.notifications.rules import MOVES, UNSENT, Kind, State
from services.notifications.store.tables import (
    IS_KEPT,
    markets,
    messages,
    metadata,
    people,
    preparation_lists,
    producers,
)

__all__ = ["markets", "messages", "metadata", "people", "preparation_lists", "producers"]


class MarketVoice(NamedTuple):
    """How a market speaks to its consumers at this moment, and how it looks."""

    says_tu: bool = False
    colour: str | None = None
    logo: str | None = None
    french: str = ""
    """Its word in this mail."""
    english: str = ""


class Claimed(NamedTuple):
    """A message that this process alone may send now, with the name and address of the moment."""

    message_id: UUID
    kind: Kind
    content: str
    written_at: datetime
    failures: int
    name: str
    address: str
    language: str
    person_id: UUID | None = None
    named: str = ""
    """The other person whom it names, where there is one."""
    market: MarketVoice = MarketVoice()
    """Of its market, where it is to a consumer of one."""


_TURNS = text("select pg_advisory_xact_lock(number) from unnest(cast(:numbers as bigint[])) number")
_PEOPLE = select(people).where(people.c.person_id == func.any(bindparam("wanted", type_=ARRAY(Uuid))))


def take_turns(tx: Connection, subjects: Iterable[UUID]) -> None:
    """Until commit, be the only one who writes about these people or producers.

    What a message needs (an address, a right) and the message itself are heard side by side:
    without turns each of two transactions could miss the other's row, and the message would wait
    for ever. Whoever needs several turns takes them in one order.
    """
    numbers = sorted({int.from_bytes(subject.bytes[8:], "big", signed=True) for subject in subjects})
    tx.execute(_TURNS, {"numbers": numbers})


def know_person(tx: Connection, row: dict[str, Any]) -> bool:
    """Keep the newest state of a person; false when a later one is known."""
    return rights.keep_newest(tx, people, "person_id", row)


def people_among(tx: Connection, wanted: Iterable[UUID]) -> dict[UUID, Row[Any]]:
    """What is known of people, by their ids."""
    return {row.person_id: row for row in tx.execute(_PEOPLE, {"wanted": list(wanted)})}


def know_market(tx: Connection, row: dict[str, Any]) -> None:
    """Keep the newest state of a market."""
    rights.keep_newest(tx, markets, "market_id", row)


def know_producer(tx: Connection, row: dict[str, Any]) -> None:
    """Keep the newest state of a producer."""
    rights.keep_newest(tx, producers, "producer_id", row)


def sellers(tx: Connection, producer_id: UUID) -> list[UUID]:
    """Who sells for a producer now; its founder does until a grant says otherwise."""
    is_decided = _is_decided(producers.c.founder_id, Right.SELL, producer_id)
    founder = select(producers.c.founder_id).where(producers.c.producer_id == producer_id, ~is_decided)
    return sorted(tx.execute(union(rights.holders(Right.SELL, producer_id), founder)).scalars())


def organisers(tx: Connection, market_id: UUID, founder_id: UUID | None = None) -> list[UUID]:
    """Who organises a market now; its founder, where it is said who that is, does until a grant says otherwise."""
    founder = select(literal(founder_id, Uuid)).where(~_is_decided(founder_id, Right.ORGANISE, market_id))
    holders = rights.holders(Right.ORGANISE, market_id)
    return list(tx.execute(union(holders, founder) if founder_id else holders).scalars())


def _is_decided(person_id: Any, right: Right, object_id: UUID) -> ColumnElement[bool]:
    """SQL: a grant was heard that says whether somebody holds a right on an object; an id or a column."""
    return exists().where(grants.c.right == right, grants.c.object_id == object_id, grants.c.person_id == person_id)


def operators(tx: Connection) -> list[UUID]:
    """Who operates the instance now."""
    return list(tx.execute(rights.holders(Right.OPERATE)).scalars())


def lenders(tx: Connection, town_id: UUID) -> list[UUID]:
    """Who lends in the name of a town now."""
    return list(tx.execute(rights.holders(Right.LEND, town_id)).scalars())


def keep_list(tx: Connection, row: dict[str, Any]) -> None:
    """Keep a preparation list for those whose right to it is heard later."""
    tx.execute(insert(preparation_lists).values(row).on_conflict_do_nothing())


def lists_since(tx: Connection, producer_id: UUID, since: datetime) -> Sequence[Row[Any]]:
    """A producer's lists that were said at `since` or after."""
    table = preparation_lists.c
    return tx.execute(select(preparation_lists).where(table.producer_id == producer_id, table.said_at >= since)).all()


_WRITE = insert(messages).on_conflict_do_nothing()


def write(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Write messages, except those that are written already."""
    if rows:
        tx.execute(_WRITE, rows)


def messages_of(tx: Connection, person_id: UUID, limit: int, after: UUID | None) -> Sequence[Row[Any]]:
    """A page of what was written to somebody."""
    statement = select(messages).where(messages.c.person_id == person_id)
    if after is not None:
        statement = statement.where(messages.c.message_id > after)
    return tx.execute(statement.order_by(messages.c.message_id).limit(limit)).all()


def move_all(tx: Connection, person_id: UUID, seen: State, to: State) -> None:
    """Move somebody's messages from one state to another, when an address came or went."""
    statement = update(messages).where(
        messages.c.person_id == person_id, messages.c.content.is_not(None), messages.c.state == seen
    )
    tx.execute(statement.values(state=to, due_at=func.halle_now()))


def withdraw_lists(tx: Connection, person_id: UUID, producer_id: UUID) -> None:
    """Drop the unsent lists of a producer to somebody who does not sell for it any more."""
    lists = select(preparation_lists.c.list_id).where(preparation_lists.c.producer_id == producer_id)
    table = messages.c
    tx.execute(delete(messages).where(table.person_id == person_id, table.about.in_(lists), table.state.in_(UNSENT)))


_CLAIM = """
    with chosen as (
        select message_id, person_id, named_id, market_id, kind from messages
        where state = 'due' and due_at <= halle_now()
          and (claimed_until is null or claimed_until < clock_timestamp()) {among}
        order by due_at limit :count for update skip locked)
    update messages m set claimed_until = clock_timestamp() + :lease
    from chosen left join people p on p.person_id = chosen.person_id
        left join people n on n.person_id = chosen.named_id
        left join markets k on k.market_id = chosen.market_id
        left join market_words w on w.market_id = chosen.market_id and w.mail = chosen.kind
    where m.message_id = chosen.message_id
    returning m.message_id, m.kind, m.content, m.written_at, m.failures,
        coalesce(m.to_name, p.name, ''), coalesce(m.to_address, p.email, ''),
        coalesce(m.language, p.language, 'fr'), m.person_id, coalesce(n.name, ''),
        coalesce(k.says_tu, false), k.brand_colour, k.logo, coalesce(w.french, ''), coalesce(w.english, '')
"""
_CLAIM_LETTERS = text(_CLAIM.format(among="and to_address is not null"))
_CLAIM_ANY = text(_CLAIM.format(among=""))


def claim(tx: Connection, count: int, lease: timedelta) -> list[Claimed]:
    """Take messages that are due, oldest first; nobody else's while the lease lasts.

    Letters go before all others: somebody stands at the door, and cannot order before one has come.
    """
    wanted = {"count": count, "lease": lease}
    rows = tx.execute(_CLAIM_LETTERS, wanted).all() or tx.execute(_CLAIM_ANY, wanted).all()
    claimed = [Claimed(*row[:10])._replace(kind=Kind(row.kind), market=MarketVoice(*row[10:])) for row in rows]
    return sorted(claimed, key=lambda message: message.written_at)


def hold(tx: Connection, message_ids: Iterable[UUID], lease: timedelta | None) -> None:
    """Hold what one has claimed for another lease, or let go of it."""
    until = None if lease is None else func.clock_timestamp() + lease
    held = messages.c.message_id.in_(list(message_ids)) & (messages.c.state == State.DUE)
    tx.execute(update(messages).where(held).values(claimed_until=until))


# Once per mail: as a finished text it takes a third of the time of building it.
_SETTLE = text("""
    update messages set state = :to, trouble = :trouble, settled_at = halle_now(), claimed_until = null,
        content = case when :keeps_content then content end,
        to_name = case when :keeps_content then to_name end,
        to_address = case when :keeps_content then to_address end
    where message_id = :message_id and state = any(:seen)
""")


def settle(tx: Connection, message_id: UUID, to: State, trouble: str | None, *, keeps_content: bool) -> bool:
    """End a message, sent or failed; false when it had ended already or was withdrawn."""
    values = {
        "message_id": message_id,
        "to": to,
        "trouble": trouble,
        "keeps_content": keeps_content,
        "seen": [state for state, moves in MOVES.items() if to in moves],
    }
    return tx.execute(_SETTLE, values).rowcount == 1


def put_off(tx: Connection, message_id: UUID, pause: timedelta, trouble: str) -> bool:
    """Count a failure and make a message due again after `pause`."""
    later = func.halle_now() + pause
    failed = {"failures": messages.c.failures + 1, "due_at": later, "trouble": trouble}
    statement = update(messages).where(messages.c.message_id == message_id, messages.c.state == State.DUE)
    return tx.execute(statement.values(failed | {"claimed_until": None})).rowcount == 1


def give_up(tx: Connection, before: datetime) -> None:
    """End what was written before that instant and still waits for an address."""
    waiting = messages.c.state == State.WAITING_FOR_ADDRESS
    tx.execute(
        update(messages)
        .where(waiting, messages.c.written_at < before)
        .values(state=State.UNADDRESSED, content=None, settled_at=func.halle_now())
    )


def prune(tx: Connection, before: datetime, lists_before: datetime) -> None:
    """Drop the content of what was settled, and lists that were said, before those instants."""
    gone = {"content": None, "to_name": None, "to_address": None}
    tx.execute(update(messages).where(IS_KEPT, messages.c.settled_at < before).values(gone))
    tx.execute(delete(preparation_lists).where(preparation_lists.c.said_at < lists_before))


def count_unsent(tx: Connection) -> dict[str, int]:
    """How many messages stand in each state but `sent`."""
    statement = select(messages.c.state, func.count().label("number")).where(messages.c.state != State.SENT)
    return {row.state: row.number for row in tx.execute(statement.group_by(messages.c.state))}
