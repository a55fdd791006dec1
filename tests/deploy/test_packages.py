"""Programs of two terminals fetch packages into one cache; what is fetched runs on a machine that lacks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.places import CHECKOUT
from tests.bench import load

FETCH = """
import sys, time
from pathlib import Path
from deploy.packages import alone
fetching = Path(sys.argv[1]) / "fetching"
for _ in range(20):
    with alone(fetching.parent):
        fetching.touch(exist_ok=False)
        time.sleep(0.005)
        fetching.unlink()
"""


def test_two_that_fetch_packages_wait_for_each_other(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FETCH, tmp_path]
    fetching = [subprocess.Popen(command, cwd=CHECKOUT) for _ in range(2)]
    assert [one.wait() for one in fetching] == [0, 0]


def test_the_load_generator_has_the_libraries_it_needs() -> None:
    try:
        command = load.wrk()
    except load.NoGenerator as missing:
        pytest.skip(str(missing))
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    assert said.stdout.startswith("wrk "), said.stderr
