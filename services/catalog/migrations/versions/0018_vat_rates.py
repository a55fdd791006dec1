"""Which VAT rate a product has from which day on; until the first it has its own, as all had until now."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "vat_rates",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_vat_rates_product_id_products")),
        sa.PrimaryKeyConstraint("product_id", "begins_on", name=op.f("pk_vat_rates")),
    )
