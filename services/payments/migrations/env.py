"""Alembic's entry: everything is in `bus.migrations`."""

from bus import migrations
from services.payments import store

migrations.run_env(store.metadata)
