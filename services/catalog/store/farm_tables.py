"""Tables of farms: what they are, what they have and what they offer."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from bus.tables import INSTANT, NOW
from services.catalog.store.tables import AT_ONCE, metadata

producers = Table(
    "producers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("founder_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("legal_name", Text, nullable=False),
    Column("farm_name", Text, nullable=False),
    Column("siret", Text),
    Column("insee", Text, ForeignKey("communes.insee"), nullable=False),
    Column("description", Text, nullable=False),
    Column("outlets", Text, nullable=False),
    Column("photo", Text),
    Column("plan", Text, nullable=False, server_default="flexible"),
    Column("share_rule", Text, nullable=False, server_default="first_come"),
    Column("registered_at", INSTANT, nullable=False, server_default=NOW),
)
Index("ix_producers_founder_id", producers.c.founder_id)

photos = Table(
    "photos",
    metadata,
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("photo", Text, nullable=False),
    Column("large", LargeBinary, nullable=False),
    Column("small", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("kept_by", Uuid, nullable=False),
    Column("kept_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("producer_id", "photo"),
)
Index("ix_photos_photo", photos.c.photo)

products = Table(
    "products",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ref", Text),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("photo", Text),
    Column("marks", ARRAY(Text), nullable=False, server_default="{}"),  # unread since `quality_marks`; dropped later
    Column("origin", Text, nullable=False),
    Column("variety", Text, nullable=False, server_default=""),
    Column("grade", Text),
    Column("traces", Text, nullable=False, server_default=""),
    Column("date_kind", Text),
    Column("keeps", Text, nullable=False, server_default=""),
    Column("sanitary", Text),
    Column("approval_number", Text, nullable=False, server_default=""),
    Column("derogation_km", Integer),
    Column("derogation_kg", Integer),
    Column("ingredients", Text, nullable=False),
    Column("allergens", ARRAY(Text), nullable=False),
    Column("storage", Text, nullable=False),
    Column("alcohol_basis_points", Integer, nullable=False),
    Column("net_quantity", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("pricing", Text, nullable=False),
    Column("estimated_grams", Integer),
    Column("tolerance_percent", Integer, nullable=False, server_default="10"),
    Column("price_cents", Integer),
    Column("vat_basis_points", Integer, nullable=False),
    Column("months", ARRAY(SmallInteger), nullable=False),
    Column("shared_stock", Integer),
    Column("words", TSVECTOR, nullable=False),
    Column("archived_at", INSTANT),
    UniqueConstraint("producer_id", "ref"),
)
Index("ix_products_producer_id", products.c.producer_id, products.c.id)

quality_marks = Table(
    "quality_marks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("certifier", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("product_ids", ARRAY(Uuid), nullable=False),
    Column("valid_until", Date),
    Column("ended_at", INSTANT),
)
Index("ix_quality_marks_producer_id", quality_marks.c.producer_id, quality_marks.c.id)

farm_papers = Table(
    "farm_papers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("ends_on", Date),
    Column("ended_at", INSTANT),
)
Index("ix_farm_papers_producer_id", farm_papers.c.producer_id, farm_papers.c.id)

holidays = Table(
    "holidays",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    Column("ended_at", INSTANT),
    CheckConstraint("from_on <= to_on", name="days"),
)
Index("ix_holidays_producer_id", holidays.c.producer_id, holidays.c.to_on)

vat_regimes = Table(
    "vat_regimes",
    metadata,
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("regime", Text, nullable=False),
    PrimaryKeyConstraint("producer_id", "begins_on"),
)

vat_rates = Table(
    "vat_rates",
    metadata,
    Column("product_id", Uuid, ForeignKey("products.id"), nullable=False),
    Column("begins_on", Date, nullable=False),
    Column("rate", Integer, nullable=False),
    PrimaryKeyConstraint("product_id", "begins_on"),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("product_id", Uuid, ForeignKey("products.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("price_cents", Integer, nullable=False),
    Column("minimum", Integer, nullable=False),
    Column("maximum", Integer),
    Column("step", Integer, nullable=False),
    Column("stock_mode", Text, nullable=False),
    Column("stock", Integer),
    Column("words", TSVECTOR, nullable=False),
    Column("withdrawn_at", INSTANT),
    CheckConstraint("(stock is not null) = (stock_mode = 'per_distribution')", name="stock"),
)
_ON_SALE = offers.c.withdrawn_at.is_(None)
Index(
    "uq_offers_on_sale",
    offers.c.product_id,
    offers.c.market_id,
    unique=True,
    postgresql_where=_ON_SALE,
)
Index("ix_offers_market_id", offers.c.market_id, offers.c.id, postgresql_where=_ON_SALE)
Index("ix_offers_producer_id", offers.c.producer_id, offers.c.id, postgresql_where=_ON_SALE)
Index(
    "ix_offers_words",
    offers.c.words,
    postgresql_using="gin",
    postgresql_with=AT_ONCE,
    postgresql_where=_ON_SALE,
)
