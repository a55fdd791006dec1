"""The tables of catalog, as they were first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bus.migrations import kernel_0001

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The kernel's tables, then ours."""
    kernel_0001()
    _communes()
    _commune_post_codes()
    _markets()
    _venues()
    _producers()
    _products()
    _admissions()
    _offers()
    _distributions()
    _participations()
    _indexes_of_search()
    _other_indexes()


def _communes() -> None:
    op.create_table(
        "communes",
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("post_codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_communes")),
    )


def _commune_post_codes() -> None:
    op.create_table(
        "commune_post_codes",
        sa.Column("post_code", sa.Text(), nullable=False),
        sa.Column("insee", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["communes.insee"], name=op.f("fk_commune_post_codes_insee")),
        sa.PrimaryKeyConstraint("post_code", "insee", name=op.f("pk_commune_post_codes")),
    )


def _markets() -> None:
    op.create_table(
        "markets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("founder_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity_name", sa.Text(), nullable=False),
        sa.Column("entity_address", sa.Text(), nullable=False),
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("joining", sa.Text(), nullable=False),
        sa.Column("payment_policy", sa.Text(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), server_default=sa.text("halle_now()"), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["communes.insee"], name=op.f("fk_markets_insee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_markets")),
    )


def _venues() -> None:
    op.create_table(
        "venues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("access", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_venues_market_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
    )


def _producers() -> None:
    op.create_table(
        "producers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("founder_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("farm_name", sa.Text(), nullable=False),
        sa.Column("siret", sa.Text(), nullable=True),
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("outlets", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), server_default=sa.text("halle_now()"), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["communes.insee"], name=op.f("fk_producers_insee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producers")),
    )


def _products() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("marks", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("ingredients", sa.Text(), nullable=False),
        sa.Column("allergens", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("alcohol_basis_points", sa.Integer(), nullable=False),
        sa.Column("net_quantity", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("pricing", sa.Text(), nullable=False),
        sa.Column("estimated_grams", sa.Integer(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("vat_basis_points", sa.Integer(), nullable=False),
        sa.Column("months", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("shared_stock", sa.Integer(), nullable=True),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_products_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("producer_id", "ref", name=op.f("uq_products_producer_id_ref")),
    )


def _admissions() -> None:
    op.create_table(
        "admissions",
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("halle_now()"), nullable=False),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_admissions_market_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_admissions_producer_id")),
        sa.PrimaryKeyConstraint("market_id", "producer_id", name=op.f("pk_admissions")),
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("stock_mode", sa.Text(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(stock is not null) = (stock_mode = 'per_distribution')", name=op.f("ck_offers_stock")),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_offers_market_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_offers_producer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_offers_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )


def _distributions() -> None:
    op.create_table(
        "distributions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("wall_opens_at", sa.DateTime(), nullable=False),
        sa.Column("wall_closes_at", sa.DateTime(), nullable=False),
        sa.Column("wall_starts_at", sa.DateTime(), nullable=False),
        sa.Column("wall_ends_at", sa.DateTime(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sheet_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("heard_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "opens_at < closes_at and closes_at <= starts_at and starts_at <= ends_at",
            name=op.f("ck_distributions_times"),
        ),
        sa.ForeignKeyConstraint(["market_id"], ["markets.id"], name=op.f("fk_distributions_market_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_distributions_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributions")),
    )


def _participations() -> None:
    op.create_table(
        "participations",
        sa.Column("distribution_id", sa.Uuid(), nullable=False),
        sa.Column("producer_id", sa.Uuid(), nullable=False),
        sa.Column("presence", sa.Text(), nullable=False),
        sa.Column("wall_closes_at", sa.DateTime(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("threshold_cents", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distribution_id"], ["distributions.id"], name=op.f("fk_participations_distribution_id")
        ),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_participations_producer_id")),
        sa.PrimaryKeyConstraint("distribution_id", "producer_id", name=op.f("pk_participations")),
    )


def _indexes_of_search() -> None:
    op.create_index(
        "ix_communes_folded", "communes", ["folded"], unique=False, postgresql_ops={"folded": "text_pattern_ops"}
    )
    op.create_index(
        "ix_commune_post_codes_post_code",
        "commune_post_codes",
        ["post_code"],
        unique=False,
        postgresql_ops={"post_code": "text_pattern_ops"},
    )
    op.create_index("ix_markets_latitude", "markets", ["latitude", "longitude"], unique=False)
    op.create_index(
        "ix_markets_words",
        "markets",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_offers_words",
        "offers",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _other_indexes() -> None:
    op.create_index("ix_markets_founder_id", "markets", ["founder_id"], unique=False)
    op.create_index("ix_venues_market_id", "venues", ["market_id"], unique=False)
    op.create_index("ix_producers_founder_id", "producers", ["founder_id"], unique=False)
    op.create_index("ix_products_producer_id", "products", ["producer_id", "id"], unique=False)
    op.create_index("ix_admissions_producer_id", "admissions", ["producer_id"], unique=False)
    op.create_index(
        "ix_offers_market_id",
        "offers",
        ["market_id", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_offers_producer_id",
        "offers",
        ["producer_id", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "uq_offers_on_sale",
        "offers",
        ["product_id", "market_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_distributions_market_id", "distributions", ["market_id", "starts_at"], unique=False)
