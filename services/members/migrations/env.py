"""How alembic reaches the database of members."""

from bus import migrations
from services.members import store

migrations.run_env(store.metadata)
