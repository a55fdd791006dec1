"""A rush of orders, in which mails wait: both need the same machine, and only the order has somebody waiting."""

import time
from collections import deque
from collections.abc import Callable

RUSH = 50
"""Orders heard in a second above which mails make room; each takes as much of the machine as its order."""
LONGEST = 600.0
"""Seconds after which they do not any more: a rush that lasts is how things are."""


class Rush:
    """Counts the orders of the last second; `now` gives seconds that never go back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._heard: deque[tuple[float, int]] = deque()
        self._since: float | None = None

    def note(self, orders: int) -> None:
        """So many orders were heard now."""
        self._heard.append((self._now(), orders))
        self._forget()

    def is_on(self) -> bool:
        """Whether mails are to make room."""
        self._forget()
        if sum(orders for _, orders in self._heard) <= RUSH:
            self._since = None
            return False
        self._since = self._since or self._now()
        return self._now() - self._since < LONGEST

    def _forget(self) -> None:
        while self._heard and self._heard[0][0] < self._now() - 1:
            self._heard.popleft()
