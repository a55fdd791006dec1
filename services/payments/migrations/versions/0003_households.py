"""Adults of a household share what is owed and paid for its orders."""

from bus import migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    migrations.adults_0001()
