"""Photos in memory, the last used kept longest: a shop full of them opens for everybody at the same second.

A photo's id is the digest of its content, so that what is kept is never out of date.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from gateway.flights import Flights

BYTES = 32 * 1024 * 1024


class Album:
    """The photos that were asked for, within so many bytes."""

    def __init__(self, source: Callable[[str, str], bytes], *, limit: int = BYTES) -> None:
        self._source, self._limit = source, limit
        self._lock = threading.Lock()
        self._flights: Flights[bytes] = Flights()
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._bytes = 0

    def of(self, photo: str, size: str) -> bytes:
        """A photo in one size, asked for once however many want it."""
        key = photo, size
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        return self._flights.join(key, lambda: self._fetch(photo, size))

    def _fetch(self, photo: str, size: str) -> bytes:
        found = self._source(photo, size)
        with self._lock:
            self._bytes += len(found) - len(self._kept.pop((photo, size), b""))
            self._kept[photo, size] = found
            while self._bytes > self._limit:
                self._bytes -= len(self._kept.popitem(last=False)[1])
        return found
