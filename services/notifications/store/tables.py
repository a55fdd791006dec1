"""Notifications' tables; the statements on them stand beside.

A choice stays when it is ended, for its secret stands in mails. An announcement without content is of a cancelled sale;
`reached` is the last of the people who were written to.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from bus.tables import INSTANT, NAMING, NOW, with_adults
from services.notifications.rules import State

metadata = with_adults(MetaData(naming_convention=NAMING))

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("language", Text, nullable=False),
    Column("erased", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

producers = Table(
    "producers",
    metadata,
    Column("producer_id", Uuid, primary_key=True),
    Column("founder_id", Uuid, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

markets = Table(
    "markets",
    metadata,
    Column("market_id", Uuid, primary_key=True),
    Column("says_tu", Boolean, nullable=False),
    Column("brand_colour", Text),
    Column("logo", Text),
    Column("seq", BigInteger, nullable=False),
)

market_words = Table(
    "market_words",
    metadata,
    Column("market_id", Uuid, nullable=False),
    Column("mail", Text, nullable=False),
    Column("french", Text, nullable=False),
    Column("english", Text, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("market_id", "mail"),
)

preparation_lists = Table(
    "preparation_lists",
    metadata,
    Column("list_id", Uuid, primary_key=True),
    Column("producer_id", Uuid, nullable=False),
    Column("content", Text, nullable=False),
    Column("said_at", INSTANT, nullable=False),
)
Index("ix_preparation_lists_producer_id", preparation_lists.c.producer_id)

messages = Table(
    "messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Uuid, nullable=False),
    Column("person_id", Uuid),
    Column("named_id", Uuid),
    Column("market_id", Uuid),
    Column("to_name", Text),
    Column("to_address", Text),
    Column("language", Text),
    Column("content", Text),
    Column("state", Text, nullable=False),
    Column("written_at", INSTANT, nullable=False, server_default=NOW),
    Column("due_at", INSTANT, nullable=False, server_default=NOW),
    Column("claimed_until", INSTANT),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("trouble", Text),
    Column("settled_at", INSTANT),
)
IS_KEPT = messages.c.settled_at.is_not(None) & messages.c.content.is_not(None)
Index("ix_messages_due", messages.c.due_at, postgresql_where=messages.c.state == State.DUE)
Index(
    "ix_messages_letters_due",
    messages.c.due_at,
    postgresql_where=(messages.c.state == State.DUE) & messages.c.to_address.is_not(None),
)
Index(
    "ix_messages_unsent",
    messages.c.state,
    messages.c.written_at,
    postgresql_where=messages.c.state != State.SENT,
)
Index("ix_messages_person", messages.c.person_id, messages.c.message_id)
Index("ix_messages_kept", messages.c.settled_at, postgresql_where=IS_KEPT)

memberships = Table(
    "memberships",
    metadata,
    Column("membership_id", Uuid, primary_key=True),
    Column("market_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("standing", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)
Index("ix_memberships_person", memberships.c.person_id, memberships.c.market_id)

choices = Table(
    "choices",
    metadata,
    Column("market_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("window_opened", Boolean, nullable=False),
    Column("closing_soon", Boolean, nullable=False),
    Column("secret", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    PrimaryKeyConstraint("market_id", "person_id"),
    UniqueConstraint("secret"),
)
Index("ix_choices_person_id", choices.c.person_id)

announcements = Table(
    "announcements",
    metadata,
    Column("distribution_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text),
    Column("reached", Uuid),
    Column("entered_at", INSTANT, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("distribution_id", "kind"),
)
