"""Every table of catalog and every statement on them, by what is acted on."""

from services.catalog.store import loan_tables
from services.catalog.store.tables import metadata

__all__ = ["loan_tables", "metadata"]
