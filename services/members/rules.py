"""What is allowed to whom: joining a market, sharing a right, trying a password again. Pure."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID, uuid5

from contracts.catalog import Joining
from contracts.members import Decision, Right, Standing

CONFIRM_WITHIN = timedelta(hours=48)
RESET_WITHIN = timedelta(minutes=30)
SESSION_LASTS = timedelta(days=30)
"""Since it was last seen."""
TOKEN_LASTS = timedelta(minutes=10)
UNCONFIRMED_KEPT = timedelta(days=7)

TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30
LETTERS_PER_ADDRESS = 5
TRIES_REMEMBERED = timedelta(minutes=15)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)

KEYS_ROTATE = timedelta(days=30)
KEYS_KNOWN_BEFORE_USE = timedelta(hours=1)
"""A new key is published so long before it signs."""

OF_DEMOS = "demo-"
"""How the passwords begin that a demonstration prints for everybody to read."""

_GRANTS = UUID("6f0e5c1e-7f0c-4a53-9d2c-3a52a0c7b0d4")

DECIDED: dict[Decision, tuple[Standing, frozenset[Standing]]] = {
    Decision.ADMIT: (
        Standing.MEMBER,
        frozenset({Standing.WAITING, Standing.REFUSED, Standing.BANNED}),
    ),
    Decision.REFUSE: (Standing.REFUSED, frozenset({Standing.WAITING, Standing.BANNED})),
    Decision.BAN: (Standing.BANNED, frozenset(Standing) - {Standing.BANNED}),
}
"""What an organiser's decision leads to, and from where. Nobody is made a member who left."""


def standing_after_joining(joining: Joining, current: Standing | None) -> Standing | None:
    """Where somebody stands who asks to join; nothing where the market takes nobody new."""
    if current in (Standing.MEMBER, Standing.BANNED):
        return current
    if joining is Joining.OPEN:
        return Standing.MEMBER
    if joining is Joining.ON_REQUEST or current is Standing.WAITING:
        return Standing.WAITING
    return None


def is_for_demos(password: str) -> bool:
    """Whether it is good in a demonstration alone."""
    return password.casefold().startswith(OF_DEMOS)


def failures_counted(failures: int, last_at: datetime, now: datetime) -> int:
    """How many earlier tries still count."""
    return failures if now - last_at < TRIES_REMEMBERED else 0


def pause(failures: int, allowed: int) -> timedelta:
    """How long to wait after so many failures: nothing at first, then twice as long each time."""
    if failures < allowed:
        return timedelta(0)
    doublings = min(failures - allowed, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def address_tried(address: str) -> str:
    """Whose tries are counted together: an IPv4 address, an IPv6 network of one household."""
    known = ip_address(address)
    if isinstance(known, IPv6Address):
        return str(IPv6Network((known, 64), strict=False))
    return str(known)


def sharers(right: Right) -> frozenset[Right]:
    """By which rights on an object a right on it is shared: by itself, but for one that only reads."""
    return frozenset({Right.ORGANISE, Right.SELL}) if right is Right.ACCOUNT else frozenset({right})


def needs_end(right: Right) -> bool:
    """Whether it is never held without an end, so that its last holder may always lose it."""
    return right is Right.ACCOUNT


def grant_id(person_id: UUID, right: Right, object_id: UUID | None) -> UUID:
    """One grant is one (person, right, object): its id follows from them."""
    return uuid5(_GRANTS, f"{person_id}:{right}:{object_id}")


def outlasts(until: datetime | None, limit: datetime | None) -> bool:
    """Whether a right until `until` (nothing: for ever) goes beyond `limit`."""
    return limit is not None and (until is None or until > limit)


def longest(untils: Collection[datetime | None]) -> datetime | None:
    """The latest of some terms; nothing is for ever."""
    return None if None in untils else max(until for until in untils if until is not None)


def digest(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: enough to know it again, useless to a thief."""
    return hashlib.sha256(secret.encode()).digest()
