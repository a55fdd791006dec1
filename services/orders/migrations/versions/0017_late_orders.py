"""Late orders: guests among the people, and no number twice in a sale.

The index is made beside writers; one that an attempt before left unfinished is made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "people", sa.Column("guest", sa.Boolean(), nullable=False, server_default="false"), if_not_exists=True
    )
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists uq_orders_number")
        op.execute(
            "create unique index concurrently uq_orders_number on orders (distribution_id, number) "
            "where number is not null"
        )
