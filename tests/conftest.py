"""A broker and a database of the tests' own, for the whole run, in a temporary folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bus import database
from deploy import ports
from deploy.broker import Broker
from deploy.database import Postgres
from deploy.instance import Instance
from tests import cast

# A run is the same everywhere, so that a failure is somebody's change; `--hypothesis-profile=default` explores.
settings.register_profile("alike", derandomize=True, database=None)
settings.load_profile("alike")


def pytest_configure() -> None:
    """Tests that run two at a time take ports of their own: one is given some time before somebody listens on it."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        half = (ports.HIGHEST - ports.LOWEST) // 2
        ports.LOWEST += half * (int(worker.removeprefix("gw")) % 2)
        ports.HIGHEST = ports.LOWEST + half


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
    """A running private PostgreSQL 18, that does not wait for the disk: no test pulls the machine's plug."""
    running = Postgres.start(state / "postgres")
    with running.connect() as connection:
        connection.execute("alter system set fsync = off")
        connection.execute("select pg_reload_conf()")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pool() -> Iterator[None]:
    """Connections to the database that a file's tests serve stay open from one to the next: a new one starts cold."""
    yield
    database.engine().dispose()


@pytest.fixture(scope="session")
def instance(state: Path, broker: Broker, postgres: Postgres) -> Iterator[Instance]:
    """Every process of Halle on the run's own servers, with two order workers and a clock that can be moved."""
    moving = {"HALLE_MOVABLE_CLOCK": "1", "HALLE_OPERATOR_EMAIL": cast.OPERATOR_EMAIL}
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("HALLE_") and name != "HALLE_NO_BROWSER"]:
            environment.delenv(name)  # what other tests told this process is not the instance's
        with Instance(state / "town", orders=2, env=moving, broker=broker, postgres=postgres) as running:
            yield running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole instance comes last, since it takes the messages that others wait for; the browser last of all.

    Where tests run two at a time, a folder stays together: its database is made once. So does what needs the instance,
    but for what says that it is a group of its own.
    """
    items.sort(key=lambda item: ["chromium" in _needs(item), "instance" in _needs(item), "chaos" not in _folder(item)])
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("instance" if "instance" in _needs(item) else _folder(item)))


def _needs(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _folder(item: pytest.Item) -> str:
    return item.path.parent.name
