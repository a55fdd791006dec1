"""One JSON line per unit of work: event, ids, outcome, milliseconds, trace id. No secrets, no addresses."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict

from bus import trace

_unit_of_work = structlog.get_logger()


def configure(process: str) -> None:
    """Make every line of this process JSON on standard error; warnings of libraries included."""
    structlog.configure(
        processors=[
            _named(process),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda line, **_: orjson.dumps(line, default=str)),
        ],
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
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


def line(event: str, **fields: Any) -> None:
    _unit_of_work.info(event, **fields)


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
