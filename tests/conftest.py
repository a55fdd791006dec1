"""A broker and a database of the tests' own, for the whole run, in a temporary folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.broker import Broker
from deploy.database import Postgres


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A folder that the database's unprivileged user can reach too."""
    folder = Path(tempfile.mkdtemp(prefix="halle-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def broker(state: Path) -> Iterator[Broker]:
    """A running private RabbitMQ."""
    running = Broker.start(state / "broker")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres(state: Path) -> Iterator[Postgres]:
    """A running private PostgreSQL 18."""
    running = Postgres.start(state / "postgres")
    yield running
    running.stop()
