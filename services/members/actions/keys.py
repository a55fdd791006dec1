"""The keys that sign tokens: made once, published before they are used, replaced every thirty days.

At most two are published: the one that signs, and its successor or its predecessor.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bus import identity, timers
from bus.outbox import say
from contracts.members import KeysChanged
from services.members import rules, tokens
from services.members.store import sessions as store

ROTATE = "rotate_keys"
TURN = "sign_with_the_next_key"
SIGNING, NEXT, PREVIOUS = "signing", "next", "previous"


def make_first(tx: Connection, private: dict[str, Any], now: datetime) -> None:
    """At the first start ever, begin to sign with `private`."""
    store.hold_keys(tx)
    if store.keys(tx):
        return
    store.add_key(tx, private, SIGNING)
    _publish(tx)
    _schedule(tx, ROTATE, 1, now + rules.KEYS_ROTATE)


def rotate(tx: Connection, private: dict[str, Any], version: int, now: datetime) -> None:
    """Publish a new key in the place of the one that no longer signs; it signs in an hour."""
    store.hold_keys(tx)
    store.drop_key(tx, PREVIOUS)
    store.drop_key(tx, NEXT)
    store.add_key(tx, private, NEXT)
    _publish(tx)
    _schedule(tx, TURN, version, now + rules.KEYS_KNOWN_BEFORE_USE)
    _schedule(tx, ROTATE, version + 1, now + rules.KEYS_ROTATE)


def turn(tx: Connection) -> None:
    """Sign with the key that everybody has heard of by now; tokens of the old one live on."""
    store.hold_keys(tx)
    if any(key.use == NEXT for key in store.keys(tx)):
        store.turn_key(tx, SIGNING, PREVIOUS)
        store.turn_key(tx, NEXT, SIGNING)


def _publish(tx: Connection) -> None:
    keys = [tokens.public(key.private_jwk) for key in store.keys(tx)]
    number = store.publish_keys(tx, identity.issuer(), keys)
    say(tx, KeysChanged(issuer=identity.issuer(), keys=keys), seq=number)


def _schedule(tx: Connection, name: str, version: int, due_at: datetime) -> None:
    timers.schedule(tx, name, key=name, subject="keys", due_at=due_at, version=version)
