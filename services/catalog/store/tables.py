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
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

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
    Column("fee_cents", Integer, nullable=False, server_default="0"),
    Column("fee_vat_basis_points", Integer, nullable=False, server_default="0"),
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
    Column("slot_capacity", Integer),
    Column("owner_name", Text, nullable=False, server_default=""),
    Column("owner_contact", Text, nullable=False, server_default=""),
    Column("insee", Text, ForeignKey("communes.insee")),
    Column("town_id", Uuid),
    CheckConstraint("(market_id is null) = (insee is not null) and (insee is null) = (town_id is null)", name="owner"),
)
Index("ix_venues_insee", venues.c.insee)
Index("ix_venues_market_id", venues.c.market_id)

logos = Table(
    "logos",
    metadata,
    Column("market_id", Uuid, ForeignKey("markets.id"), primary_key=True),
    Column("logo", Text, nullable=False),
    Column("large", LargeBinary, nullable=False),
    Column("small", LargeBinary, nullable=False),
)
Index("ix_logos_logo", logos.c.logo)
