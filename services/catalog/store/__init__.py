"""Every table of catalog and every statement on them, by what is acted on."""

from services.catalog.store.tables import metadata

__all__ = ["metadata"]
