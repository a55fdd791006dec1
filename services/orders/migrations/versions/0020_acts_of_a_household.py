"""Whether who acted for a consumer did so by a consent, as all had until households shared orders."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute("alter table acts_on_behalf add column by_consent boolean not null default true")
