"""Catalog's database for its tests, emptied before each of them."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bus import clock, database, identity, migrations
from deploy.database import Postgres
from tests.catalog.cast import KEY, Town

EMPTIED = (
    "photos, farm_papers, holidays, refused_offers, quality_marks, participations, distributions, admissions, offers, "
    "loans, taken_days, products, producers, venues, served_towns, memberships, markets, outbox, inbox, parked, "
    "idempotency, timers, grants, not_before"
)


@pytest.fixture(scope="session")
def catalog_url(postgres: Postgres) -> Iterator[str]:
    """The address of a migrated database."""
    with pytest.MonkeyPatch.context() as environment:
        postgres.create("catalog")
        environment.setenv("HALLE_INSTANCE", "test")
        environment.setenv("HALLE_MOVABLE_CLOCK", "1")
        environment.setenv("HALLE_DATABASE_URL_CATALOG", postgres.url("catalog"))
        migrations.migrate("catalog", postgres.url("catalog"))
        yield postgres.url("catalog")


@pytest.fixture
def town(catalog_url: str) -> Iterator[Town]:
    """An empty catalog that knows who may sign in."""
    database.serve("catalog")
    with database.transaction() as tx:
        tx.execute(text(f"truncate {EMPTIED}"))
        tx.execute(text("delete from verification_keys"))
        keys = json.dumps([KEY.as_dict(private=False)])
        row = {"issuer": identity.issuer(), "keys": keys}
        tx.execute(text("insert into verification_keys values (:issuer, :keys, 1)"), row)
        clock.move(tx, timedelta(0))
    identity.forget_keys()
    yield Town()
    database.engine().dispose()
