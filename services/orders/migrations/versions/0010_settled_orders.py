"""Orders that were handed over or that nobody fetched, by their sale: a year of a market is read by it.

Placing an order writes nothing to it: an order enters it when it is handed over. Made beside writers; one that an
attempt before left unfinished is made anew.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_orders_settled")
        op.execute(
            "create index concurrently ix_orders_settled on orders (distribution_id) "
            "where state in ('handed_over', 'absent')"
        )
