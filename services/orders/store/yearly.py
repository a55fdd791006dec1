"""A year of a market in sums: one SELECT over the lines of its closed distributions, which writes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, TextClause, or_, select, text

from bus.rights import accounts_for, holds
from contracts.members import Right


def _statement(*pieces: str) -> TextClause:
    return text(" ".join(pieces))


_SALES = """with sales as materialized (
    select id, state, currency, cast(extract(month from starts_at at time zone time_zone) as int) as month
    from distributions
    where market_id = :market and state in ('closed', 'handover', 'closing_books', 'final')
      and starts_at >= :begins and starts_at < :ends and extract(year from starts_at at time zone time_zone) = :year
)"""
_COUNTED = _statement(
    _SALES,
    """
    select count(*) as distributions, count(*) filter (where state <> 'final') as open_books,
           coalesce(max(currency), 'EUR') as currency
    from sales
""",
)
_SOLD = _statement(
    _SALES,
    """,
    goods as materialized (
      select s.id, cast(s.line ->> 'producer_id' as uuid) as producer_id, s.line ->> 'producer_name' as name,
             case when s.line -> 'marks' ? 'ab' then 'organic'
                  when jsonb_array_length(coalesce(s.line -> 'marks', '[]')) > 0 then 'other_mark'
                  else 'no_mark' end as quality
      from snapshots s join sales on sales.id = s.distribution_id
    ),
    baskets as (
      select sales.month, o.id, o.consumer_id from sales join orders o on o.distribution_id = sales.id
      where o.state <> 'cancelled'
    ),
    bought as (
      select b.month, b.id as order_id, b.consumer_id, g.producer_id, g.quality, max(g.name) as name,
             sum(l.amount_cents) as amount_cents
      from baskets b join order_lines l on l.order_id = b.id join goods g on g.id = l.snapshot_id
      where l.quantity > 0
      group by b.month, b.id, b.consumer_id, g.producer_id, g.quality
    )
    select month, producer_id, quality, max(name) as name, count(distinct consumer_id) as households,
           count(distinct order_id) as orders, cast(coalesce(sum(amount_cents), 0) as bigint) as amount_cents
    from bought
    group by grouping sets ((), (month), (producer_id), (quality))
    order by month, quality, sum(amount_cents) desc, producer_id
""",
)


def may_read(tx: Connection, market_id: UUID, person_id: UUID) -> bool:
    """Whether somebody organises a market, accounts for it, or operates the instance."""
    keeps = holds(person_id, Right.ORGANISE, market_id), holds(person_id, Right.OPERATE)
    may = or_(*keeps, accounts_for(person_id, market_id))
    return bool(tx.execute(select(may)).scalar())


def counted(tx: Connection, market_id: UUID, year: int) -> Row[Any]:
    """How many distributions there were; `may_read` comes first."""
    return tx.execute(_COUNTED, _of(market_id, year)).one()


def sold(tx: Connection, market_id: UUID, year: int) -> list[Row[Any]]:
    """Sums of the year and of each month, farm and quality in it; what a row is not about is nothing."""
    return list(tx.execute(_SOLD, _of(market_id, year)))


def _of(market_id: UUID, year: int) -> dict[str, Any]:
    """The year, and instants between which it lies in every time zone."""
    day = timedelta(days=1)
    begins, ends = (datetime(of, 1, 1, tzinfo=UTC) for of in (year, year + 1))
    return {"market": market_id, "year": year, "begins": begins - day, "ends": ends + day}
