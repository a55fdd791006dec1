"""Who asks: an Ed25519 token (JWT) that carries identity and session only; rights are joined where things are loaded.

Key sets are heard from members and kept in every service's database. 60 s of leeway for clocks that differ.
"""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection, select

from bus import database, env, tables
from contracts.errors import NotAllowed, Unavailable
from contracts.messages import Model

ALGORITHM = "Ed25519"
LEEWAY = 60
LOOK_AGAIN = 1.0
"""Seconds between two looks for keys that this process does not know yet."""
KEPT = 60.0
"""Seconds after which the key set is read again, so that a retired key stops being taken."""


class Asker(Model):
    """Somebody whose token was verified; not yet known to be unrevoked."""

    person_id: UUID
    session_id: UUID
    issued_at: datetime
    expires_at: datetime


_verified: dict[str, Asker] = {}
_keys: dict[str, Any] = {"set": None, "looked": -KEPT}


def issuer() -> str:
    return f"/towns/{env.instance()}/members"


def verify(token: str) -> Asker:
    """The asker whom `token` names; NotAllowed for a forged, expired or foreign one. Verified once per token."""
    asker = _verified.get(token) or _remember(token, _decode(token))
    if asker.expires_at.timestamp() + LEEWAY < time.time():
        _verified.pop(token, None)
        raise _refusal()
    return asker


def admit(tx: Connection, asker: Asker) -> None:
    """Refuse a token older than its person's last revocation."""
    revoked = select(tables.not_before.c.person_id).where(
        tables.not_before.c.person_id == asker.person_id, tables.not_before.c.not_before > asker.issued_at
    )
    if tx.execute(revoked).first():
        raise _refusal()


def forget_keys() -> None:
    """Look for the key set afresh; after it changed, and in tests."""
    _keys.update(set=None, looked=-KEPT)
    _verified.clear()


def _decode(token: str) -> dict[str, Any]:
    for fresh in (False, True):
        known = _key_set(fresh)
        try:
            claims = jwt.decode(token, known, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError):  # a header may hold anything
            continue
        if claims.get("iss") == issuer() and claims.get("iat", 0) <= time.time() + LEEWAY:
            return claims
        break
    raise _refusal()


def _remember(token: str, claims: dict[str, Any]) -> Asker:
    try:
        asker = Asker(
            person_id=claims["sub"],
            session_id=claims["sid"],
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _refusal() from error
    if len(_verified) > 20_000:
        _verified.clear()
    _verified[token] = asker
    return asker


def _key_set(fresh: bool) -> KeySet:
    age = time.monotonic() - _keys["looked"]
    if age > KEPT or ((_keys["set"] is None or fresh) and age > LOOK_AGAIN):
        _keys["looked"] = time.monotonic()
        _keys["set"] = _load_keys()
    if _keys["set"] is None:
        raise Unavailable("keys-unknown", "This service has not heard who may sign in yet; ask again in a moment.")
    known: KeySet = _keys["set"]
    return known


def _load_keys() -> KeySet | None:
    with database.transaction() as tx:
        statement = select(tables.verification_keys.c["keys"]).where(tables.verification_keys.c.issuer == issuer())
        keys = tx.execute(statement).scalar()
    return KeySet.import_key_set({"keys": keys}) if keys else None


def _refusal() -> NotAllowed:
    return NotAllowed("sign-in", "Please sign in again.")
