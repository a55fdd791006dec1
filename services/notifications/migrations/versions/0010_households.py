"""What is written of an order goes to every adult of the household."""

from bus import migrations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    migrations.adults_0001()
