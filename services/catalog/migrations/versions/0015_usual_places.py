"""At which places of a market a farm comes as a rule; none for everywhere, as in the release before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("admissions", sa.Column("usual_venue_ids", ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
