"""A market says who is behind it, whom it serves and how it shows itself, and is public once it is approved.

Producers accept a market's charter and payment policy by name: those whom it has admitted knew the policy that stands.

The markets that exist were public before anybody approved any: they stay so. A market that the release before founds
while this one begins waits for its approval like those to come. Who belongs to a market is heard from now on; members
of older markets that are not public are fetched by `./halle replay --type members.membership_changed.v1`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _markets()
    _served_towns()
    _memberships()
    _terms()
    op.add_column("producers", sa.Column("plan", sa.Text(), server_default="flexible", nullable=False))


def _markets() -> None:
    for name in ("entity_kind", "contact_email", "contact_phone", "brand_colour", "host"):
        op.add_column("markets", sa.Column(name, sa.Text()))
    for name in ("entity_number", "brand_name", "approval_reason"):
        op.add_column("markets", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("markets", sa.Column("says_tu", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("markets", sa.Column("approval", sa.Text(), server_default="pending", nullable=False))
    op.add_column("markets", sa.Column("approval_by", sa.Uuid()))
    op.add_column("markets", sa.Column("approval_at", sa.DateTime(timezone=True)))
    op.execute("update markets set approval = 'approved'")
    listed = sa.Computed("public and approval = 'approved'", persisted=True)
    op.add_column("markets", sa.Column("listed", sa.Boolean(), listed, nullable=False))
    op.create_unique_constraint(op.f("uq_markets_host"), "markets", ["host"])


def _served_towns() -> None:
    op.create_table(
        "served_towns",
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double()),
        sa.Column("longitude", sa.Double()),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_served_towns_market_id")),
        sa.ForeignKeyConstraint(["insee"], ["communes.insee"], name=op.f("fk_served_towns_insee")),
        sa.PrimaryKeyConstraint("market_id", "insee", name=op.f("pk_served_towns")),
    )
    op.create_index("ix_served_towns_latitude", "served_towns", ["latitude", "longitude"])


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_person_id", "memberships", ["person_id", "market_id"])


def _terms() -> None:
    for name in ("charter_title", "charter"):
        op.add_column("markets", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("markets", sa.Column("max_distance_km", sa.Integer()))
    op.add_column("markets", sa.Column("terms_version", sa.Integer(), server_default="1", nullable=False))
    for name in ("far_reason", "accepted_name"):
        op.add_column("admissions", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("admissions", sa.Column("accepted_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("admissions", sa.Column("accepted_by", sa.Uuid()))
    op.add_column("admissions", sa.Column("accepted_at", sa.DateTime(timezone=True)))
    op.execute("update admissions set accepted_version = 1 where state = 'admitted'")
