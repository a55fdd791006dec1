"""Venues say when they are open, what is in them and whose they are; towns have venues, and lend them to markets.

A town's venue has no market: the release before, which lists venues by their market, never meets one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _venues()
    _loans()
    _taken_days()


def _venues() -> None:
    for name in ("hours", "owner_name", "owner_contact"):
        op.add_column("venues", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("venues", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("venues", sa.Column("fridge_shelves", sa.Integer(), server_default="0", nullable=False))
    op.add_column("venues", sa.Column("insee", sa.Text(), sa.ForeignKey("communes.insee", name="fk_venues_insee")))
    op.add_column("venues", sa.Column("town_id", sa.Uuid()))
    op.alter_column("venues", "market_id", nullable=True)
    owner = "(market_id is null) = (insee is not null) and (insee is null) = (town_id is null)"
    op.create_check_constraint(op.f("ck_venues_owner"), "venues", owner)
    op.create_index("ix_venues_insee", "venues", ["insee"])


def _loans() -> None:
    texts = ("keys_with", "keys_when", "conditions", "reason")
    op.create_table(
        "loans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("from_on", "until_on")),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger()), nullable=False),
        *(sa.Column(name, sa.Time(), nullable=False) for name in ("from_hour", "until_hour")),
        *(sa.Column(name, sa.Date()) for name in ("term_from", "term_until", "insurance_by")),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in texts),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, server_default=sa.text("halle_now()"), nullable=False),
        *(sa.Column(name, sa.Uuid()) for name in ("answered_by", "ended_by")),
        *(sa.Column(name, INSTANT) for name in ("answered_at", "ended_at")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_loans_venue_id")),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_loans_market_id")),
        sa.CheckConstraint("from_on <= until_on and from_hour < until_hour", name=op.f("ck_loans_times")),
        sa.CheckConstraint("(state in ('granted', 'ended')) = (term_until is not null)", name=op.f("ck_loans_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
    )
    for name in ("venue_id", "market_id"):
        op.create_index(f"ix_loans_{name}", "loans", [name])


def _taken_days() -> None:
    op.create_table(
        "taken_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_taken_days_venue_id")),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_taken_days_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_days")),
    )
    op.create_index("ix_taken_days_venue_id", "taken_days", ["venue_id", "to_on"])
