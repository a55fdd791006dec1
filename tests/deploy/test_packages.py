"""Programs of two terminals fetch packages into one cache."""

import subprocess
import sys
from pathlib import Path

from deploy.places import CHECKOUT

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
