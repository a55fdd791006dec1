"""W3C trace context: one id follows a person's click through HTTP, commands and events.

The context is per greenlet and per thread. `./halle trace` finds an order's events by its subject, logs by this id.
"""

import random
import re
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("traceparent", default="")
_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def begin(traceparent: str | None = None) -> str:
    """Continue the caller's trace, or start one where there is none or it is malformed."""
    if not traceparent or not _FORM.fullmatch(traceparent):
        traceparent = f"00-{random.getrandbits(128):032x}-{random.getrandbits(64):016x}-01"  # no secret
    _current.set(traceparent)
    return traceparent


def current() -> str:
    """The traceparent to send on; begins a trace where none is."""
    return _current.get() or begin()


def trace_id() -> str:
    return current()[3:35]
