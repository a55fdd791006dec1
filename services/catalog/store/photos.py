"""Photos of farms and logos of markets, by the digest of their content; two farms may keep the same."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, exists, func, insert, not_, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert as upsert

from contracts.photos import PhotoSize
from services.catalog.store.farm_tables import photos, producers, products
from services.catalog.store.tables import logos


def add(tx: Connection, row: dict[str, Any]) -> None:
    """Insert a photo."""
    tx.execute(insert(photos).values(**row))


def is_kept(tx: Connection, producer_id: UUID, photo: str) -> bool:
    """Whether a farm keeps a photo."""
    same = photos.c.producer_id == producer_id, photos.c.photo == photo
    return tx.execute(select(photos.c.photo).where(*same)).first() is not None


def content(tx: Connection, photo: str, size: PhotoSize) -> bytes | None:
    """The bytes of one size, of a photo or a logo: neither is a secret."""
    of_farm = select(photos.c[size]).where(photos.c.photo == photo)
    of_market = select(logos.c[size]).where(logos.c.logo == photo)
    found: bytes | None = tx.execute(union_all(of_farm, of_market).limit(1)).scalar()
    return found


def count(tx: Connection, producer_id: UUID) -> int:
    """How many a farm keeps; its row is locked, so that its uploads follow one another."""
    farm = select(producers.c.id).where(producers.c.id == producer_id)
    tx.execute(farm.with_for_update(key_share=True))
    return tx.execute(select(func.count()).where(photos.c.producer_id == producer_id)).scalar_one()


def drop_oldest_unused(tx: Connection, producer_id: UUID) -> bool:
    """Drop the oldest that neither the farm nor a product of it shows; whether there was one."""
    used_by_product = exists().where(products.c.producer_id == producer_id, products.c.photo == photos.c.photo)
    used_by_farm = exists().where(producers.c.id == producer_id, producers.c.photo == photos.c.photo)
    oldest = (
        select(photos.c.photo)
        .where(photos.c.producer_id == producer_id, not_(or_(used_by_product, used_by_farm)))
        .order_by(photos.c.kept_at, photos.c.photo)
        .limit(1)
    )
    statement = delete(photos).where(photos.c.producer_id == producer_id, photos.c.photo == oldest.scalar_subquery())
    return tx.execute(statement).rowcount == 1


def keep_logo(tx: Connection, market_id: UUID, row: dict[str, Any]) -> None:
    """Write the logo of a market in place of the one before."""
    kept = upsert(logos).values(market_id=market_id, **row)
    tx.execute(kept.on_conflict_do_update(index_elements=["market_id"], set_=row))


def drop_logo(tx: Connection, market_id: UUID) -> None:
    """Keep the logo of a market no longer, if it has one."""
    tx.execute(delete(logos).where(logos.c.market_id == market_id))
