"""Orders' database, migrated once and emptied before each test; calls as the doors would make them."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bus import database, identity, migrations
from bus.doors import Call
from contracts.messages import Command
from deploy.database import Postgres
from services.orders import sheets


@pytest.fixture(scope="session")
def orders_database(postgres: Postgres) -> str:
    postgres.create("test_orders")
    url = postgres.url("test_orders")
    migrations.migrate("orders", url)
    return url


@pytest.fixture(autouse=True)
def clean(orders_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HALLE_DATABASE_URL_ORDERS", orders_database)
    monkeypatch.setenv("HALLE_INSTANCE", "test")
    monkeypatch.setenv("HALLE_MOVABLE_CLOCK", "1")
    database.serve("orders")
    sheets.forget()
    with database.transaction() as tx:
        names = "distributions, stocks, people, memberships, outbox, inbox, timers, idempotency, grants, not_before"
        tx.execute(text(f"truncate {names} cascade"))
        tx.execute(text("update clock set \"offset\" = interval '0'"))
    yield
    database.engine().dispose()


Asking = Callable[..., Any]


@pytest.fixture
def call() -> Callable[[UUID, Command], Call]:
    """A call by a person whose token has been verified."""

    def make(person: UUID, command: Command, key: str | None = None) -> Call:
        headers = {"deadline": repr(time.time() + 60), "key": key or str(uuid4()), "token": f"token-of-{person}"}
        body = command.model_dump_json().encode()
        made = Call(type(command), SimpleNamespace(headers=headers, body=body))  # type: ignore[arg-type]
        made.by(
            identity.Asker(
                person_id=person,
                session_id=uuid4(),
                issued_at=datetime.now(UTC),
                expires_at=datetime.fromtimestamp(time.time() + 600, UTC),
            )
        )
        return made

    return make
