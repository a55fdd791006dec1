"""One instance for all journeys, with two order workers and a clock that can be moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.broker import Broker
from deploy.database import Postgres
from deploy.instance import Instance
from tests.journeys.town import Town


@pytest.fixture(scope="session")
def town(state: Path, broker: Broker, postgres: Postgres) -> Iterator[Town]:
    moving = {"HALLE_MOVABLE_CLOCK": "1"}
    with Instance(state / "town", orders=2, env=moving, broker=broker, postgres=postgres) as instance:
        yield Town(instance)
