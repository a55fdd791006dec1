"""Payments' database, migrated once and emptied before each test."""

import pytest

from bus import database, migrations
from deploy.database import Postgres
from tests.emptying import empty


@pytest.fixture(scope="session")
def payments_database(postgres: Postgres) -> str:
    postgres.create("test_payments")
    url = postgres.url("test_payments")
    migrations.migrate("payments", url)
    return url


@pytest.fixture(autouse=True)
def clean(payments_database: str, pool: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALLE_DATABASE_URL_PAYMENTS", payments_database)
    monkeypatch.setenv("HALLE_INSTANCE", "test")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    database.serve("payments")
    with database.transaction() as tx:
        empty(tx)
