"""The tables. Columns that a contract names alike are written and read as they stand.

`words` are normalised by `rules.words` when written; those of an offer hold its market's cell too,
so that one index answers "this, near here".
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from bus.tables import INSTANT, NAMING, NOW, with_trail

WALL = DateTime(timezone=False)
AT_ONCE = {"fastupdate": "off"}
"""A search must not pay for the writes before it."""

metadata = with_trail(MetaData(naming_convention=NAMING))

communes = Table(
    "communes",
    metadata,
    Column("insee", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("post_codes", ARRAY(Text), nullable=False),
    Column("department", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("population", Integer, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("precision", Text, nullable=False),
)
Index("ix_communes_folded", communes.c.folded, postgresql_ops={"folded": "text_pattern_ops"})

commune_post_codes = Table(
    "commune_post_codes",
    metadata,
    Column("post_code", Text, nullable=False),
    Column("insee", Text, ForeignKey("communes.insee"), nullable=False),
    PrimaryKeyConstraint("post_code", "insee"),
)
Index(
    "ix_commune_post_codes_post_code",
    commune_post_codes.c.post_code,
    postgresql_ops={"post_code": "text_pattern_ops"},
)

markets = Table(
    "markets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("founder_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("entity_name", Text, nullable=False),
    Column("entity_address", Text, nullable=False),
    Column("insee", Text, ForeignKey("communes.insee"), nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("cell", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("joining", Text, nullable=False),
    Column("payment_policy", Text, nullable=False),
    Column("languages", ARRAY(Text), nullable=False),
    Column("description", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Column("founded_at", INSTANT, nullable=False, server_default=NOW),
    Column("quality_floor", Text, nullable=False, server_default="none"),
    Column("welcome_marks", ARRAY(Text), nullable=False, server_default="{}"),
    Column("entity_kind", Text),
    Column("entity_number", Text, nullable=False, server_default=""),
    Column("contact_email", Text),
    Column("contact_phone", Text),
    Column("says_tu", Boolean, nullable=False, server_default="false"),
    Column("brand_name", Text, nullable=False, server_default=""),
    Column("brand_colour", Text),
    Column("host", Text, unique=True),
    Column("approval", Text, nullable=False, server_default="pending"),
    Column("approval_reason", Text, nullable=False, server_default=""),
    Column("approval_by", Uuid),
    Column("approval_at", INSTANT),
    Column("charter_title", Text, nullable=False, server_default=""),
    Column("charter", Text, nullable=False, server_default=""),
    Column("max_distance_km", Integer),
    Column("terms_version", Integer, nullable=False, server_default="1"),
    Column("listed", Boolean, Computed("public and approval = 'approved'", persisted=True), nullable=False),
    Column("kept_minutes", Integer, nullable=False, server_default="0"),
    Column("by_proxy", Boolean, nullable=False, server_default="true"),
    Column("in_fridge", Boolean, nullable=False, server_default="false"),
    Column("uncollected", Text, nullable=False, server_default="still_due"),
)
Index("ix_markets_founder_id", markets.c.founder_id)
Index("ix_markets_latitude", markets.c.latitude, markets.c.longitude)
Index("ix_markets_words", markets.c.words, postgresql_using="gin", postgresql_with=AT_ONCE)

served_towns = Table(
    "served_towns",
    metadata,
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("insee", Text, ForeignKey("communes.insee"), nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("cell", Text, nullable=False),
    PrimaryKeyConstraint("market_id", "insee"),
)
Index("ix_served_towns_latitude", served_towns.c.latitude, served_towns.c.longitude)

memberships = Table(
    "memberships",
    metadata,
    Column("membership_id", Uuid, primary_key=True),
    Column("market_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("standing", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_memberships_person_id", memberships.c.person_id, memberships.c.market_id)

venues = Table(
    "venues",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("market_id", Uuid, ForeignKey("markets.id")),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("access", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("hours", Text, nullable=False, server_default=""),
    Column("fridge_shelves", Integer, nullable=False, server_default="0"),
    Column("owner_name", Text, nullable=False, server_default=""),
    Column("owner_contact", Text, nullable=False, server_default=""),
    Column("insee", Text, ForeignKey("communes.insee")),
    Column("town_id", Uuid),
    CheckConstraint("(market_id is null) = (insee is not null) and (insee is null) = (town_id is null)", name="owner"),
)
Index("ix_venues_insee", venues.c.insee)
Index("ix_venues_market_id", venues.c.market_id)

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

logos = Table(
    "logos",
    metadata,
    Column("market_id", Uuid, ForeignKey("markets.id"), primary_key=True),
    Column("logo", Text, nullable=False),
    Column("large", LargeBinary, nullable=False),
    Column("small", LargeBinary, nullable=False),
)
Index("ix_logos_logo", logos.c.logo)

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

admissions = Table(
    "admissions",
    metadata,
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Uuid, nullable=False),
    Column("decided_at", INSTANT, nullable=False, server_default=NOW),
    Column("far_reason", Text, nullable=False, server_default=""),
    Column("accepted_version", Integer, nullable=False, server_default="0"),
    Column("accepted_name", Text, nullable=False, server_default=""),
    Column("accepted_by", Uuid),
    Column("accepted_at", INSTANT),
    PrimaryKeyConstraint("market_id", "producer_id"),
)
Index("ix_admissions_producer_id", admissions.c.producer_id)

distributions = Table(
    "distributions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("venue_id", Uuid, ForeignKey("venues.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("wall_opens_at", WALL, nullable=False),
    Column("wall_closes_at", WALL, nullable=False),
    Column("wall_starts_at", WALL, nullable=False),
    Column("wall_ends_at", WALL, nullable=False),
    Column("opens_at", INSTANT, nullable=False),
    Column("closes_at", INSTANT, nullable=False),
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("sheet_version", Integer, nullable=False, server_default="0"),
    Column("heard_seq", BigInteger, nullable=False, server_default="0"),
    Column("slots", JSONB(none_as_null=True)),
    Column("shifted_seq", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("opens_at < closes_at and closes_at <= starts_at and starts_at <= ends_at", name="times"),
)
Index("ix_distributions_market_id", distributions.c.market_id, distributions.c.starts_at)

participations = Table(
    "participations",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("presence", Text, nullable=False),
    Column("wall_closes_at", WALL),
    Column("closes_at", INSTANT),
    Column("threshold_cents", Integer),
    Column("decided_by", Uuid, nullable=False),
    PrimaryKeyConstraint("distribution_id", "producer_id"),
)

refused_offers = Table(
    "refused_offers",
    metadata,
    Column("distribution_id", Uuid, ForeignKey("distributions.id"), nullable=False),
    Column("offer_id", Uuid, ForeignKey("offers.id"), nullable=False),
    Column("producer_id", Uuid, ForeignKey("producers.id"), nullable=False),
    Column("producer_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("lack", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("valid_until", Date),
    Column("marks", ARRAY(Text), nullable=False),
    PrimaryKeyConstraint("distribution_id", "offer_id"),
)
