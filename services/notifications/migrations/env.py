"""Alembic's entry; see `bus.migrations`."""

from bus import migrations
from services.notifications import store

migrations.run_env(store.metadata)
