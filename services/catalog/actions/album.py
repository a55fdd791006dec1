"""Photos that farms keep, and that their products are shown by; the logos of markets."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from contracts.catalog import Market
from contracts.errors import malformed_field
from contracts.logos import KeepLogo
from contracts.messages import Refused
from contracts.photos import KeepPhoto, Photo, PhotoFile, PhotoSize
from services.catalog import rules
from services.catalog.actions.markets import told
from services.catalog.actions.refusals import found, mine, no_fault
from services.catalog.store import markets, producers
from services.catalog.store import photos as store

MOST_PHOTOS = 500
"""Of a farm."""
TOO_MANY = Refused(code="too-many-photos", message="The farm shows as many photos as it may keep: remove one first.")


def keep_photo(tx: Connection, wanted: KeepPhoto, asker: UUID) -> Photo | Refused:
    """Keep a photo for a farm that `asker` sells for; the same picture is kept once."""
    mine(producers.load(tx, wanted.producer_id, asker), "producer")
    picture = wanted.picture
    no_fault(rules.picture_fault(picture))
    kept = Photo(photo=hashlib.sha256(picture.large).hexdigest(), width=picture.width, height=picture.height)
    number = store.count(tx, wanted.producer_id)
    if store.is_kept(tx, wanted.producer_id, kept.photo):
        return kept
    if number >= MOST_PHOTOS and not store.drop_oldest_unused(tx, wanted.producer_id):
        return TOO_MANY
    row = kept.model_dump() | {"large": picture.large, "small": picture.small}
    store.add(tx, row | {"producer_id": wanted.producer_id, "kept_by": asker})
    return kept


def read_photo(tx: Connection, photo: str, size: PhotoSize) -> PhotoFile:
    """A photo or a logo; whoever knows its id may see it."""
    return PhotoFile(content=found(store.content(tx, photo, size), "photo"))


def photo_is_kept(tx: Connection, producer_id: UUID, photo: str | None) -> None:
    """Malformed where a farm wants to show a photo that it does not keep."""
    if photo is not None and not store.is_kept(tx, producer_id, photo):
        raise malformed_field("photo", "The farm keeps no such photo: upload it first.", "unknown")


def keep_logo(tx: Connection, wanted: KeepLogo, asker: UUID) -> Market:
    """Show a market that `asker` organises by a logo, in place of the one before."""
    seen = mine(markets.load(tx, wanted.market_id, asker), "market")
    picture = wanted.picture
    no_fault(rules.picture_fault(picture))
    logo = hashlib.sha256(picture.large).hexdigest()
    store.keep_logo(tx, wanted.market_id, {"logo": logo, "large": picture.large, "small": picture.small})
    return _told(tx, seen, asker)


def remove_logo(tx: Connection, market_id: UUID, asker: UUID) -> Market:
    """Show a market that `asker` organises by its name alone again."""
    seen = mine(markets.load(tx, market_id, asker), "market")
    store.drop_logo(tx, market_id)
    return _told(tx, seen, asker)


def _told(tx: Connection, seen: Row[Any], asker: UUID) -> Market:
    """A market that looks otherwise now, as whoever writes in its name must hear."""
    markets.touch(tx, seen.id)
    return told(tx, markets.load(tx, seen.id, asker), asker, seen.approval)
