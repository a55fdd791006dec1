"""One way to open a connection to PostgreSQL, which leaves nothing behind where it fails.

An attempt that psycopg gave up stays reachable from its own exception, by way of the traceback: a cycle, so the
socket stays open until Python next searches for cycles, and a server that others fill keeps a place for it.
"""

import sys
from traceback import clear_frames
from typing import Any

import psycopg

PATIENCE = 3
"""Seconds for an attempt."""


def connect(database_url: str, **options: Any) -> psycopg.Connection[Any]:
    """Open a connection to an SQLAlchemy URL; raises psycopg.OperationalError with the socket closed.

    It yields to other greenlets where there are any.
    """
    try:
        return _kind().connect(database_url.replace("+psycopg", "", 1), connect_timeout=PATIENCE, **options)
    except psycopg.OperationalError as error:
        clear_frames(error.__traceback__)
        raise


def _kind() -> type[psycopg.Connection[Any]]:
    if "eventlet" in sys.modules and sys.modules["eventlet"].patcher.is_monkey_patched("socket"):
        from bus.green import GreenConnection  # eventlet is only there in services

        return GreenConnection
    return psycopg.Connection
