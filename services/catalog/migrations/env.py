"""Alembic's door to catalog's database."""

from bus import migrations
from services.catalog import store

migrations.run_env(store.metadata)
