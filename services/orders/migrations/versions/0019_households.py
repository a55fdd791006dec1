"""Adults of a household share its orders; who of them has no account is a name for the counter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bus import migrations

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    migrations.adults_0001()
    named = sa.Column("adults", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("people", named)
