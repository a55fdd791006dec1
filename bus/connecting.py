"""One way to open a connection to PostgreSQL, which leaves nothing behind where it fails.

An attempt that psycopg gave up stays reachable from its own exception, by way of the traceback: a cycle, so the
socket stays open until Python next searches for cycles, and a server that others fill keeps a place for it.
"""

from traceback import clear_frames
from typing import Any

import psycopg

PATIENCE = 3
"""Seconds for an attempt."""


def connect(
    database_url: str, kind: type[psycopg.Connection[Any]] = psycopg.Connection, **options: Any
) -> psycopg.Connection[Any]:
    """Open a connection to an SQLAlchemy URL; raises psycopg.OperationalError with the socket closed."""
    try:
        return kind.connect(database_url.replace("+psycopg", "", 1), connect_timeout=PATIENCE, **options)
    except psycopg.OperationalError as error:
        clear_frames(error.__traceback__)
        raise
