"""A database with the kernel's tables: orders' own, since every service has them. And a town's environment."""

from collections.abc import Iterator

import pytest

from bus import database, identity, migrations
from deploy.broker import Broker
from deploy.database import Postgres
from tests.emptying import empty


@pytest.fixture(scope="session")
def kernel_database(postgres: Postgres) -> str:
    postgres.create("test_kernel")
    url = postgres.url("test_kernel")
    migrations.migrate("orders", url)
    return url


@pytest.fixture
def kernel(kernel_database: str, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HALLE_DATABASE_URL_ORDERS", kernel_database)
    monkeypatch.setenv("HALLE_BROKER_URL", broker.url)
    monkeypatch.setenv("HALLE_INSTANCE", "test")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    database.serve("orders")
    identity.forget_keys()
    with database.transaction() as tx:
        empty(tx)
    yield
    database.engine().dispose()
