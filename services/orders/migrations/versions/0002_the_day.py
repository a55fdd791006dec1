"""The day of the hand-over: what is short, what was weighed, who took it, and farms that drop out.

The two checks that the tables always named were forgotten by the first migration: stock never below nothing, a line
never about nothing (on the day one may be wholly short, and stays). Telephone numbers and whether a person
has an e-mail address come with the next `person_changed`; until then nobody is taken to be reached by mail.
"""

import sqlalchemy as sa
from alembic import op

from bus.tables import NOW

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("handed_at", sa.DateTime(timezone=True)))
    op.add_column("orders", sa.Column("handed_to", sa.Text(), server_default="", nullable=False))
    op.add_column("orders", sa.Column("handed_by", sa.Uuid()))
    op.add_column("order_lines", sa.Column("short", sa.Integer(), server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("weighed_grams", sa.Integer()))
    _check("stocks", "never_oversold", "left_ >= 0")
    _check("order_lines", "something", "quantity >= 0 and short >= 0 and quantity + short > 0")
    op.add_column("people", sa.Column("phone", sa.Text()))
    op.add_column("people", sa.Column("has_email", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "drop_outs",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("producer_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("emptied", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("by_telephone", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_drop_outs_distribution_id_distributions")
        ),
        sa.PrimaryKeyConstraint("distribution_id", "producer_id", name=op.f("pk_drop_outs")),
    )


def _check(table: str, name: str, condition: str) -> None:
    """Add a check: for new rows at once, then for those that stand, without keeping writers out meanwhile."""
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({condition}) not valid")
    op.execute(f"alter table {table} validate constraint ck_{table}_{name}")
