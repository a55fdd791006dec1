"""`./halle dead|replay|trace`: the bus's tools, in the environment of the running instance."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from deploy.lock import is_running
from deploy.places import CHECKOUT
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
    """What the instance running in `folder` tells its operator's commands."""
    if not is_running(folder):
        raise CannotStart(f"No instance is running in {folder}: start it with ./halle up.")
    environment: dict[str, str] = json.loads((folder / "environment.json").read_text())
    return environment
