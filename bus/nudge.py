"""Wake the relay after a commit: one coalesced NOTIFY per process per 10 ms, on a connection of its own.

NOTIFY inside the transaction would take a cluster-wide lock through the commit (8 510 against 4 040 transactions a
second). A nudge may be lost: the relay looks every 250 ms anyway.
"""

import threading
import time

import psycopg

from bus import log

CHANNEL = "halle_outbox"
PAUSE = 0.01

_wanted = threading.Event()
_thread: list[threading.Thread] = []


def relay(database_url: str) -> None:
    """Say that something was said in this process's one database; returns at once."""
    _wanted.set()
    if not _thread:
        _thread.append(threading.Thread(target=_run, args=[database_url], daemon=True, name="nudge"))
        _thread[0].start()


def _run(database_url: str) -> None:
    while True:
        try:
            with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
                _notify_for_ever(connection)
        except psycopg.OperationalError as error:
            log.line("nudge-lost", error=str(error).strip())
            time.sleep(0.25)


def _notify_for_ever(connection: psycopg.Connection) -> None:
    while True:
        _wanted.wait()
        _wanted.clear()
        connection.execute(f"notify {CHANNEL}")
        time.sleep(PAUSE)
