"""How markets speak to their consumers, kept in memory for a minute: a shop opens for everybody at the same second."""

import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from contracts.errors import NotFound, Unavailable
from contracts.showing import Voice
from gateway.flights import Flights

KEPT = 5_000
"""Markets in memory."""
SECONDS = 60.0
AWAY = 5.0
"""How long nothing is asked after catalog did not answer."""


class _Kept(NamedTuple):
    says_tu: bool
    until: float


class Voices:
    """Which markets say `tu`; `fetch` asks catalog. One that is not known says `vous`."""

    def __init__(self, fetch: Callable[[UUID], Voice], *, now: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._now = fetch, now
        self._kept: dict[UUID, _Kept] = {}
        self._flights: Flights[bool] = Flights()

    def says_tu(self, market_id: UUID) -> bool:
        """Whether a market says `tu` to its consumers."""
        kept = self._kept.get(market_id)
        if kept is not None and kept.until > self._now():
            return kept.says_tu
        return self._flights.join(market_id, lambda: self._find(market_id))

    def _find(self, market_id: UUID) -> bool:
        """Asked anew; without an answer it speaks as it did: no page waits for a form of address."""
        known = self._kept.get(market_id)
        try:
            found = _Kept(self._fetch(market_id).says_tu, self._now() + SECONDS)
        except (NotFound, Unavailable):
            found = _Kept(known.says_tu if known else False, self._now() + AWAY)
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[market_id] = found
        return found.says_tu
