"""The VAT of a period: one SELECT that rounds once for each order, farm and rate, half up, as `vat_inside` does."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, or_, select, text

from bus.rights import accounts_for, holds
from contracts.members import Right

_VAT = text("""
    with sales as materialized (
      select * from distributions
      where state in ('closed', 'handover', 'closing_books', 'final') and starts_at between :begins and :ends
        and cast(starts_at at time zone time_zone as date) between :first and :last
        and (cast(:market as uuid) is null or market_id = :market)
    ),
    documents as (
      select s.id, o.id as order_id, cast(g.line ->> 'producer_id' as uuid) as producer_id,
             max(g.line ->> 'producer_name') as producer_name,
             cast(g.line ->> 'vat_basis_points' as bigint) as rate, cast(sum(l.amount_cents) as bigint) as cents
      from sales s join orders o on o.distribution_id = s.id join order_lines l on l.order_id = o.id
        join snapshots g on g.id = l.snapshot_id
      where o.state <> 'cancelled' and (cast(:farm as uuid) is null or g.line ->> 'producer_id' = cast(:farm as text))
      group by s.id, o.id, producer_id, rate
      having sum(l.amount_cents) > 0
      union all
      select s.id, o.id, s.market_id, s.fee ->> 'payee', cast(s.fee ->> 'vat_basis_points' as bigint),
             cast(s.fee ->> 'cents' as bigint)
      from sales s join orders o on o.distribution_id = s.id
      where s.fee is not null and o.state <> 'cancelled' and cast(:farm as uuid) is null
        and exists (select from order_lines l where l.order_id = o.id and l.quantity > 0)
    ),
    taxed as (
      select d.*, (2 * cents * rate + 10000 + rate) / (2 * (10000 + rate)) as vat from documents d
    )
    select t.producer_id, max(t.producer_name) as producer_name, s.market_id, max(s.market_name) as market_name,
           max(s.currency) as currency, t.id as distribution_id, max(s.starts_at) as starts_at,
           max(s.time_zone) as time_zone, bool_and(s.state = 'final') as final, t.rate as vat_basis_points,
           count(distinct t.order_id) as orders, cast(sum(t.cents) as bigint) as total_cents,
           cast(sum(t.vat) as bigint) as vat_cents
    from taxed t join sales s on s.id = t.id
    group by grouping sets ((t.producer_id, s.market_id, t.rate), (t.id, s.market_id, t.rate))
    order by case when grouping(t.producer_id) = 0 then max(t.producer_name) end, t.producer_id,
             case when grouping(t.id) = 0 then max(s.starts_at) end, t.id, market_name, s.market_id, t.rate
""")


def may_read(tx: Connection, market_id: UUID | None, producer_id: UUID | None, person_id: UUID) -> bool:
    """Whether somebody may read the VAT of a market, a farm, or of all."""
    may: ColumnElement[bool]
    if market_id is not None:
        keeps = (holds(person_id, right, market_id) for right in (Right.ORGANISE, Right.TREASURY))
        may = or_(*keeps, accounts_for(person_id, market_id))
    elif producer_id is not None:
        may = or_(holds(person_id, Right.SELL, producer_id), accounts_for(person_id, producer_id))
    else:
        may = holds(person_id, Right.ACCOUNT)
    return bool(tx.execute(select(may)).scalar())


def read(tx: Connection, market_id: UUID | None, producer_id: UUID | None, first: date, last: date) -> list[Row[Any]]:
    """By farm and market, then by distribution, each rate apart; what a row is not about is nothing."""
    day = timedelta(days=1)
    begins, ends = (datetime.combine(of, time(), UTC) for of in (first - day, last + 2 * day))
    about = {"market": market_id, "farm": producer_id, "first": first, "last": last, "begins": begins, "ends": ends}
    return list(tx.execute(_VAT, about))
