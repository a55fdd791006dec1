"""Orders' database, migrated once and emptied before each test; calls as the doors would make them."""

from collections.abc import Callable
from uuid import UUID

import pytest

from bus import database, migrations
from bus.doors import Call
from contracts.messages import Command
from deploy.database import Postgres
from services.orders import sheets
from tests import calls
from tests.emptying import empty


@pytest.fixture(scope="session")
def orders_database(postgres: Postgres) -> str:
    postgres.create("test_orders")
    url = postgres.url("test_orders")
    migrations.migrate("orders", url)
    return url


@pytest.fixture(autouse=True)
def clean(orders_database: str, pool: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALLE_DATABASE_URL_ORDERS", orders_database)
    monkeypatch.setenv("HALLE_INSTANCE", "test")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    database.serve("orders")
    sheets.forget()
    with database.transaction() as tx:
        empty(tx)


@pytest.fixture
def call() -> Callable[[UUID, Command], Call]:
    """A call by a person whose token has been verified."""
    return calls.by
