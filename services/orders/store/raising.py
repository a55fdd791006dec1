"""Prices that were raised in an open sale: who is still to be asked, who has not answered, what was dropped.

An order waits where its line's snapshot costs less than the one on sale. Nothing else is kept of a question: a price
that falls again needs no answer any more.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.orders.store import raised_prices

WAITING = """
    from orders o
      join order_lines l on l.order_id = o.id and l.quantity > 0
      join snapshots mine on mine.id = l.snapshot_id
      join sheet_lines f on f.distribution_id = o.distribution_id and f.offer_id = l.offer_id
      join snapshots now_ on now_.id = f.snapshot_id and now_.id <> mine.id
    where o.distribution_id = :distribution and o.state = 'placed'
      and l.offer_id in (select offer_id from raised_prices where distribution_id = :distribution)
      and (now_.line ->> 'price_cents')::bigint > (mine.line ->> 'price_cents')::bigint
"""
_HOW_MANY = text(f"select count(*) {WAITING} and l.offer_id = :offer")
_TO_ASK = text(f"""
    select o.id {WAITING} and l.offer_id = :offer and (cast(:after as uuid) is null or o.id > cast(:after as uuid))
      and exists (select from distributions where id = :distribution and state = 'open')
      and not exists (select from raised_prices newer
                      where newer.distribution_id = :distribution and newer.offer_id = :offer and newer.id > :raise)
    order by o.id limit :count
""")  # noqa: S608 (no value is put into the text)
_TO_DROP = text(f"""
    select distinct o.id {WAITING} and l.offer_id = any(cast(:offers as uuid[])) order by o.id limit :count
""")
_CLOSED = text("""
    select distinct r.offer_id
    from raised_prices r
      join distributions d on d.id = r.distribution_id
      join sheet_lines f on f.distribution_id = r.distribution_id and f.offer_id = r.offer_id
    where d.id = :distribution and (d.state <> 'open' or f.producer_id = any(d.closed_producers))
""")
_RISEN = text("""
    select now_.line
    from sheet_lines f
      join snapshots now_ on now_.id = f.snapshot_id
      join lateral (select s.line from snapshots s
                    where s.distribution_id = f.distribution_id and s.offer_id = f.offer_id and s.sheet_version <= :seen
                    order by s.sheet_version desc limit 1) seen on true
    where f.distribution_id = :distribution and f.offer_id = any(cast(:offers as uuid[]))
      and (now_.line ->> 'price_cents')::bigint > (seen.line ->> 'price_cents')::bigint
    order by f.position
""")


def enter(tx: Connection, row: dict[str, Any]) -> None:
    """Write down who raised a price, and to what."""
    tx.execute(insert(raised_prices).values(row))


def one(tx: Connection, raise_id: UUID) -> Row[Any]:
    """A price that was raised, for its timer."""
    return tx.execute(select(raised_prices).where(raised_prices.c.id == raise_id)).one()


def next_to_ask(tx: Connection, raised: Row[Any], count: int) -> list[UUID]:
    """The next orders to be asked about a raise, by id.

    None once the price was raised again, which asks them all, or once the sale is cancelled.
    """
    about = {"distribution": raised.distribution_id, "offer": raised.offer_id, "raise": raised.id}
    return list(tx.execute(_TO_ASK, about | {"after": raised.asked_up_to, "count": count}).scalars())


def asked(tx: Connection, raise_id: UUID, up_to: UUID) -> None:
    """Write up to which order everybody was asked."""
    tx.execute(update(raised_prices).where(raised_prices.c.id == raise_id).values(asked_up_to=up_to))


def end(tx: Connection, raise_id: UUID) -> None:
    """Write that everybody was asked."""
    tx.execute(update(raised_prices).where(raised_prices.c.id == raise_id).values(done_at=func.halle_now()))


def waiting(tx: Connection, distribution_id: UUID, offer_id: UUID) -> int:
    """How many orders have not answered about an offer."""
    number: int = tx.execute(_HOW_MANY, {"distribution": distribution_id, "offer": offer_id}).scalar_one()
    return number


def closed_offers(tx: Connection, distribution_id: UUID) -> list[UUID]:
    """The offers whose price was raised and whose line has closed."""
    return list(tx.execute(_CLOSED, {"distribution": distribution_id}).scalars())


def next_to_drop(tx: Connection, distribution_id: UUID, offers: Collection[UUID], count: int) -> list[UUID]:
    """Some orders that have not answered about these offers."""
    about = {"distribution": distribution_id, "offers": list(offers), "count": count}
    return list(tx.execute(_TO_DROP, about).scalars())


_DROP = text("""
    insert into dropped_lines (order_id, offer_id, snapshot_id, quantity)
    select l.order_id, l.offer_id, f.snapshot_id, l.quantity
    from order_lines l join orders o on o.id = l.order_id
      join sheet_lines f on f.distribution_id = o.distribution_id and f.offer_id = l.offer_id
    where l.order_id = :order and l.offer_id = any(cast(:offers as uuid[]))
""")


def note_dropped(tx: Connection, order_id: UUID, offers: Iterable[UUID]) -> None:
    """Write which lines of a locked order were not confirmed, before they go."""
    tx.execute(_DROP, {"order": order_id, "offers": list(offers)})


def risen(tx: Connection, distribution_id: UUID, seen_version: int, offers: Iterable[UUID]) -> list[dict[str, Any]]:
    """Those of some offers, as they are on sale, that cost more than on the sheet of a version that was seen."""
    about = {"distribution": distribution_id, "seen": seen_version, "offers": list(offers)}
    return list(tx.execute(_RISEN, about).scalars())
