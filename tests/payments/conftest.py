"""Payments' database, migrated once and emptied before each test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bus import database, migrations
from deploy.database import Postgres


@pytest.fixture(scope="session")
def payments_database(postgres: Postgres) -> str:
    postgres.create("test_payments")
    url = postgres.url("test_payments")
    migrations.migrate("payments", url)
    return url


@pytest.fixture(autouse=True)
def clean(payments_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HALLE_DATABASE_URL_PAYMENTS", payments_database)
    monkeypatch.setenv("HALLE_INSTANCE", "test")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    database.serve("payments")
    with database.transaction() as tx:
        tx.execute(text("truncate sales, closings, mandates, outbox, inbox, timers, idempotency, grants cascade"))
        tx.execute(text("update clock set \"offset\" = interval '0'"))
    yield
    database.engine().dispose()
