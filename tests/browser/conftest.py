"""Debian's Chromium, where there is one, and a whole instance whose clock can be moved."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.broker import Broker
from deploy.database import Postgres
from deploy.instance import Instance

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running browser; without one these tests are not run."""
    if os.environ.get("HALLE_NO_BROWSER") == "1" or not CHROMIUM.exists():
        pytest.skip("HALLE_NO_BROWSER=1, or Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def instance(chromium: Browser, state: Path, broker: Broker, postgres: Postgres) -> Iterator[Instance]:
    """Every process of Halle, on the run's own servers."""
    movable = {"HALLE_MOVABLE_CLOCK": "1"}
    with Instance(state / "browser", env=movable, broker=broker, postgres=postgres) as running:
        yield running
