"""Every table of catalog and every statement on them, by what is acted on."""

from services.catalog.store import farm_tables, loan_tables, planning_tables
from services.catalog.store.tables import metadata

__all__ = ["farm_tables", "loan_tables", "metadata", "planning_tables"]
