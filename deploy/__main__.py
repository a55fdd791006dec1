"""The commands of `./halle`; only those whose code is in the tree are listed.

Imports of our own stay inside the commands: asking for help needs the standard library alone.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from deploy.refusal import CannotStart


@dataclass(frozen=True)
class Command:
    """One word after `./halle`: what it is for, what it needs, what runs it."""

    summary: str
    needs: str
    module: str
    function: str = "main"

    def exists(self) -> bool:
        """Whether the module that does the work is in the tree."""
        try:
            return find_spec(self.needs) is not None
        except ModuleNotFoundError:
            return False

    def run(self, name: str, arguments: list[str]) -> int:
        """The exit code of running it."""
        work: Callable[[str, list[str]], int]
        work = getattr(import_module(self.module), self.function)
        return work(name, arguments)


COMMANDS = {
    "up": Command("start an instance and keep it running", "deploy.up", "deploy.up"),
    "demo": Command("start one that is full of life, to look around", "deploy.demo", "deploy.demo.command"),
    "run": Command("become one process of it, for containers and units", "deploy.run", "deploy.run"),
    "databases": Command("make its databases on a server of your own", "deploy.databases", "deploy.databases"),
    "migrate": Command("bring the databases to this release", "bus.migrations", "deploy.migrate"),
    "test": Command("run the tests, with servers of their own", "deploy.check", "deploy.check"),
    "check": Command("lint, types and house rules", "deploy.check", "deploy.check", "check"),
    "bench": Command("measure it", "tests.bench", "deploy.check", "module"),
    "chaos": Command("break it while it works, and count", "tests.chaos", "deploy.check", "module"),
    "rehearse": Command("let the rare thing befall it, and count", "tests.rehearse", "deploy.check", "module"),
    "backup": Command("back a running instance up", "deploy.backup", "deploy.backup", "backup"),
    "restore": Command("make an instance out of a backup", "deploy.backup", "deploy.backup", "restore"),
    "dead": Command("messages that no handler could take", "bus.operate", "deploy.operate"),
    "replay": Command("say past events again", "bus.operate", "deploy.operate"),
    "trace": Command("what happened to an order", "bus.operate", "deploy.operate"),
    "person": Command("all that is kept of somebody", "bus.operate", "deploy.operate"),
}


def usage() -> str:
    """The text of `./halle --help`."""
    lines = [f"  {name:<10}{it.summary}" for name, it in COMMANDS.items() if it.exists()]
    return "usage: ./halle COMMAND [--help] [ARGUMENTS]\n\n" + "\n".join(lines)


def main(words: list[str]) -> int:
    """Run one command; a refusal is one sentence and exit code 2."""
    if not words or words[0] in ("-h", "--help"):
        print(usage())
        return 0
    name, *arguments = words
    command = COMMANDS.get(name)
    if command is None or not command.exists():
        print(f"halle: there is no command {name!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    try:
        return command.run(name, arguments)
    except CannotStart as refusal:
        print(f"halle: {refusal}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
