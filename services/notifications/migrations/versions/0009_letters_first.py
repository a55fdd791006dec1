"""Letters, which carry their address, are found among thousands of other mails that are due."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_messages_letters_due")
        op.execute("""
            create index concurrently ix_messages_letters_due on messages (due_at)
            where state = 'due' and to_address is not null
        """)
