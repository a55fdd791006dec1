"""The gateway as a buyer's phone sees it: one connection, JSON, and often enough no answer."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 15.0
"""Seconds until a phone gives up waiting; the outcome is then unknown."""


@dataclass(frozen=True)
class Reply:
    """What was answered. Status 0: nothing, the outcome is unknown."""

    status: int
    body: dict[str, Any]
    seconds: float = 0.0
    """How long it took until there was a word, or none."""

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_unknown(self) -> bool:
        """Nobody knows what became of it: ask again with the same key."""
        return self.status == 0 or self.status in (429, 502, 503, 504)

    @property
    def code(self) -> str:
        return str(self.body.get("code") or self.body.get("type") or self.status)


class Counter:
    """One connection, opened again when it broke. For one thread."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=patience)

    def ask(self, method: str, path: str, secret: str, key: str, body: dict[str, Any] | None) -> Reply:
        """One request, asked once."""
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key, "Content-Type": "application/json"}
        began = time.monotonic()
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self._connection.getresponse()
            return Reply(answer.status, _object(answer.read()), time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return Reply(0, {}, time.monotonic() - began)

    def close(self) -> None:
        self._connection.close()


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {"code": body[:200].decode(errors="replace")}
    return read if isinstance(read, dict) else {"code": str(read)}
