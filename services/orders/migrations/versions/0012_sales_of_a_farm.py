"""A farm's sales by an index: whoever asks for a lot of a farm had every sheet that ever was looked through.

It is made beside writers; one that an attempt before left unfinished is made anew.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("drop index concurrently if exists ix_sheet_lines_producer")
        op.execute("create index concurrently ix_sheet_lines_producer on sheet_lines (producer_id)")
