"""`./halle migrate`: bring the databases to this release, whether the instance runs or not."""

import argparse
import os
import subprocess
import sys

from deploy.instance import Instance
from deploy.lock import is_running, lock
from deploy.operate import environment_of, names_every_server
from deploy.places import CHECKOUT
from deploy.up import STATE, refuse_wrong_variables, state_folder


def main(name: str, arguments: list[str]) -> int:
    """Migrate every database of an instance."""
    parser = argparse.ArgumentParser(prog=f"./halle {name}", description=__doc__)
    parser.add_argument("--state", type=state_folder, default=STATE, help="(default: .halle)")
    folder = parser.parse_args(arguments).state
    refuse_wrong_variables()
    if is_running(folder) or names_every_server():
        environment = {**os.environ, **environment_of(folder)}
        words = [sys.executable, "-m", "bus.migrations"]
        return subprocess.run(words, env=environment, cwd=CHECKOUT, check=False).returncode
    instance = Instance(folder)
    with lock(folder):
        try:
            instance.start_servers()
            instance.migrate()
        finally:
            instance.close()
    print("The databases are at this release.")
    return 0
