"""The demo's instance as the story sees it: its clock, its letters, and people who do things at the same time."""

import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import requests

from deploy import processes
from deploy.instance import Instance

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - items, beside what becomes of them
PARIS = ZoneInfo("Europe/Paris")
AT_ONCE = 4


class Town:
    """A running instance whose clock may be moved."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.url = instance.gateway_url

    def set_clock(self, wall: datetime | None) -> None:
        """Let it be `wall` in Paris now, for every service; nothing for the real hour."""
        offset = wall.replace(tzinfo=PARIS) - datetime.now(UTC) if wall else timedelta()
        for service in processes.services():
            with self.instance.postgres.connect(f"halle_{service}") as connection:
                connection.execute('update clock set "offset" = %s', [offset])

    def secret_sent_to(self, email: str) -> str:
        """The secret of the link in the first letter to somebody, once it has come."""
        pages = self.instance.mailbox_url
        listed = until(lambda: _json(f"{pages}/messages.json", to=email, limit=0))
        letter = _json(f"{pages}/messages/{listed[-1]['id']}.json")
        found = re.search(r"secret=([\w-]+)", letter["text"])
        if found is None:
            raise LookupError(f"no link in the letter to {email}")
        return found[1]

    def read(self, path: str) -> Any:
        """What anybody may read there; nothing while there is nothing."""
        answer = requests.get(f"{self.url}/api/v1{path}", timeout=30)
        return answer.json() if answer.status_code == 200 else None


def until(find: Callable[[], T | None], seconds: float = 60) -> T:
    """What `find` finds, asked again while it finds nothing; news need a moment to be heard."""
    end = time.monotonic() + seconds
    while not (found := find()):
        if time.monotonic() > end:
            raise TimeoutError(f"nothing came of {find} in {seconds} s")
        time.sleep(0.05)
    return found


def at_once(act: Callable[[I], T], items: Iterable[I], people: int = AT_ONCE) -> list[T]:
    """What becomes of each item, by a few people at a time."""
    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(act, items))


def _json(address: str, **asked: Any) -> Any:
    return requests.get(address, params=asked, timeout=30).json()
