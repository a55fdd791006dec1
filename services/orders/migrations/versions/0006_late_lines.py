"""Lines added after the close: what, with whose yes, entered by whom. Rows are only ever added."""

import sqlalchemy as sa
from alembic import op

from bus.tables import NOW

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "late_lines",
        sa.Column("late_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_late_lines_order_id_orders")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_late_lines_more")),
        sa.PrimaryKeyConstraint("late_id", "offer_id", name=op.f("pk_late_lines")),
    )
    op.create_index("ix_late_lines_order", "late_lines", ["order_id"])
    op.execute("""
        create function late_lines_are_for_good() returns trigger language plpgsql as $$
        begin raise exception 'late lines are only written, never changed'; end $$
    """)
    op.execute(
        "create trigger for_good before update or delete on late_lines "
        "for each row execute function late_lines_are_for_good()"
    )
