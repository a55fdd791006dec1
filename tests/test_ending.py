"""A long run that is told to end takes what it started with it."""

import signal
import subprocess
import sys

RUN = """
import signal
from tests.ending import end_when_told
end_when_told()
try:
    print("running", flush=True)
    signal.pause()
finally:
    print("servers stopped", flush=True)
"""


def test_a_run_that_is_terminated_stops_its_servers() -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True)
    assert run.stdout and run.stdout.readline() == "running\n"
    run.send_signal(signal.SIGTERM)
    told, _ = run.communicate(timeout=20)
    assert (told, run.returncode) == ("servers stopped\n", 143)
