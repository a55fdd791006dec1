"""One JSON line per unit of work: event, ids, outcome, milliseconds, trace id. No secrets, no addresses.

Lines are written a moment later, many together; those of trouble, and those that are to be kept, at once.
"""

import atexit
import logging
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import orjson
import structlog
from structlog.typing import EventDict

from bus import trace

TOGETHER = 0.05
"""Seconds for which lines wait for others."""
FULL = 10_000
"""Lines that wait at most; while there are as many, whoever writes one writes all."""

_unit_of_work = structlog.get_logger()
_DETAIL = re.compile(r"DETAIL:.*?(?=\n\[SQL|\n\n|\Z)", re.DOTALL)
"""What PostgreSQL adds to an error: the row that it refused, with the names and addresses in it."""


class Sheaf:
    """Lines on their way to a file, which a thread of its own writes together.

    To write to a pipe is to let others go first: the thread next door, and whoever reads the lines. Once per line, that
    is dear (docs/decisions/0012).
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines: deque[bytes] = deque()
        self._wanted = threading.Event()
        self._writing = threading.Lock()
        threading.Thread(target=self._run, daemon=True, name="log").start()
        atexit.register(self.empty)

    def info(self, line: bytes) -> None:
        """Keep a line for the next writing."""
        self._lines.append(line)
        if len(self._lines) > FULL:
            self.empty()
        if not self._wanted.is_set():
            self._wanted.set()

    def error(self, line: bytes) -> None:
        """Write a line now, after those before it."""
        self._lines.append(line)
        self.empty()

    warning = error

    def empty(self) -> None:
        """Write what there is."""
        with self._writing:
            lines = [self._lines.popleft() + b"\n" for _ in range(len(self._lines))]
            if lines:
                self._file.write(b"".join(lines))
                self._file.flush()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            time.sleep(TOGETHER)
            self._wanted.clear()
            self.empty()


def configure(process: str) -> None:
    """Make every line of this process JSON on standard error; warnings of libraries included."""
    sheaf = Sheaf(sys.stderr.buffer)
    structlog.configure(
        processors=[
            _named(process),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_values,
            structlog.processors.JSONRenderer(serializer=lambda line, **_: orjson.dumps(line, default=str)),
        ],
        logger_factory=lambda *_: sheaf,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format='{"event": "library", "line": "%(name)s %(message)s"}')
    for chatty in ("pika", "amqp", "kombu"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)


def _named(process: str) -> Callable[[Any, str, EventDict], EventDict]:
    """Put the process's name on every line, whatever thread or greenlet writes it."""

    def name(_logger: Any, _method: str, fields: EventDict) -> EventDict:
        fields["process"] = process
        return fields

    return name


def without_values(words: str) -> str:
    """What was said of an error, but for the row it was about."""
    return _DETAIL.sub("DETAIL left out", words)


def _without_values(_logger: Any, _method: str, fields: EventDict) -> EventDict:
    if "exception" in fields:
        fields["exception"] = without_values(fields["exception"])
    return fields


def line(event: str, **fields: Any) -> None:
    _unit_of_work.info(event, **fields)


def kept(event: str, **fields: Any) -> None:
    """What somebody will look up later, and is told nowhere else: written at once, so that a kill does not lose it."""
    _unit_of_work.warning(event, **fields)


def trouble(event: str, **fields: Any) -> None:
    """Something that a person on call must be able to find; pass `exc_info=True` for a bug."""
    _unit_of_work.error(event, **fields)


@contextmanager
def unit_of_work(event: str, **fields: Any) -> Iterator[dict[str, Any]]:
    """Log one line at the end; the block adds what it learns to the dictionary it is given."""
    started = time.perf_counter()
    learned: dict[str, Any] = {"outcome": "done", **fields}
    try:
        yield learned
    except BaseException:
        learned["outcome"] = "failed"
        raise
    finally:
        milliseconds = round((time.perf_counter() - started) * 1000, 2)
        _unit_of_work.info(event, ms=milliseconds, trace_id=trace.trace_id(), **learned)
