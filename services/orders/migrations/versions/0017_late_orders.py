"""Late orders: guests among the people, no number twice in a sale, and names that are dropped after a year.

Whose yes a late line had may be forgotten, and nothing else of it changes; the timer that does so is planted here. The
index is made beside writers; one that an attempt before left unfinished is made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


FOR_GOOD = """
    create or replace function late_lines_are_for_good() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and new.agreed is null and to_jsonb(new) - 'agreed' = to_jsonb(old) - 'agreed' then
        return new;
      end if;
      raise exception 'late lines are only written, never changed';
    end $$
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.add_column(
            "people", sa.Column("guest", sa.Boolean(), nullable=False, server_default="false"), if_not_exists=True
        )
        # squawk: nothing is null there until a year after its hand-over.
        op.execute("-- squawk-ignore ban-drop-not-null\nalter table late_lines alter agreed drop not null")
        op.execute(FOR_GOOD)
        op.execute("""
            insert into timers (key, name, subject, version, due_at, retry_at)
            values ('forget_names', 'forget_names', 'forget_names', 1, halle_now(), halle_now()) on conflict do nothing
        """)
        op.execute("drop index concurrently if exists uq_orders_number")
        op.execute(
            "create unique index concurrently uq_orders_number on orders (distribution_id, number) "
            "where number is not null"
        )
