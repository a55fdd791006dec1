"""Every order of a sale by one index: lists, the counter, the books and a market's year read by it.

Until here only those that were still placed had one, and the others were looked for in the whole table. It is made
beside writers; one that an attempt before left unfinished is made anew.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_orders_distribution")
        op.execute("create index concurrently ix_orders_distribution on orders (distribution_id)")
