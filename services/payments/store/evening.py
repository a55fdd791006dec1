"""Tills and what is in them. A farm's own till is there as soon as something is owed to it; desks are opened."""

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Connection, Row, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.payments.store import mandates, tills


def till_id(distribution_id: UUID, holder: UUID | str) -> UUID:
    """The till of a farm (by its id) or of a desk (by its holder's name) at a distribution."""
    return uuid5(NAMESPACE_URL, f"halle:till:{distribution_id}:{holder}")


def make(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Make tills, where there are none."""
    tx.execute(insert(tills).on_conflict_do_nothing(), rows)


def change(tx: Connection, till: UUID, values: dict[str, Any]) -> None:
    """Write a till's float or count."""
    tx.execute(update(tills).where(tills.c.till_id == till).values(values))


def desk(tx: Connection, distribution_id: UUID, desk_id: UUID) -> Row[Any] | None:
    """A desk of a distribution."""
    where = tills.c.till_id == desk_id, tills.c.distribution_id == distribution_id, tills.c.producer_id.is_(None)
    return tx.execute(select(tills).where(*where)).first()


def desks(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """The desks of a distribution, by holder."""
    where = tills.c.distribution_id == distribution_id, tills.c.producer_id.is_(None)
    return list(tx.execute(select(tills.c.till_id, tills.c.holder).where(*where).order_by(tills.c.holder)))


def without_mandate(tx: Connection, market_id: UUID, holder: str, farms: Iterable[UUID]) -> set[UUID]:
    """Those of `farms` that gave `holder` no mandate at this market that is valid at this instant."""
    valid = or_(mandates.c.valid_until.is_(None), mandates.c.valid_until > func.halle_now())
    given = select(mandates.c.producer_id).where(mandates.c.market_id == market_id, mandates.c.holder == holder, valid)
    return set(farms) - set(tx.execute(given).scalars())


def of_sale(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """The tills of a distribution: farms' by name, then desks."""
    where = tills.c.distribution_id == distribution_id
    return list(tx.execute(select(tills).where(where).order_by(tills.c.producer_id.is_(None), tills.c.holder)))


_CONTENTS = text("""
    select m.till_id, m.producer_id, max(s.producer_name) as producer_name, m.means, sum(e.cents)::bigint as cents
    from movements m
      join entries e on e.movement_id = m.movement_id and e.account = 'till'
      join order_sellers s on s.order_id = m.order_id and s.producer_id = m.producer_id
    where m.distribution_id = :distribution
    group by m.till_id, m.producer_id, m.means
    order by producer_name, m.producer_id
""")


def contents(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """What is in each till of a distribution, by farm and means."""
    return list(tx.execute(_CONTENTS, {"distribution": distribution_id}))


_CASH = text("""
    select coalesce(sum(e.cents), 0)::bigint
    from movements m join entries e on e.movement_id = m.movement_id and e.account = 'till'
    where m.till_id = :till and m.means = 'cash'
""")


def cash_in(tx: Connection, till: UUID) -> int:
    """The cash that came into a till, less what was given back out of it."""
    cents: int = tx.execute(_CASH, {"till": till}).scalar_one()
    return cents


_CHEQUES = text("""
    select (array_agg(m.movement_id order by m.movement_id))[1] as movement_id, m.till_id, m.reference,
           sum(m.amount_cents)::bigint as amount_cents, o.number
    from movements m join orders o on o.order_id = m.order_id
    where m.distribution_id = :distribution and m.kind = 'taken' and m.means = 'cheque' and m.till_id is not null
      and not exists (select from movements u where u.corrects = m.movement_id)
    group by m.order_id, o.number, m.till_id, m.at, m.reference
    order by o.number, m.at, movement_id
""")


def cheques(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """The cheques in the tills of a distribution, by order: what was taken at one instant for several farms is one."""
    return list(tx.execute(_CHEQUES, {"distribution": distribution_id}))


_SELLERS = text("""
    with sums as (
      select m.order_id, m.producer_id,
             coalesce(sum(e.cents) filter (where e.account in ('till', 'farm')), 0)::bigint as paid_cents,
             coalesce(sum(e.cents) filter (where e.account = 'adjusted'), 0)::bigint as adjusted_cents,
             coalesce(sum(e.cents) filter (where e.account = 'due'), 0)::bigint as due_cents
      from movements m join entries e on e.movement_id = m.movement_id
      where m.distribution_id = :distribution
      group by m.order_id, m.producer_id)
    select s.producer_id, s.producer_name, o.order_id, o.number, s.owed_cents,
           coalesce(sums.paid_cents, 0) as paid_cents,
           coalesce(sums.adjusted_cents, 0) as adjusted_cents, coalesce(sums.due_cents, 0) as due_cents
    from order_sellers s
      join orders o on o.order_id = s.order_id
      left join sums on sums.order_id = s.order_id and sums.producer_id = s.producer_id
    where o.distribution_id = :distribution
    order by s.producer_name, s.producer_id, o.number
""")


def sold(tx: Connection, distribution_id: UUID) -> list[Row[Any]]:
    """What each order owes each farm, and what became of it: one row for both."""
    return list(tx.execute(_SELLERS, {"distribution": distribution_id}))
