"""The tables of what towns lend. Hours are wall time; a loan that was refused or withdrawn stays for the record."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    Uuid,
)

from bus.tables import INSTANT, NOW
from services.catalog.store.tables import metadata

loans = Table(
    "loans",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("venue_id", Uuid, ForeignKey("venues.id"), nullable=False),
    Column("market_id", Uuid, ForeignKey("markets.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("weekdays", ARRAY(SmallInteger), nullable=False),
    Column("from_hour", Time, nullable=False),
    Column("until_hour", Time, nullable=False),
    Column("term_from", Date),
    Column("term_until", Date),
    Column("keys_with", Text, nullable=False, server_default=""),
    Column("keys_when", Text, nullable=False, server_default=""),
    Column("insurance_by", Date),
    Column("conditions", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", INSTANT, nullable=False, server_default=NOW),
    Column("answered_by", Uuid),
    Column("answered_at", INSTANT),
    Column("ended_by", Uuid),
    Column("ended_at", INSTANT),
    CheckConstraint("from_on <= until_on and from_hour < until_hour", name="times"),
    CheckConstraint("(state in ('granted', 'ended')) = (term_until is not null)", name="term"),
)
Index("ix_loans_venue_id", loans.c.venue_id)
Index("ix_loans_market_id", loans.c.market_id)

taken_days = Table(
    "taken_days",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("venue_id", Uuid, ForeignKey("venues.id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_by", Uuid, nullable=False),
    Column("ended_at", INSTANT),
    CheckConstraint("from_on <= to_on", name="days"),
)
Index("ix_taken_days_venue_id", taken_days.c.venue_id, taken_days.c.to_on)
