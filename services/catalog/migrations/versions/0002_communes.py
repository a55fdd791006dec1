"""The communes of France come with the service: copied in, once, in about a second.

Their names are kept as `rules.place_key` makes them; a change of that needs a migration.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import op

from services.catalog.rules import place_key

revision = "0002"
down_revision = "0001"

FILE = Path(__file__).resolve().parents[2] / "communes.csv.gz"


def upgrade() -> None:
    """Copy communes and their post codes."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    _copy(
        "communes (insee, name, folded, post_codes, department, region, population, latitude, longitude, precision)",
        (_commune(row) for row in rows),
    )
    pairs = {(code, row["insee"]) for row in rows for code in _post_codes(row)}
    _copy("commune_post_codes (post_code, insee)", sorted(pairs))
    op.execute("analyze communes, commune_post_codes")


def _commune(row: dict[str, str]) -> tuple[Any, ...]:
    return (
        row["insee"],
        row["name"],
        place_key(row["name"]),
        _post_codes(row),
        row["department"],
        row["region"],
        int(row["population"] or 0),
        row["latitude"] or None,
        row["longitude"] or None,
        row["precision"],
    )


def _post_codes(row: dict[str, str]) -> list[str]:
    return row["post_codes"].replace(";", " ").replace("|", " ").split()


def _copy(target: str, rows: Iterator[tuple[Any, ...]] | list[tuple[str, str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([_cell(value) for value in row] for row in rows)
    cursor = op.get_bind().connection.cursor()
    with cursor.copy(f"copy {target} from stdin with (format csv)") as copy:
        copy.write(buffer.getvalue())


def _cell(value: Any) -> Any:
    return "{" + ",".join(value) + "}" if isinstance(value, list) else value
