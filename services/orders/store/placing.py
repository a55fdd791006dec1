"""A new order in one statement: one round trip, one transaction, one fsync.

Locks are taken in the house's order (distribution, then stock by id), and only once everything that needs no lock has
been found well. What it says of the sale is read under the lock, all else as it was when the statement began: an order
that waited for a change of the sheet sees by its version that there was one. What will be left is reckoned from the
locked row as well: PostgreSQL checks constraints first on the row that the statement found, which may be older. The
statement never waits for anybody outside the database. Its one answer is a word:

    used           this key has an answer already        not-a-member  may not order at this market
    revoked        the token is older than a revocation  lines         a line is closed, withdrawn, or without its mark
    closed         not open at this instant              sheet-changed the sheet is not as it was read
    adds           an order of this recipient stands     sold-out      somewhere too little is left
    placed         done, all of it
"""

from typing import Any

from sqlalchemy import Connection

PLACE = """
with wanted as materialized (
  select *
  from unnest(%(offers)s::uuid[], %(quantities)s::int[], %(amounts)s::bigint[], %(snapshots)s::bigint[],
              %(untils)s::timestamptz[])
    as w(offer_id, quantity, amount_cents, snapshot_id, qualifies_until)
), sale as materialized (
  select id, market_id, joining, closed_producers, sheet_version from distributions
  where id = %(distribution)s::uuid and state = 'open' and halle_now() < closes_at
  for share
), moment as materialized (
  select halle_now() as instant from sale
), membership as materialized (
  select m.standing
  from sale join memberships m on m.market_id = sale.market_id and m.person_id = %(person)s::uuid
), lines as materialized (
  select w.*, l.stock_id
  from sale cross join moment join sheet_lines l on l.distribution_id = sale.id
    join wanted w on w.offer_id = l.offer_id
  where not l.withdrawn and moment.instant < least(l.closes_at, w.qualifies_until)
    and not (l.producer_id = any(sale.closed_producers))
), stock as materialized (
  select s.id, s.left_, n.quantity
  from (select stock_id, sum(quantity) as quantity from lines where stock_id is not null group by stock_id) n
    join stocks s on s.id = n.stock_id
  order by s.id for no key update of s
), verdict as materialized (
  select case
    when exists (select from idempotency
                 where asker = %(asker)s and door = %(door)s and key = %(key)s) then 'used'
    when exists (select from not_before
                 where person_id = %(person)s::uuid and not_before > %(issued_at)s::timestamptz) then 'revoked'
    when not exists (select from sale) then 'closed'
    when exists (select from orders where distribution_id = %(distribution)s and consumer_id = %(person)s::uuid
                   and recipient = %(recipient)s and state = 'placed') then 'adds'
    when exists (select from membership where standing = 'banned') then 'not-a-member'
    when exists (select from sale where joining <> 'open')
      and not exists (select from membership where standing = 'member') then 'not-a-member'
    when (select count(*) from lines) < (select count(*) from wanted) then 'lines'
    when exists (select from sale where sheet_version <> %(sheet_version)s) then 'sheet-changed'
    when exists (select from stock where left_ < quantity) then 'sold-out'
    else 'placed' end as word
), claimed as (
  insert into idempotency (asker, door, key, question, answer)
  select %(asker)s::text, %(door)s::text, %(key)s::text, %(question)s::bytea, %(answer)s::text
  from verdict where word = 'placed'
  on conflict do nothing returning asked_at as instant
), given as (
  update stocks s set left_ = t.left_ - t.quantity from stock t where s.id = t.id and exists (select from claimed)
), placed as (
  insert into orders (id, distribution_id, consumer_id, recipient, code, version, state, total_cents, placed_at,
                      changed_at)
  select %(order)s::uuid, %(distribution)s::uuid, %(person)s::uuid, %(recipient)s::text, %(code)s::text, 1, 'placed',
         %(total)s::bigint, instant, instant from claimed
), lined as (
  insert into order_lines (order_id, offer_id, snapshot_id, quantity, amount_cents)
  select %(order)s::uuid, offer_id, snapshot_id, quantity, amount_cents from lines where exists (select from claimed)
), said as (
  insert into outbox (factid, type, subject, seq, body, traceparent, said_at)
  select uuidv7(), 'orders.order_placed.v1', %(order)s::uuid::text, 1,
         concat('{"order_id":"', %(order)s::uuid, '","order":', %(answer)s::text, '}'), %(traceparent)s::text, instant
  from claimed
  union all
  select uuidv7(), 'orders.consumer_joined.v1', %(person)s::uuid::text, 1, %(joined)s::text, %(traceparent)s::text,
         instant
  from claimed where not exists (select from membership where standing = 'member')
)
select case when word = 'placed' and not exists (select from claimed) then 'used' else word end from verdict
"""


def place(connection: Connection, parameters: dict[str, Any]) -> str:
    """Place an order, whole or not at all; `connection` commits by itself. The word that says what became of it."""
    word: str = connection.exec_driver_sql(PLACE, parameters).scalar_one()
    return word
