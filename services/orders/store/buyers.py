"""Who ordered in a distribution, or something of a farm in it, and what was written to them.

`sale_to_write_in` comes first. Who has no name any more was forgotten, and is nobody's buyer.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bus.rights import holds
from contracts.members import Right
from services.orders.store import distributions, group_messages, sheet_lines, snapshots

Side = UUID | None
"""Who writes: a farm, or the market itself."""


def sale_to_write_in(tx: Connection, distribution_id: UUID, side: Side, person_id: UUID) -> Row[Any] | None:
    """A sale with the `producer_name` of who writes: for the market's organisers, or those who sell for the farm."""
    if side is None:
        organises = holds(person_id, Right.ORGANISE, distributions.c.market_id)
        statement = select(distributions, literal("").label("producer_name")).where(organises)
    else:
        name = snapshots.c.line["producer_name"].astext
        statement = select(distributions, name.label("producer_name")).where(holds(person_id, Right.SELL, side))
        takes_part = and_(sheet_lines.c.distribution_id == distributions.c.id, sheet_lines.c.producer_id == side)
        statement = statement.join(sheet_lines, takes_part)
        statement = statement.join(snapshots, snapshots.c.id == sheet_lines.c.snapshot_id).limit(1)
    return tx.execute(statement.where(distributions.c.id == distribution_id)).first()


_BUYERS = """
    from orders o join distributions d on d.id = o.distribution_id left join people p on p.person_id = o.consumer_id
    where o.distribution_id = :distribution and o.state <> 'cancelled' and d.state not in ('cancelling', 'cancelled')
      and coalesce(p.name, '?') <> ''
      and (cast(:side as uuid) is null or exists (
        select from order_lines l join sheet_lines s on s.offer_id = l.offer_id
        where l.order_id = o.id and l.quantity > 0 and s.distribution_id = o.distribution_id
          and s.producer_id = :side))
"""
_FIGURES = text(f"""
    with buyers as (select distinct o.consumer_id as person_id {_BUYERS}),
      told as (select person_id from buyers
        union select a.person_id from adults a join buyers b on b.person_id = a.consumer_id where a.holds)
    select (select count(*) from buyers) as people,
           (select count(*) from told join people using (person_id) where has_email) as by_mail,
           (select count(*) from buyers left join people q using (person_id) where not coalesce(q.has_email, false))
             as by_telephone
""")  # noqa: S608 (no value is put into the text)
_TO_CALL = text(f"""
    select coalesce(p.name, '') as name, p.phone,
           array_agg(coalesce(cast(o.number as text), o.code) order by o.number, o.placed_at, o.id) as orders
    {_BUYERS} and not coalesce(p.has_email, false)
    group by o.consumer_id, p.name, p.phone order by min(o.number), min(o.placed_at), o.consumer_id
""")
_NEXT = text(f"""
    select distinct o.consumer_id {_BUYERS} and o.placed_at <= :written_at
      and (cast(:after as uuid) is null or o.consumer_id > :after)
    order by o.consumer_id limit :count
""")


def figures(tx: Connection, distribution_id: UUID, side: Side) -> Row[Any]:
    """How many people ordered, how many a mail reaches with those of their households, how many have no e-mail."""
    return tx.execute(_FIGURES, {"distribution": distribution_id, "side": side}).one()


def to_call(tx: Connection, distribution_id: UUID, side: Side) -> list[Row[Any]]:
    """Who of them has no e-mail, in the order of their numbers."""
    return list(tx.execute(_TO_CALL, {"distribution": distribution_id, "side": side}))


def next_buyers(tx: Connection, message: Row[Any], count: int) -> list[UUID]:
    """The next people whom a message is to be told, by their ids: of orders that stand and were placed before it."""
    about = {"distribution": message.distribution_id, "side": message.producer_id}
    found = tx.execute(_NEXT, about | {"written_at": message.written_at, "after": message.told_up_to, "count": count})
    return list(found.scalars())


def write(tx: Connection, row: dict[str, Any]) -> Row[Any]:
    """Keep a message; as it is kept."""
    return tx.execute(insert(group_messages).values(row).returning(group_messages)).one()


def message(tx: Connection, message_id: UUID) -> Row[Any]:
    """A message that a timer was wanted for."""
    return tx.execute(select(group_messages).where(group_messages.c.id == message_id)).one()


def told(tx: Connection, seen: Row[Any], up_to: UUID | None, *, is_done: bool) -> None:
    """Write up to whom people were told of a message."""
    done_at = func.halle_now() if is_done else None
    values = {"told_up_to": up_to or seen.told_up_to, "done_at": done_at}
    tx.execute(update(group_messages).where(group_messages.c.id == seen.id).values(values))


def messages(tx: Connection, distribution_id: UUID, side: Side, count: int) -> list[Row[Any]]:
    """The last messages of a farm to its buyers, or all of a sale, newest first."""
    statement = select(group_messages).where(group_messages.c.distribution_id == distribution_id)
    if side is not None:
        statement = statement.where(group_messages.c.producer_id == side)
    newest = group_messages.c.written_at.desc(), group_messages.c.id.desc()
    return list(tx.execute(statement.order_by(*newest).limit(count)))


def written_since(tx: Connection, distribution_id: UUID, side: Side, since: datetime) -> int:
    """How many messages a side has written to the buyers of a sale after an instant."""
    statement = select(func.count()).where(
        group_messages.c.distribution_id == distribution_id,
        group_messages.c.producer_id.is_not_distinct_from(side),
        group_messages.c.written_at > since,
    )
    return int(tx.execute(statement).scalar_one())
