"""`./halle dead|replay|trace|person`: the bus's tools, in the environment of the running instance.

Where the environment names servers of one's own, all of them, it is the instance's already.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from deploy.lock import is_running
from deploy.places import CHECKOUT
from deploy.processes import named_databases, services
from deploy.refusal import CannotStart
from deploy.up import STATE, state_folder


def main(name: str, arguments: list[str]) -> int:
    """Run `python -m bus.operate NAME ARGUMENTS`; --state picks the instance."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--state", type=state_folder, default=STATE)
    chosen, rest = parser.parse_known_args(arguments)
    asks_for_help = "-h" in rest or "--help" in rest
    environment = {} if asks_for_help else environment_of(chosen.state)
    words = [sys.executable, "-m", "bus.operate", name, *rest]
    return subprocess.run(words, env={**os.environ, **environment}, cwd=CHECKOUT, check=False).returncode


def environment_of(folder: Path) -> dict[str, str]:
    """What an instance tells its operator's commands: the one whose servers are named, or that runs in `folder`."""
    if names_every_server():
        return {}
    if not is_running(folder):
        raise CannotStart(f"No instance is running in {folder}: start it with ./halle up.")
    environment: dict[str, str] = json.loads((folder / "environment.json").read_text())
    return environment


def names_every_server() -> bool:
    """Whether the environment says where the broker and every database is."""
    return "HALLE_BROKER_URL" in os.environ and set(services()) <= set(named_databases())
