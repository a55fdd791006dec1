"""A market may ask each order for a fee of its own; none does until it says so."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for name in ("fee_cents", "fee_vat_basis_points"):
        op.add_column("markets", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
