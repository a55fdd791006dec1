"""What is done by right leaves a row that nobody changes."""

from bus import migrations

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    migrations.trail_0001()
