"""Orders written after the close: whom they are for, and their rows. `day.sale_for` comes first."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, exists, func, insert, select, text

from contracts.members import Standing
from contracts.orders import Order
from services.orders.store import distributions, memberships, orders, people

_FIND = text(r"""
    select p.person_id, p.name, o.id as order_id, o.number
    from distributions d
      join memberships m on m.market_id = d.market_id and m.standing = 'member'
      join people p on p.person_id = m.person_id
      cross join lateral (
        select regexp_replace(normalize(lower(p.name), NFKD), '[\u0300-\u036f]', '', 'g') as name) as plain
      left join orders o on o.distribution_id = d.id and o.consumer_id = p.person_id and o.recipient = ''
        and o.state = 'placed'
    where d.id = :distribution and plain.name like all (cast(:parts as text[]))
    order by plain.name, p.person_id limit 20
""")


def members_named(tx: Connection, distribution_id: UUID, parts: list[str]) -> list[Row[Any]]:
    """Members of a sale's market in whose names all these parts stand, and the order that stands for each."""
    wanted = {"distribution": distribution_id, "parts": [f"%{part}%" for part in parts]}
    return list(tx.execute(_FIND, wanted))


def is_member(tx: Connection, distribution_id: UUID, person_id: UUID) -> bool:
    """Whether somebody is a member of a sale's market."""
    of_market = memberships.c.market_id == distributions.c.market_id
    is_one = memberships.c.person_id == person_id, memberships.c.standing == Standing.MEMBER
    statement = select(exists().where(distributions.c.id == distribution_id, of_market, *is_one))
    return bool(tx.execute(statement).scalar())


def next_number(tx: Connection, distribution_id: UUID) -> int:
    """The short number after the last of a sale that is held alone."""
    last = select(func.coalesce(func.max(orders.c.number), 0)).where(orders.c.distribution_id == distribution_id)
    return int(tx.execute(last).scalar_one()) + 1


def enter(tx: Connection, order: Order) -> None:
    """Write a new order; its lines follow."""
    columns = {"distribution_id", "consumer_id", "recipient", "code", "number", "version", "state", "total_cents"}
    tx.execute(insert(orders).values(order.model_dump(include=columns) | {"id": order.order_id}))


def enter_guest(tx: Connection, person_id: UUID, name: str, phone: str | None) -> None:
    """Write how somebody without an account is called and called up."""
    tx.execute(insert(people).values(person_id=person_id, name=name, phone=phone, guest=True, seq=0))
