"""Statements that leave nobody's name in orders, lists and what was said of them; figures, numbers and codes stay."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from services.orders.store import distributions, orders, people


def guest_of(tx: Connection, order_id: UUID) -> UUID | None:
    """For whom without an account an order was written; `day.order_to_hand_over` comes first."""
    statement = select(people.c.person_id).join(orders, orders.c.consumer_id == people.c.person_id)
    found: UUID | None = tx.execute(statement.where(orders.c.id == order_id, people.c.guest)).scalar()
    return found


_OLD_NAMES = (
    text("""
        update late_lines l set agreed = null from orders o join distributions d on d.id = o.distribution_id
        where o.id = l.order_id and l.agreed <> '' and d.starts_at < :before
    """),
    text("""
        update presences p set carrier = '' from distributions d
        where d.id = p.distribution_id and p.carrier <> '' and d.starts_at < :before
    """),
    text("""
        update group_messages m set subject = '', text = '' from distributions d
        where d.id = m.distribution_id and m.text <> '' and m.done_at is not null and d.starts_at < :before
    """),
)


def forget_typed_names(tx: Connection, before: datetime) -> None:
    """Drop what was typed at hand-overs before an instant: who said yes, who carried, what buyers were written."""
    for statement in _OLD_NAMES:
        tx.execute(statement, {"before": before})


_WORDS = "' ' || regexp_replace(lower({}), '[^[:alnum:]]+', ' ', 'g') || ' '"
_NAME = _WORDS.format("cast(:name as text)")
_SOLD_THERE = """
    select s.distribution_id from grants g join sheet_lines s on s.producer_id = g.object_id
    where g.person_id = :person and g."right" = 'sell'
"""
_WRITTEN = "cast(body as jsonb) #>> '{message,subject}' || ' ' || (cast(body as jsonb) #>> '{message,text}')"
_TYPED = (
    text(f"""
        update late_lines l set agreed = null from orders o
        where o.id = l.order_id and l.agreed <> '' and o.distribution_id in ({_SOLD_THERE})
          and strpos({_WORDS.format("l.agreed")}, {_NAME}) > 0
    """),  # noqa: S608 (no value is put into the text)
    text(f"""
        update presences set carrier = ''
        where carrier <> '' and distribution_id in ({_SOLD_THERE}) and strpos({_WORDS.format("carrier")}, {_NAME}) > 0
    """),  # noqa: S608
    text(f"""
        update group_messages set subject = '', text = ''
        where written_by = :person and done_at is not null
          and strpos({_WORDS.format("subject || ' ' || text")}, {_NAME}) > 0
    """),  # noqa: S608
    text(f"""
        update outbox set body = cast(jsonb_set(cast(body as jsonb), '{{message}}',
          cast(body as jsonb) -> 'message' || '{{"subject": "", "text": ""}}') as text)
        where exists (select from group_messages where written_by = :person) and type = 'orders.buyer_written_to.v1'
          and cast(body as jsonb) -> 'message' ->> 'written_by' = cast(:person as text)
          and strpos({_WORDS.format(_WRITTEN)}, {_NAME}) > 0
    """),  # noqa: S608
)


def forget_typed_name(tx: Connection, person_id: UUID, name: str) -> None:
    """Drop the same wherever a whole name stands in it, where its bearer sold or wrote it: nobody else's word goes."""
    for statement in _TYPED:
        tx.execute(statement, {"person": person_id, "name": name})


def old_guests(tx: Connection, before: datetime) -> list[UUID]:
    """People without an account who still have a name, and whose hand-over was before an instant."""
    statement = (
        select(people.c.person_id)
        .join(orders, orders.c.consumer_id == people.c.person_id)
        .join(distributions, distributions.c.id == orders.c.distribution_id)
        .where(people.c.guest, people.c.name != "", distributions.c.starts_at < before)
    )
    return list(tx.execute(statement).scalars())


def orders_of(tx: Connection, person_id: UUID) -> list[UUID]:
    """Every order of a person, oldest first."""
    statement = select(orders.c.id).where(orders.c.consumer_id == person_id).order_by(orders.c.id)
    return list(tx.execute(statement).scalars())


def whose(tx: Connection, order_id: UUID) -> Row[Any]:
    """Who ordered, for whom, who fetched it, and in which sale."""
    columns = orders.c["distribution_id", "consumer_id", "recipient", "handed_to"]
    return tx.execute(select(*columns).where(orders.c.id == order_id)).one()


_ORDER = text("""
    update orders set recipient = case when recipient = '' then '' else code end, handed_to = '' where id = :order
""")
_EVENTS = text("""
    update outbox set body = cast(cast(body as jsonb) || jsonb_build_object('order', cast(body as jsonb) -> 'order'
      || jsonb_build_object('recipient', o.recipient, 'handed_to', '')) as text)
    from orders o where o.id = :order and outbox.subject = :subject and cast(body as jsonb) ? 'order'
""")
_LISTS = text("""
    update preparation_lists l set body = jsonb_set(l.body, '{orders}', (
      select jsonb_agg(case when one ->> 'code' = o.code then one || '{"name": ""}' else one end order by place)
      from jsonb_array_elements(l.body -> 'orders') with ordinality listed (one, place)))
    from orders o where o.id = :order and l.distribution_id = :distribution
      and l.body -> 'orders' @> jsonb_build_array(jsonb_build_object('code', o.code))
    returning l.id
""")
_LIST_EVENTS = text("""
    update outbox set body = cast(jsonb_set(cast(outbox.body as jsonb), '{preparation_list}', l.body) as text)
    from preparation_lists l where l.id = any(:lists) and outbox.subject = cast(l.id as text)
""")


def forget_order(tx: Connection, order_id: UUID, distribution_id: UUID) -> None:
    """Blank whom an order was for and who fetched it; its code stands for a recipient, which keeps orders apart."""
    order = {"order": order_id}
    tx.execute(_ORDER, order)
    tx.execute(_EVENTS, order | {"subject": str(order_id)})
    lists = list(tx.execute(_LISTS, order | {"distribution": distribution_id}).scalars())
    tx.execute(_LIST_EVENTS, {"lists": lists})


_LATE_EVENTS = text("""
    update outbox set body = cast(jsonb_set(cast(body as jsonb), '{lines}', (
      select jsonb_agg(one || '{"entered_by": ""}' || case when one -> 'agreed' = one -> 'entered_by'
        then jsonb '{"agreed": ""}' else jsonb '{}' end order by place)
      from jsonb_array_elements(cast(body as jsonb) -> 'lines') with ordinality said (one, place))) as text)
    where subject in (select cast(late_id as text) from late_lines where entered_by = :person)
""")


def forget_late_lines(tx: Connection, person_id: UUID) -> None:
    """Leave no name in what was said of lines that somebody added after a close."""
    tx.execute(_LATE_EVENTS, {"person": person_id})


_ACTS = text("""
    update outbox set body = cast(jsonb_set(cast(body as jsonb), '{order,acts}', (
      select jsonb_agg(case when one ->> 'mediator_id' = cast(:person as text) then one || '{"mediator_name": ""}'
        else one end order by place)
      from jsonb_array_elements(cast(body as jsonb) -> 'order' -> 'acts') with ordinality done (one, place))) as text)
    where subject in (select cast(order_id as text) from acts_on_behalf where mediator_id = :person)
      and strpos(body, '"mediator_name"') > 0
""")


def forget_acts(tx: Connection, person_id: UUID) -> None:
    """Leave no name in what was said of orders that somebody changed as a mediator."""
    tx.execute(_ACTS, {"person": person_id})
