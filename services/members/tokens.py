"""Identity tokens and the keys that sign them: Ed25519, ten minutes, identity and session only."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey

from bus import identity


def new_key() -> dict[str, Any]:
    """A private JWK; its `kid` is its thumbprint."""
    return dict(OKPKey.generate_key("Ed25519", private=True, auto_kid=True).as_dict(private=True))


def public(private: dict[str, Any]) -> dict[str, Any]:
    """What may be published of a key."""
    return {name: value for name, value in private.items() if name != "d"}


def sign(private: dict[str, Any], person_id: UUID, session_id: UUID, issued: datetime, expires: datetime) -> str:
    """A token for a person's session. Instants are of the real clock, to the microsecond."""
    claims = {
        "iss": identity.issuer(),
        "sub": str(person_id),
        "sid": str(session_id),
        "iat": issued.timestamp(),
        "exp": expires.timestamp(),
    }
    header = {"alg": identity.ALGORITHM, "kid": private["kid"]}
    return jwt.encode(header, claims, _key(json.dumps(private)), algorithms=[identity.ALGORITHM])


@lru_cache(maxsize=4)
def _key(private: str) -> OKPKey:
    return OKPKey.import_key(json.loads(private))
