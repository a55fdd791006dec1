"""Single flight: threads that want the same thing at the same time share one piece of work."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Found = TypeVar("Found")
PATIENCE = 30.0
"""Seconds that a thread waits for another's work; longer than any question may take."""


class Flights(Generic[Found]):
    """Work under way, by key. What it fails with, all who wait for it are told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flying: dict[Hashable, Future[Found]] = {}

    def join(self, key: Hashable, work: Callable[[], Found]) -> Found:
        """The outcome of `work`, done here or by the thread that came first."""
        with self._lock:
            future = self._flying.get(key)
            if future is None:
                mine: Future[Found] = Future()
                self._flying[key] = mine
        if future is not None:
            return future.result(PATIENCE)
        try:
            mine.set_result(work())
        except BaseException as error:  # noqa: BLE001  (handed to every thread, this one included)
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._flying[key]
        return mine.result()
