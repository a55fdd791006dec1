"""Migrations lead exactly to the tables of the code, and a process refuses a schema that it does not know."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Engine, MetaData, create_engine, text

from bus import migrations
from deploy.database import Postgres

SERVICES = sorted(path.parent.name for path in Path(__file__).resolve().parent.parent.glob("services/*/service.py"))


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_and_tables_agree(service: str, postgres: Postgres) -> None:
    postgres.create(f"test_migrations_{service}")
    migrations.migrate(service, postgres.url(f"test_migrations_{service}"))
    store = import_module(f"services.{service}.store")
    engine = create_engine(postgres.url(f"test_migrations_{service}"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, store.metadata) == []
        assert checks_of_tables(store.metadata) <= checks_in(connection), "alembic does not compare checks"
    engine.dispose()
    postgres.drop(f"test_migrations_{service}")


def checks_of_tables(metadata: MetaData) -> set[str]:
    """Names of the checks that the code's tables declare, as they are called in the database."""
    every = (one for table in metadata.tables.values() for one in table.constraints)
    return {str(one.name) for one in every if isinstance(one, CheckConstraint)}


def checks_in(connection: Connection) -> set[str]:
    return set(connection.execute(text("select conname from pg_constraint where contype = 'c'")).scalars())


@pytest.fixture
def newer(postgres: Postgres) -> Iterator[str]:
    """The address of a database whose schema a newer release made."""
    postgres.create("test_newer")
    engine = create_engine(postgres.url("test_newer"))
    with engine.begin() as tx:
        tx.execute(text("create table alembic_version as select '9999'::text as version_num"))
    engine.dispose()
    yield postgres.url("test_newer")
    postgres.drop("test_newer")


def test_a_newer_schema_stops_the_process_with_a_sentence(newer: str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = create_engine(newer)
    with pytest.raises(SystemExit) as stopped, engine.begin() as tx:
        migrations.refuse_other_schema(tx, "orders")
    engine.dispose()
    assert stopped.value.code == 2
    assert "newer schema (9999)" in capsys.readouterr().err


def test_a_database_that_nobody_migrated_stops_a_service_with_a_sentence(
    postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    postgres.create("test_bare")
    engine = create_engine(postgres.url("test_bare"))
    with pytest.raises(SystemExit), engine.begin() as tx:
        migrations.refuse_other_schema(tx, "orders")
    engine.dispose()
    postgres.drop("test_bare")
    assert "HALLE_DATABASE_URL_ORDERS points at no schema: run ./halle migrate first" in capsys.readouterr().err


def test_an_older_release_leaves_a_newer_schema_with_a_sentence(newer: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        migrations.migrate("orders", newer)
    assert stopped.value.code == 2
    assert "newer schema (9999)" in capsys.readouterr().err


def test_a_migration_that_meets_a_writer_gives_way_and_is_tried_again(postgres: Postgres) -> None:
    """The writer holds the table that the migration wants last, and wants the one that it took first."""
    postgres.create("test_met")
    settings = migrations.config("catalog")
    url = settings.attributes["url"] = postgres.url("test_met")
    command.upgrade(settings, "0004")
    engine = create_engine(url)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as writer:
            writer.execute(text("set local deadlock_timeout = '1min'"))
            writer.execute(text("lock producers in row exclusive mode"))
            migrating = pool.submit(migrations.migrate, "catalog", url)
            wait_until(lambda: is_wanted("producers", engine))
            writer.execute(text("lock markets in row exclusive mode"))
        migrating.result()
    with engine.connect() as connection:
        reached = connection.execute(text("select version_num from alembic_version")).scalar()
    engine.dispose()
    assert reached == migrations.newest("catalog")
    postgres.drop("test_met")


def is_wanted(table: str, engine: Engine) -> bool:
    """Whether somebody waits for a lock on a table."""
    waiting = text("select exists (select from pg_locks where not granted and relation = cast(:table as regclass))")
    with engine.connect() as connection:
        return bool(connection.execute(waiting, {"table": table}).scalar())


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
