"""The driver yields: a statement that takes long holds up its own greenlet only."""

import os
import subprocess
import sys
from pathlib import Path


def test_ten_slow_statements_run_at_once_in_one_process(kernel: None) -> None:
    probe = Path(__file__).with_name("green_probe.py")
    environment = os.environ | {"PYTHONPATH": str(probe.parent.parent.parent)}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(probe)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout.strip() == "10", ran.stderr
