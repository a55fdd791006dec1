"""The queue of messages, whom they go to, and the timer that tidies it for the first time."""

import sqlalchemy as sa
from alembic import op

from bus import migrations

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOW = sa.text("halle_now()")


def upgrade() -> None:
    """Make the kernel's tables and ours."""
    migrations.kernel_0001()
    _make_addressees()
    _make_lists()
    _make_messages()
    op.execute("""
        insert into timers (key, name, subject, version, due_at, retry_at)
        values ('tidy', 'tidy', 'tidy', 1, halle_now(), halle_now())
    """)


def _make_addressees() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("erased", sa.Boolean, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
    )
    op.create_table(
        "producers",
        sa.Column("producer_id", sa.Uuid, nullable=False),
        sa.Column("founder_id", sa.Uuid, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("producer_id", name="pk_producers"),
    )


def _make_lists() -> None:
    op.create_table(
        "preparation_lists",
        sa.Column("list_id", sa.Uuid, nullable=False),
        sa.Column("producer_id", sa.Uuid, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("list_id", name="pk_preparation_lists"),
    )
    op.create_index("ix_preparation_lists_producer_id", "preparation_lists", ["producer_id"])


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("to_name", sa.Text),
        sa.Column("to_address", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("content", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("due_at", INSTANT, nullable=False, server_default=NOW),
        sa.Column("claimed_until", INSTANT),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("trouble", sa.Text),
        sa.Column("settled_at", INSTANT),
        sa.PrimaryKeyConstraint("message_id", name="pk_messages"),
    )
    for name, columns, where in (
        ("ix_messages_due", ["due_at"], "state = 'due'"),
        ("ix_messages_unsent", ["state", "written_at"], "state <> 'sent'"),
        ("ix_messages_person_id", ["person_id"], "content is not null"),
        ("ix_messages_kept", ["settled_at"], "settled_at is not null and content is not null"),
    ):
        op.create_index(name, "messages", columns, postgresql_where=sa.text(where))
    op.execute("alter table messages set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000)")
