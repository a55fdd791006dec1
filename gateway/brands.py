"""Markets that are shown at a host name of their own, kept in memory for a minute.

Whatever host a request names is asked for once a minute at most; the instance's own is never asked for.
"""

import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from contracts.approval import Brand
from contracts.errors import Unavailable
from contracts.identity import HostName
from gateway.flights import Flights

KEPT = 1_000
"""Host names in memory."""
SECONDS = 60.0
AWAY = 5.0
"""How long nothing is asked after catalog did not answer."""
_HOST: TypeAdapter[str] = TypeAdapter(HostName)


class _Kept(NamedTuple):
    brand: Brand | None
    until: float


class Brands:
    """Which market is shown at a host; `fetch` asks catalog."""

    def __init__(
        self, public_url: str, fetch: Callable[[str], Brand | None], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._own = urlsplit(public_url).hostname
        self._fetch, self._now = fetch, now
        self._kept: dict[str, _Kept] = {}
        self._flights: Flights[Brand | None] = Flights()

    def at(self, host: str) -> Brand | None:
        """The brand of a host as a request names it; nothing at the instance's own and at unknown ones."""
        name = _named(host)
        if name is None or name == self._own:
            return None
        kept = self._kept.get(name)
        if kept is not None and kept.until > self._now():
            return kept.brand
        return self._flights.join(name, lambda: self._find(name))

    def _find(self, name: str) -> Brand | None:
        """Asked anew; while catalog is away, as it was known: a page must be able to say that it is."""
        known = self._kept.get(name)
        try:
            found = _Kept(self._fetch(name), self._now() + SECONDS)
        except Unavailable:
            found = _Kept(known.brand if known else None, self._now() + AWAY)
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[name] = found
        return found.brand


def _named(host: str) -> str | None:
    """The name of a Host header without its port; nothing where it is an address or no name at all."""
    try:
        return _HOST.validate_python(host.partition(":")[0])
    except ValidationError:
        return None
