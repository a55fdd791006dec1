"""One database per service process: its engine, its transactions, and what is said about its trouble.

A deadlock or a lost serialisation is retried whole; a database that is away is `Unavailable`, never an attempt.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bus import env, nudge
from bus.connecting import connect
from contracts.errors import Unavailable

T = TypeVar("T")


class _Served(NamedTuple):
    service: str
    url: str


_served: list[_Served] = []


def serve(service: str) -> None:
    """Name the one service whose database this process opens; before the first transaction."""
    _served[:] = [_Served(service, env.database_url(service))]


def served() -> str:
    return _served[0].service


def url() -> str:
    """The address of the database that is served."""
    return _served[0].url


def engine() -> Engine:
    """This process's pool. Sixteen connections and never more: opening one takes longer than most transactions."""
    return _pool(_served[0])


@cache
def _pool(served: _Served) -> Engine:
    return _engine(served)


@cache
def _statement_pool(served: _Served) -> Engine:
    """A pool whose connections are born in autocommit: switching costs more than the pool."""
    return _engine(served, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)


def _engine(served: _Served, **more: Any) -> Engine:
    return create_engine(
        served.url,
        creator=partial(_connect, served),
        pool_size=env.number("HALLE_POOL", 16),
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=5,
        execution_options={"preserve_rowcount": True},
        hide_parameters=True,
        **more,
    )


def _connect(served: _Served) -> psycopg.Connection[Any]:
    return connect(served.url, application_name=f"halle-{served.service}", prepare_threshold=2, autocommit=False)


@contextmanager
def transaction() -> Iterator[Connection]:
    """A transaction that commits at the end of the block; what was said in it is nudged to the relay after."""
    with trouble_named():
        with engine().begin() as tx:
            yield tx
            said = tx.info.pop("said", False)
        if said:
            nudge.relay(url())


@contextmanager
def statement() -> Iterator[Connection]:
    """A connection in which every statement is a transaction of its own: one round trip for a whole order."""
    with trouble_named(), _statement_pool(_served[0]).connect() as connection:
        yield connection


def atomically(work: Callable[[Connection], T], attempts: int = 8) -> T:
    """Run `work` in one transaction, again and whole when PostgreSQL chose it as a deadlock's victim."""
    return again_on_contention(lambda: _in_transaction(work), attempts)


def again_on_contention(work: Callable[[], T], attempts: int = 8) -> T:
    """Call `work`, which is one transaction, until it is not a deadlock's victim; at most `attempts` times."""
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except DBAPIError as error:
            if attempt == attempts or not is_contention(error):
                raise
        time.sleep(random.uniform(0.001, 0.01) * attempt)
    raise AssertionError("unreachable")


def _in_transaction(work: Callable[[Connection], T]) -> T:
    with transaction() as tx:
        return work(tx)


@contextmanager
def trouble_named() -> Iterator[None]:
    """Turn "the database is away" into `Unavailable`; anything else passes."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("busy", "Everybody is being served; ask again in a moment.") from error
    except DBAPIError as error:
        if is_outage(error):
            raise Unavailable("database-away", "Outcome unknown: ask again with the same key.") from error
        raise


def is_contention(error: DBAPIError) -> bool:
    return isinstance(error.orig, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)


def is_outage(error: DBAPIError) -> bool:
    """Connection lost, server starting or stopping, disk full: trouble with the place, not with the work."""
    if error.connection_invalidated:
        return True
    away = (
        psycopg.errors.AdminShutdown,
        psycopg.errors.CrashShutdown,
        psycopg.errors.CannotConnectNow,
        psycopg.errors.DiskFull,
        psycopg.errors.TooManyConnections,
    )
    if isinstance(error.orig, away):
        return True
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) is None


def is_up() -> bool:
    """Whether the database answers now."""
    try:
        with engine().connect() as connection:
            connection.exec_driver_sql("select 1")
    except (DBAPIError, PoolTimeout):
        return False
    return True
