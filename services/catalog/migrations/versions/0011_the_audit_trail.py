"""What is done by right leaves a row that nobody changes."""

from bus import migrations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    migrations.trail_0001()
