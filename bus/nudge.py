"""Wake the relay after a commit: one coalesced NOTIFY per process per 10 ms, on a connection of its own.

NOTIFY inside the transaction would take a cluster-wide lock through the commit (8 510 against 4 040 transactions a
second). A nudge may be lost: the relay looks every 250 ms anyway.
"""

import threading
import time

import psycopg

from bus import log
from bus.connecting import connect

CHANNEL = "halle_outbox"
PAUSE = 0.01

_wanted: dict[str, threading.Event] = {}
"""One per database that this process nudges for: a service has one, a test run several."""


def relay(database_url: str) -> None:
    """Say that something was said in a database; returns at once."""
    if database_url not in _wanted:
        _wanted[database_url] = threading.Event()
        threading.Thread(target=_run, args=[database_url], daemon=True, name="nudge").start()
    _wanted[database_url].set()


def _run(database_url: str) -> None:
    while True:
        try:
            with _connect(database_url) as connection:
                _notify_for_ever(connection, _wanted[database_url])
        except psycopg.OperationalError as error:
            log.line("nudge-lost", error=str(error).strip())
            time.sleep(0.25)


def _connect(database_url: str) -> psycopg.Connection:
    """A connection whose commits wait for no disk: a nudge lost in a crash is found by the relay's next look."""
    return connect(database_url, autocommit=True, options="-c synchronous_commit=off")


def _notify_for_ever(connection: psycopg.Connection, wanted: threading.Event) -> None:
    while True:
        wanted.wait()
        wanted.clear()
        connection.execute(f"notify {CHANNEL}")
        time.sleep(PAUSE)
