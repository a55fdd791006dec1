"""Sale sheets in memory, as orders sells them: bytes made once per version, never an older one.

A sheet is asked for once however many want it, looked at again after 30 s, made fresher by hints
of what is left, and dropped when its sale moves or when news may have been missed.
"""

import gzip
import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import orjson

from bus import log
from contracts.errors import HalleError, NotFound, Unavailable
from contracts.orders import SaleSheet
from gateway.flights import Flights

BYTES = 64 * 1024 * 1024
LOOK_AGAIN = 30.0
"""Seconds after which a sheet is looked at again, behind the back of whoever reads it."""
TOO_OLD = 60.0
"""Seconds after which a reader waits for that look."""
PAUSE = 5.0
"""Seconds in which an old sheet is shown while orders cannot be asked."""

Source = Callable[[str], tuple[bytes, bytes]]
"""From a distribution's id to the JSON of its sale sheet and of what is left."""


class Shown:
    """A sheet as it is shown until something changes; never changed, only replaced."""

    def __init__(self, sheet: bytes, left: bytes, version: int, checked_at: float) -> None:
        self.sheet, self.left, self.version, self.checked_at = sheet, left, version, checked_at
        self.hinted = 0
        """The seq of the newest hint in it."""
        self.good_until = math.inf
        """When the next of its marks ends, in seconds since the epoch."""
        self.body = sheet[:-1] + b',"left":' + left + b"}"
        digest = hashlib.blake2b(self.body, digest_size=6).hexdigest()
        self.etag = f'W/"{version}-{digest}"'
        self.made: dict[str, bytes] = {}
        """Other forms of the same, such as a page in a language."""
        self._model: SaleSheet | None = None

    @property
    def model(self) -> SaleSheet:
        """The sheet to look into; read once."""
        if self._model is None:
            self._model = SaleSheet.model_validate_json(self.sheet)
        return self._model

    @property
    def left_of(self) -> dict[str, int | None]:
        """What is left, by offer."""
        return {one["offer_id"]: one["left"] for one in orjson.loads(self.left)}

    def without_expired(self, now: float) -> "Shown":
        """The same without the marks that have ended by `now`."""
        sale = self.model.shown_at(datetime.fromtimestamp(now, UTC))
        fresher = Shown(sale.model_dump_json().encode(), self.left, self.version, self.checked_at)
        fresher.hinted, fresher.good_until = self.hinted, _good_until(sale.model_dump(mode="json"), now)
        return fresher

    def form(self, name: str, make: Callable[["Shown"], bytes]) -> bytes:
        """Another form of it, made once."""
        made = self.made.get(name)
        if made is None:
            made = self.made[name] = make(self)
        return made

    @property
    def compressed(self) -> bytes:
        """The body as gzip."""
        return self.form("gzip", lambda shown: gzip.compress(shown.body, 4, mtime=0))

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        model = 6 * len(self.sheet) if self._model is not None else 0
        made = sum(map(len, list(self.made.values())))
        return len(self.sheet) + len(self.body) + len(self.left) + made + model


class Sheets:
    """The sheets that were asked for, the last used kept longest, within so many bytes."""

    def __init__(
        self,
        source: Source,
        *,
        limit: int = BYTES,
        now: Callable[[], float] = time.monotonic,
        hour: Callable[[], float] = time.time,
    ) -> None:
        self._source, self._limit, self._now, self._hour = source, limit, now, hour
        self._lock = threading.Lock()
        self._flights: Flights[Shown] = Flights()
        self._kept: OrderedDict[str, Shown] = OrderedDict()
        self._moved: set[str] = set()
        self._drops = 0
        self._background = ThreadPoolExecutor(2, thread_name_prefix="sheets")

    def kept(self, distribution_id: str) -> Shown | None:
        """A sheet from memory, if it may be shown as it is; costs next to nothing."""
        shown = self._known(distribution_id)
        if shown is None:
            return None
        age = self._now() - shown.checked_at
        if age > TOO_OLD:
            return None
        if age > LOOK_AGAIN:
            shown.checked_at += LOOK_AGAIN / 3
            self._background.submit(self._look_again, distribution_id)
        return shown

    def of(self, distribution_id: str) -> Shown:
        """A sheet from memory, or asked for; NotFound where there is none.

        While orders cannot be asked, what was last known is better than nothing.
        """
        shown = self.kept(distribution_id)
        if shown is not None:
            return shown
        try:
            return self._fetch(distribution_id)
        except Unavailable:
            old = self._known(distribution_id)
            if old is None:
                raise
            old.checked_at = self._now() - TOO_OLD + PAUSE
            return old

    def hint(self, distribution_id: str, left: bytes, seq: int) -> None:
        """What is left now, as a hint says; one older than what is known is passed over."""
        with self._lock:
            shown = self._kept.get(distribution_id)
            if shown is None or seq <= shown.hinted:
                return
            fresher = Shown(shown.sheet, left, shown.version, shown.checked_at)
            fresher.hinted, fresher.good_until = seq, shown.good_until
            self._kept[distribution_id] = fresher

    def drop(self, distribution_id: str) -> None:
        """Forget a sheet whose sale moved, and whatever is on its way here."""
        with self._lock:
            self._moved.add(distribution_id)
            self._kept.pop(distribution_id, None)

    def clear(self) -> None:
        """Forget everything: news may have been missed."""
        with self._lock:
            self._drops += 1
            self._moved.clear()
            self._kept.clear()

    def _known(self, distribution_id: str) -> Shown | None:
        """What is in memory, without marks whose last day is over meanwhile: no news is waited for."""
        shown = self._kept.get(distribution_id)
        if shown is None or self._hour() < shown.good_until:
            return shown
        fresher = shown.without_expired(self._hour())
        with self._lock:
            if self._kept.get(distribution_id) is shown:
                self._kept[distribution_id] = fresher
        return fresher

    def _look_again(self, distribution_id: str) -> None:
        try:
            self._fetch(distribution_id)
        except NotFound:
            self.drop(distribution_id)
        except HalleError as error:
            log.line("sheet-not-renewed", distribution=distribution_id, code=error.code)

    def _fetch(self, distribution_id: str) -> Shown:
        return self._flights.join(distribution_id, lambda: self._ask(distribution_id))

    def _ask(self, distribution_id: str) -> Shown:
        drops = self._drops
        self._moved.discard(distribution_id)
        sheet, availability = self._source(distribution_id)
        left = orjson.dumps(orjson.loads(availability)["left"])
        sale = orjson.loads(sheet)
        shown = Shown(sheet, left, sale["version"], self._now())
        shown.good_until = _good_until(sale, self._hour())
        with self._lock:
            if drops != self._drops or distribution_id in self._moved:
                return shown
            return self._keep(distribution_id, shown)

    def _keep(self, distribution_id: str, shown: Shown) -> Shown:
        before = self._kept.get(distribution_id)
        if before is not None and before.version > shown.version:
            before.checked_at = shown.checked_at
            return before
        if before is not None:
            shown.hinted = before.hinted
            shown = before if before.body == shown.body else shown
            shown.checked_at = self._now()
        self._kept[distribution_id] = shown
        self._kept.move_to_end(distribution_id)
        self._shrink()
        return shown

    def _shrink(self) -> None:
        total = sum(shown.size for shown in self._kept.values())
        while total > self._limit and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            total -= gone.size


def _good_until(sale: dict[str, Any], now: float) -> float:
    """When the next mark of a sheet ends; one that ended before it was read stands by orders' own hour."""
    ends = [one["ends_at"] for line in sale["lines"] for one in line.get("certificates", ()) if one["ends_at"]]
    hours = (datetime.fromisoformat(text).timestamp() for text in set(ends))
    return min((hour for hour in hours if hour > now), default=math.inf)
