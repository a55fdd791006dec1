"""Catalog's database for its tests, emptied before each of them."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from bus import database, identity, migrations
from deploy.database import Postgres
from tests.catalog.cast import KEY, Town
from tests.emptying import empty


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
def town(catalog_url: str, pool: None) -> Town:
    """An empty catalog that knows who may sign in."""
    database.serve("catalog")
    with database.transaction() as tx:
        empty(tx, "communes", "commune_post_codes")
        keys = json.dumps([KEY.as_dict(private=False)])
        row = {"issuer": identity.issuer(), "keys": keys}
        tx.execute(text("insert into verification_keys values (:issuer, :keys, 1)"), row)
    identity.forget_keys()
    return Town()
