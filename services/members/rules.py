"""What is allowed to whom: joining a market, sharing a right, trying a password again. Pure."""

import hashlib
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID, uuid5

from contracts.catalog import Joining
from contracts.members import Decision, Right, Standing
from contracts.wall import is_to_come

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

CONSENT_WARNED = timedelta(days=30)
"""Both sides are told so long before a consent ends by itself."""

HOUSEHOLD_HOLDS = 8
"""Other adults in one; a group of friends who share orders is a group, and no household."""
INVITATIONS = 10
"""Letters that one person has written to others within `TRIES_REMEMBERED` of each other."""

OF_DEMOS = "demo-"
"""How the passwords begin that a demonstration prints for everybody to read."""

_GRANTS = UUID("6f0e5c1e-7f0c-4a53-9d2c-3a52a0c7b0d4")
_CONSENTS = UUID("0d7b7f34-5a0e-4c0b-8f39-4b0b1f6f2e0a")

DECIDED: dict[Decision, tuple[Standing, frozenset[Standing]]] = {
    Decision.ADMIT: (
        Standing.MEMBER,
        frozenset({Standing.WAITING, Standing.REFUSED, Standing.BANNED}),
    ),
    Decision.REFUSE: (Standing.REFUSED, frozenset({Standing.WAITING, Standing.BANNED})),
    Decision.BAN: (Standing.BANNED, frozenset(Standing) - {Standing.BANNED}),
}
"""What an organiser's decision leads to, and from where. Nobody is made a member who left."""

SHARERS: dict[Right, frozenset[Right]] = {right: frozenset({right}) for right in Right} | {
    Right.TREASURY: frozenset({Right.ORGANISE, Right.TREASURY}),
    Right.HANDOVER: frozenset({Right.ORGANISE}),
    Right.ACCOUNT: frozenset({Right.ORGANISE, Right.SELL}),
    Right.MEDIATE: frozenset(),
}
"""By which rights a right is shared, beside operating: on the same object, `handover` on its distribution's market."""

NEED_END = frozenset({Right.ACCOUNT, Right.HANDOVER})
"""What is never held without an end: to read, and to stand in for an evening."""

STAY_HELD = frozenset({Right.ORGANISE, Right.SELL, Right.OPERATE, Right.LEND})
"""What its last holder without an end keeps: nobody on the spot could give it again."""


def standing_after_joining(joining: Joining, current: Standing | None, *, approved: bool = True) -> Standing | None:
    """Where somebody stands who asks to join; nothing where the market takes nobody new.

    A market that is not approved is for those whom its organisers admit.
    """
    if current in (Standing.MEMBER, Standing.BANNED):
        return current
    if joining is Joining.OPEN and not approved:
        return Standing.WAITING
    if joining is Joining.OPEN:
        return Standing.MEMBER
    if joining is Joining.ON_REQUEST or current is Standing.WAITING:
        return Standing.WAITING
    return None


def joins_by_ordering(standing: Standing, *, is_open: bool) -> bool:
    """Whether an order makes a member.

    Its sale may be open to all still while the market takes people on request: whoever waits for its organisers, or was
    refused by them, is theirs to decide on.
    """
    if standing in (Standing.WAITING, Standing.REFUSED):
        return is_open
    return standing is Standing.LEFT


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


def grant_id(person_id: UUID, right: Right, object_id: UUID | None) -> UUID:
    """One grant is one (person, right, object): its id follows from them."""
    return uuid5(_GRANTS, f"{person_id}:{right}:{object_id}")


def consent_id(consumer_id: UUID, mediator_id: UUID, town_id: UUID) -> UUID:
    """One consent is one (consumer, mediator, town): its id follows from them."""
    return uuid5(_CONSENTS, f"{consumer_id}:{mediator_id}:{town_id}")


def consent_ends(signed_on: date) -> datetime:
    """A year after the day on which it was signed; on the 28th for the 29th of February."""
    day = 28 if (signed_on.month, signed_on.day) == (2, 29) else signed_on.day
    return datetime.combine(date(signed_on.year + 1, signed_on.month, day), time(), UTC)


def fault_of_signing(signed_on: date, now: datetime, since: date | None) -> str | None:
    """Why no consent follows from a paper of this day: of tomorrow, a year old, or from before the last word."""
    if is_to_come(signed_on, now):
        return "future"
    if consent_ends(signed_on) <= now:
        return "too-old"
    return "older" if since is not None and signed_on < since else None


def outlasts(until: datetime | None, limit: datetime | None) -> bool:
    """Whether a right until `until` (nothing: for ever) goes beyond `limit`."""
    return limit is not None and (until is None or until > limit)


def longest(untils: Collection[datetime | None]) -> datetime | None:
    """The latest of some terms; nothing is for ever."""
    return None if None in untils else max(until for until in untils if until is not None)


def digest(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: enough to know it again, useless to a thief."""
    return hashlib.sha256(secret.encode()).digest()
