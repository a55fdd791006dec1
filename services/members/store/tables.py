"""Tables of members. `grants` and `not_before` are the kernel's, and here they are the truth.

Secrets are kept as digests only; `private_jwk` is the one thing here that must never leave.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from bus.tables import INSTANT, NAMING, with_trail

metadata = with_trail(MetaData(naming_convention=NAMING))

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("email", Text, unique=True),
    Column("password_hash", Text),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("confirmed_at", INSTANT),
    Column("erased_at", INSTANT),
    Column("version", BigInteger, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("carries", JSONB),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
)
Index("ix_links_person_id", links.c.person_id)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("key", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("token_at", INSTANT),
    Column("ended_at", INSTANT),
    UniqueConstraint("person_id", "key"),
)

tries = Table(
    "tries",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", INSTANT, nullable=False),
    Column("waits_until", INSTANT, nullable=False),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("private_jwk", JSONB, nullable=False),
    Column("use", Text, nullable=False),
)
Index("uq_signing_keys_use", signing_keys.c.use, unique=True)

markets = Table(
    "markets",
    metadata,
    Column("market_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("joining", Text, nullable=False),
    Column("founder_id", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("approved", Boolean, nullable=False, server_default="true"),
)

farms = Table(
    "farms",
    metadata,
    Column("producer_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("membership_id", Uuid, primary_key=True),
    Column("market_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("standing", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("since", INSTANT, nullable=False),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("market_id", "person_id"),
)
Index("ix_memberships_person_id", memberships.c.person_id)

plans = Table(
    "plans",
    metadata,
    Column("distribution_id", Uuid, primary_key=True),
    Column("market_id", Uuid, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("consent_id", Uuid, primary_key=True),
    Column("consumer_id", Uuid, nullable=False),
    Column("mediator_id", Uuid, nullable=False),
    Column("town_id", Uuid, nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("consumer_id", "mediator_id", "town_id"),
)
Index("ix_consents_mediator_id", consents.c.mediator_id)

adults = Table(
    "adults",
    metadata,
    Column("adult_id", Uuid, primary_key=True),
    Column("consumer_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("email", Text),
    Column("person_id", Uuid, unique=True),
    Column("since", INSTANT),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("consumer_id", "email"),
)
Index("ix_adults_email", adults.c.email)

audit = Table(
    "audit",  # unread and unwritten since the kernel's trail; dropped later
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("details", JSONB, nullable=False),
)
Index("ix_audit_subject_id", audit.c.subject_id)
