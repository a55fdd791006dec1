"""The kernel's own tables, the same in every service's database; each service's metadata begins with them.

`offset` in `clock` is zero outside test and demo instances: a check constraint by migration keeps it a single row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
INSTANT = DateTime(timezone=True)
NOW = text("halle_now()")


def with_kernel(metadata: MetaData) -> MetaData:
    """Add the kernel's tables to a service's metadata, so that migrations and tables can be compared."""
    for table in kernel.tables.values():
        table.to_metadata(metadata)
    return metadata


def with_trail(metadata: MetaData) -> MetaData:
    """The same, for a service that does what people ask of it by right."""
    trail.to_metadata(metadata)
    return with_kernel(metadata)


def with_adults(metadata: MetaData) -> MetaData:
    """The same again, for a service that keeps what the adults of a household share."""
    adults.to_metadata(metadata)
    return with_trail(metadata)


kernel = MetaData(naming_convention=NAMING)

clock = Table(
    "clock",
    kernel,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("offset", Interval, nullable=False),
)

outbox = Table(
    "outbox",
    kernel,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("message_id", Uuid, nullable=False, server_default=text("uuidv7()")),
    Column("factid", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("said_at", INSTANT, nullable=False, server_default=NOW),
    Column("sent_at", INSTANT),
)
Index("ix_outbox_unsent", outbox.c.id, postgresql_where=outbox.c.sent_at.is_(None))
Index("ix_outbox_subject", outbox.c.subject)

inbox = Table(
    "inbox",
    kernel,
    Column("factid", Uuid, nullable=False),
    Column("handler", Text, nullable=False),
    Column("heard_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("factid", "handler"),
)

parked = Table(
    "parked",
    kernel,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("queue", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("parked_at", INSTANT, nullable=False, server_default=NOW),
    Column("settled_at", INSTANT),
)

idempotency = Table(
    "idempotency",
    kernel,
    Column("asker", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("question", LargeBinary, nullable=False),
    Column("answer", Text),
    Column("asked_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("asker", "door", "key"),
)

timers = Table(
    "timers",
    kernel,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("retry_at", INSTANT, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    Column("done_at", INSTANT),
)
Index("ix_timers_undone", timers.c.due_at, postgresql_where=timers.c.done_at.is_(None))
Index("ix_timers_undone_subject", timers.c.subject, timers.c.due_at, postgresql_where=timers.c.done_at.is_(None))

grants = Table(
    "grants",
    kernel,
    Column("grant_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("right", Text, nullable=False),
    Column("object_id", Uuid),
    Column("holds", Boolean, nullable=False),
    Column("valid_until", INSTANT),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_grants_person", grants.c.person_id, grants.c.right, grants.c.object_id)

not_before = Table(
    "not_before",
    kernel,
    Column("person_id", Uuid, primary_key=True),
    Column("not_before", INSTANT, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

verification_keys = Table(
    "verification_keys",
    kernel,
    Column("issuer", Text, primary_key=True),
    Column("keys", JSONB, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

trail = Table(
    "trail",
    MetaData(naming_convention=NAMING),
    Column("deed_id", Uuid, primary_key=True, server_default=text("uuidv7()")),
    Column("at", INSTANT, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("right", Text),
    Column("held_on", Uuid),
    Column("door", Text, nullable=False),
    Column("objects", ARRAY(Uuid), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("trace_id", Text, nullable=False),
)
Index("ix_trail_objects", trail.c.objects, postgresql_using="gin")

adults = Table(
    "adults",
    MetaData(naming_convention=NAMING),
    Column("adult_id", Uuid, primary_key=True),
    Column("consumer_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_adults_consumer_id", adults.c.consumer_id)
Index("ix_adults_person_id", adults.c.person_id)
