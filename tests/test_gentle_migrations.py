"""Migrations run beside the release before, under load: squawk refuses what breaks that release or locks its tables.

What the first release begins with is the baseline. A step that must be, such as the drop in the third release after an
add and a fill, is written as SQL with a comment `-- squawk-ignore RULE` and its reason before the statement.
"""

import inspect
import io
import json
import re
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, SmallInteger, Text

from bus import migrations

pytestmark = pytest.mark.check

BASELINE = {"catalog": "0006", "members": "0003", "notifications": "0005", "orders": "0012", "payments": "0001"}
"""The newest revision of each service when migrations began to be judged; a newer service begins with its first."""
ALONE = {"catalog": "0017", "members": "0005", "notifications": "0009", "orders": "0018", "payments": "0002"}
"""The newest when it was seen that an upgrade that alters two tables in use ends writers by deadlocks."""
NOT_ASKED = (
    "require-lock-timeout", "require-statement-timeout",  # bus.migrations sets the one; fills take their time
    "prefer-robust-stmts",  # what ends half way is rolled back, or says itself what it finds
    "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-text-field", "prefer-identity",  # matters of taste
)  # fmt: skip
SQUAWK = Path(sysconfig.get_path("scripts")) / "squawk"
INSTEAD = "The release before runs beside this: add, fill, and drop in three releases (docs/CONTRIBUTING.md)."


def newer(service: str, than: dict[str, str]) -> list[Callable[[], None]]:
    """What upgrades a service beyond its baseline, oldest first."""
    script = ScriptDirectory.from_config(migrations.config(service))
    baseline = than.get(service) or script.get_base()
    found = [one for one in script.iterate_revisions("head", baseline) if one is not None]
    return [one.module.upgrade for one in reversed(found)]


def faults(upgrade: Callable[[], None]) -> dict[str, str]:
    """By rule, what an upgrade does that the release before would not stand, and what to do instead."""
    words = [str(SQUAWK), "--pg-version", "18.0", "--reporter", "json", f"--exclude={','.join(NOT_ASKED)}"]
    judged = subprocess.run(
        [*words, "--stdin-filepath", f"{upgrade.__module__}.sql"],
        input=_as_sql(upgrade),
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode in (0, 1) and not judged.stderr.startswith("error"), judged.stderr
    return {one["rule_name"]: f"{one['message']} {one['help'] or ''} {INSTEAD}" for one in json.loads(judged.stdout)}


def held_together(upgrade: Callable[[], None]) -> set[str]:
    """The tables in use that an upgrade locks together: with two of them it meets those who hold the other."""
    sql = _as_sql(upgrade).lower()
    made = set(re.findall(r"create table (\w+)", sql))
    return set(re.findall(r"(?:alter table|references) (?:if exists )?(\w+)", sql)) - made


def _as_sql(upgrade: Callable[[], None]) -> str:
    """The statements of an upgrade, with its transactions; it asks the database for nothing while it runs."""
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    with Operations.context(context), context.begin_transaction():
        upgrade()
    return written.getvalue()


@pytest.mark.parametrize("service", [path.parent.name for path in sorted(migrations.SERVICES.glob("*/migrations"))])
def test_a_new_migration_runs_beside_the_release_before(service: str) -> None:
    for upgrade in newer(service, BASELINE):
        assert faults(upgrade) == {}, f"{service}: {inspect.getfile(upgrade)}"
    for upgrade in newer(service, ALONE):
        assert len(held_together(upgrade)) <= 1, f"a deadlock under load; one table each: {inspect.getfile(upgrade)}"


BAD: dict[str, Callable[[], object]] = {
    "ban-drop-column": lambda: op.drop_column("orders", "code"),
    "ban-drop-table": lambda: op.drop_table("orders"),
    "renaming-column": lambda: op.alter_column("orders", "code", new_column_name="word"),
    "renaming-table": lambda: op.rename_table("orders", "purchases"),
    "adding-required-field": lambda: op.add_column("orders", Column("weight", Integer, nullable=False)),
    "adding-not-nullable-field": lambda: op.alter_column("orders", "code", nullable=False),
    "changing-column-type": lambda: op.alter_column("orders", "version", type_=SmallInteger),
    "require-concurrent-index-creation": lambda: op.create_index("ix", "orders", ["code"]),
    "require-concurrent-index-deletion": lambda: op.drop_index("ix", "orders"),
    "ban-concurrent-index-creation-in-transaction": lambda: op.execute("create index concurrently ix on orders (code)"),
    "constraint-missing-not-valid": lambda: op.create_check_constraint("ck", "orders", "quantity > 0"),
    "disallowed-unique-constraint": lambda: op.create_unique_constraint("uq", "orders", ["code"]),
    "adding-foreign-key-constraint": lambda: op.create_foreign_key("fk", "orders", "sales", ["sale_id"], ["id"]),
    "ban-drop-constraint": lambda: op.drop_constraint("ck", "orders"),
}


@pytest.mark.parametrize("rule", BAD)
def test_a_migration_that_breaks_the_release_before_is_refused_with_what_to_do(rule: str) -> None:
    def upgrade() -> None:
        BAD[rule]()

    found = faults(upgrade)
    assert rule in found and "three releases" in found[rule]


def test_a_migration_that_locks_two_tables_in_use_is_seen() -> None:
    def upgrade() -> None:
        op.create_table("crates", Column("id", Integer, primary_key=True))
        for table in ("crates", "orders", "people"):
            op.add_column(table, Column("crate", Integer))

    assert held_together(upgrade) == {"orders", "people"}


def test_a_gentle_migration_passes() -> None:
    def upgrade() -> None:
        op.create_table("crates", Column("id", Integer, primary_key=True), Column("farm", Text, nullable=False))
        op.create_index("ix_crates_farm", "crates", ["farm"])
        op.add_column("orders", Column("crates", Integer, nullable=False, server_default="0"))
        op.create_check_constraint("ck_crates", "orders", "crates >= 0", postgresql_not_valid=True)
        op.execute("update orders set crates = 1 where code = 'K7M2QX'")
        with op.get_context().autocommit_block():
            op.execute("create index concurrently ix_orders_crates on orders (crates)")
        op.execute("-- squawk-ignore ban-drop-column\nalter table orders drop column unread_for_two_releases")

    assert faults(upgrade) == {}
