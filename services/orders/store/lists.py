"""What the close writes: numbers, and one preparation list per producer. Lists are one SELECT."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Text, cast, func, or_, select, text

from bus.rights import holds
from contracts.lists import PreparationList
from contracts.members import Right
from services.orders.store import choosing, distributions, preparation_lists, sheet_lines

_NUMBER = text("""
    update orders o set number = n.number
    from (select id, row_number() over (order by placed_at, id) as number from orders
          where distribution_id = :distribution and state = 'placed') n
    where o.id = n.id
""")

_ORDERED = text("""
    select o.number, o.code, coalesce(nullif(o.recipient, ''), p.name, '') as name,
           l.offers, l.quantities, l.amounts
    from orders o
      join lateral (
        select array_agg(offer_id::text) as offers, array_agg(quantity) as quantities,
               array_agg(amount_cents) as amounts
        from order_lines
        where order_id = o.id and quantity > 0
          and (cast(:offers as uuid[]) is null or offer_id = any(cast(:offers as uuid[])))
      ) l on l.offers is not null
      left join people p on p.person_id = o.consumer_id
    where o.distribution_id = :distribution and o.state = 'placed'
    order by o.number, o.placed_at, o.id
""")

_BASKETS = f"""
    select o.id as order_id, o.number, o.code, o.recipient, o.state, o.version, o.total_cents, o.handed_at,
           o.handed_to, coalesce(p.name, '') as name, p.phone, coalesce(p.guest, false) as guest,
           coalesce(p.adults, '[]') || coalesce((
             select jsonb_agg(jsonb_build_object('name', q.name, 'phone', q.phone) order by q.name)
             from adults a join people q on q.person_id = a.person_id
             where a.consumer_id = o.consumer_id and a.holds and q.name <> ''), '[]') as adults,
           coalesce((select m.name from acts_on_behalf a join people m on m.person_id = a.mediator_id
                     where a.order_id = o.id and a.by_consent order by a.version desc limit 1), '') as mediator,
           {choosing.CHOSEN.format(order="o.id")}, d.fee
    from orders o join distributions d on d.id = o.distribution_id left join people p on p.person_id = o.consumer_id
"""  # noqa: S608 (no value is put into the text)
_HANDOVER = text(f"""{_BASKETS}
    where o.distribution_id = :distribution and o.state <> 'cancelled'
    order by o.number nulls last, name, o.code
""")
_BASKET = text(f"{_BASKETS} where o.id = :order")


def number_orders(tx: Connection, distribution_id: UUID) -> None:
    """Give the placed orders of a distribution their short numbers, in order of placing."""
    tx.execute(_NUMBER, {"distribution": distribution_id})


def ordered(tx: Connection, distribution_id: UUID, offers: list[str] | None = None) -> list[Row[Any]]:
    """Every order of a distribution with its lines side by side: of all offers, or of some."""
    return list(tx.execute(_ORDERED, {"distribution": distribution_id, "offers": offers}))


def handover_rows(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """The orders of a sale that are to be handed over, or were; `day.sale_for` comes first."""
    return list(tx.execute(_HANDOVER, {"distribution": distribution_id}))


def handover_row(tx: Connection, order_id: UUID) -> Row[Any]:
    """One order in the same way; `day.order_to_hand_over` comes first."""
    return tx.execute(_BASKET, {"order": order_id}).one()


_KEEP = text("""
    insert into preparation_lists (id, distribution_id, producer_id, body)
    values (:id, :distribution_id, :producer_id, cast(:body as jsonb)) on conflict do nothing
""")


def keep_list(tx: Connection, list_id: UUID, made: PreparationList) -> bool:
    """Keep a producer's list for ever; false when it was made before."""
    row = {
        "id": list_id,
        "distribution_id": made.distribution_id,
        "producer_id": made.producer_id,
        "body": made.model_dump_json(),
    }
    return tx.execute(_KEEP, row).rowcount == 1


def list_for(tx: Connection, distribution_id: UUID, producer_id: UUID) -> str | None:
    """The kept list as JSON, if the lines have closed. `may_read_list` comes first."""
    statement = select(cast(preparation_lists.c.body, Text)).where(
        preparation_lists.c.distribution_id == distribution_id,
        preparation_lists.c.producer_id == producer_id,
    )
    body: str | None = tx.execute(statement).scalar()
    return body


def may_read_list(tx: Connection, distribution_id: UUID, producer_id: UUID, person_id: UUID) -> bool:
    """Whether somebody sells for a producer of this sale, or organises its market."""
    statement = (
        select(func.count())
        .select_from(sheet_lines)
        .join(distributions, distributions.c.id == sheet_lines.c.distribution_id)
        .where(
            distributions.c.id == distribution_id,
            sheet_lines.c.producer_id == producer_id,
            or_(
                holds(person_id, Right.SELL, sheet_lines.c.producer_id),
                holds(person_id, Right.ORGANISE, distributions.c.market_id),
            ),
        )
    )
    return bool(tx.execute(statement).scalar())
