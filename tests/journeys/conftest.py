"""The run's instance as a town of journeys."""

from collections.abc import Iterator

import pytest

from deploy.instance import Instance
from tests.journeys.town import Town


@pytest.fixture(scope="session")
def town(instance: Instance) -> Town:
    return Town(instance)


@pytest.fixture
def wednesday(town: Town) -> Iterator[Town]:
    """The 21st of October 2026, twenty to eight in the evening, in Paris; afterwards it is now again."""
    town.set_clock("2026-10-21T19:40")
    yield town
    town.set_clock(None)
