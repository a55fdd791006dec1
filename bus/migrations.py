"""`python -m bus.migrations`: bring every database that this process was given to the newest schema, once.

Under an advisory lock, with a `lock_timeout` of 3 s. The release before goes on meanwhile and locks the same tables in
orders of its own: a migration that meets it gives way, and is tried again. Each has a transaction of its own, so what
was reached stays. `kernel_0001` is the first half of every service's first
migration; later changes to the kernel's tables get functions of their own, called by each service's next migration.
"""

import time
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.exc import OperationalError

from bus import env, tables

LOCK = 7_403_002
TRIES, PAUSE = 40, 0.25
"""How often a migration is tried that met others' locks, and the seconds between."""
SERVICES = Path(__file__).resolve().parent.parent / "services"


def config(service: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(SERVICES / service / "migrations"))
    settings.attributes["service"] = service
    return settings


def migrate(service: str, url: str) -> None:
    """Upgrade one service's database at `url`."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as guard:
        guard.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
        settings = config(service)
        settings.attributes["url"] = url
        _refuse_newer_schema(guard, service)
        _upgrade(settings)
    engine.dispose()


def _refuse_newer_schema(tx: Connection, service: str) -> str | None:
    """Stop with a sentence at a database that a newer release has had, which only a restore undoes; its revision."""
    found = MigrationContext.configure(tx).get_current_revision()
    known = {revision.revision for revision in ScriptDirectory.from_config(config(service)).walk_revisions()}
    if found is not None and found not in known:
        env.fail(f"HALLE_DATABASE_URL_{service.upper()}", f"points at a newer schema ({found}) than this release knows")
    return found


def _upgrade(settings: Config) -> None:
    for tried in range(1, TRIES + 1):
        try:
            return command.upgrade(settings, "head")
        except OperationalError as error:
            if tried == TRIES or not isinstance(error.orig, DeadlockDetected | LockNotAvailable):
                raise
            time.sleep(PAUSE)
    return None


def run_env(metadata: MetaData) -> None:
    """What every service's `migrations/env.py` does."""
    from alembic import context

    engine = create_engine(context.config.attributes["url"], connect_args={"options": "-c lock_timeout=3s"})
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True
        )
        with context.begin_transaction():  # Alembic's own: an index that is made concurrently leaves it
            context.run_migrations()
    engine.dispose()


def refuse_other_schema(tx: Connection, service: str) -> None:
    """Stop the process with a sentence unless the database has a schema that this code knows to work on."""
    found = _refuse_newer_schema(tx, service)
    if found != newest(service):
        there = f"schema {found}" if found else "no schema"
        env.fail(f"HALLE_DATABASE_URL_{service.upper()}", f"points at {there}: run ./halle migrate first")


def newest(service: str) -> str:
    """The revision this code was written for."""
    return ScriptDirectory.from_config(config(service)).get_current_head() or ""


def kernel_0001() -> None:
    """The clock and the tables of `bus.tables` as they were first."""
    op.execute(
        'create table clock (id integer constraint pk_clock primary key check (id = 1), "offset" interval not null)'
    )
    op.execute("insert into clock values (1, interval '0')")
    op.execute(
        "create function halle_now() returns timestamptz language sql stable parallel safe as "
        '$$ select clock_timestamp() + (select "offset" from clock) $$'
    )
    for table in tables.kernel.sorted_tables:
        if table.name != "clock":
            table.create(op.get_bind())
    op.execute("alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000)")


def trail_0001() -> None:
    """The audit trail, which is only written."""
    tables.trail.create(op.get_bind())
    op.execute("""
        create function trail_is_for_good() returns trigger language plpgsql as $$
        begin raise exception 'the audit trail is only written, never changed: %', tg_op; end $$
    """)
    op.execute(
        "create trigger for_good before update or delete on trail for each row execute function trail_is_for_good()"
    )


def adults_0001() -> None:
    """Who shares whose orders."""
    tables.adults.create(op.get_bind())


def main() -> None:
    given = env.database_services()
    if not given:
        env.fail("HALLE_DATABASE_URL_<SERVICE>", "is missing for every service")
    for service in given:
        migrate(service, env.database_url(service))
        print(f"{service}: {newest(service)}")


if __name__ == "__main__":
    main()
