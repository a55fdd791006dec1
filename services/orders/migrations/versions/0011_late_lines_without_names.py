"""A seller's own yes to a late line is no longer a name, which would outlive the account: it is looked up."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("alter table late_lines disable trigger for_good")
    op.execute("""
        update late_lines l set agreed = '' from people p where p.person_id = l.entered_by and p.name = l.agreed
    """)
    op.execute("alter table late_lines enable trigger for_good")
