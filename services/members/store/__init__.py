"""The database of members: its tables, and every statement on them by what is acted on."""

from services.members.store.tables import metadata

__all__ = ["metadata"]
