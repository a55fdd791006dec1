"""Messages are found by their person also when their content is gone: each person may ask for all, and be forgotten."""

from alembic import op

revision = "0005"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("ix_messages_person", "messages", ["person_id", "message_id"])
    op.drop_index("ix_messages_person_id", "messages")
