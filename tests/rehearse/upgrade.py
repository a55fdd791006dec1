"""A new release is put in place while people order: it migrates under the old processes, then they are replaced.

The old release is a checkout of its own, made by git; for as long as the replacing takes, both are live and share
databases, queues and questions.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.instance import Instance
from deploy.places import CHECKOUT
from deploy.refusal import CannotStart
from tests.bench.figures import Figure
from tests.bench.town import Town
from tests.chaos.nemesis import Blow
from tests.chaos.stage import Run, live, prepare, settle
from tests.rehearse.load import RATE, THREADS

ORDER = (
    *("mailbox", "notifications", "payments", "orders-hears", "catalog", "members"),
    *("orders-1", "orders-2", "relay", "gateway"),
)
"""Those that hear, then those that answer and say; the gateway last, for its questions may have fields that are new."""
_EARS = "import contracts.messages as m; print('\\n'.join(f'{n} {e}' for n, c in m.EVENTS.items() for e in c.heard_by))"


@contextmanager
def release_before(revision: str | None) -> Iterator[Path]:
    """The tree of a revision; without one that of the commit before the newest migration."""
    newest = ["log", "-1", "--format=%H", "--", "services/*/migrations/versions/*"]
    wanted = revision or f"{_git(*newest)}~1"
    with TemporaryDirectory(prefix="halle-before-") as folder:
        tree = Path(folder) / "tree"
        _git("worktree", "add", "--detach", str(tree), wanted)
        try:
            print(f"rehearse: from {_git('log', '-1', '--format=%h %s', wanted)}", file=sys.stderr, flush=True)
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def of_release(tree: Path) -> Mapping[str, str]:
    """The environment that makes processes those of the release in `tree`."""
    return {"PYTHONPATH": str(tree)}


def rehearse(here: Town, before: Path, seconds: float, patience: float) -> Run:
    """A third of the time with the old release; then the migration; then one process after the other."""
    run = prepare(here, sales=24, closing=[seconds * part for part in (0.3, 0.45, 0.5, 0.6, 0.7, 0.9)], people=40)
    acts = {"migrate": partial(_migrate, here.instance)}
    acts |= {f"replace {name}": partial(_replace, here.instance, name) for name in ORDER}
    acts["replay what new ears have missed"] = partial(_replay, here.instance, _new_ears(before))
    blows = [Blow(seconds * (0.3 + 0.04 * n), what) for n, what in enumerate(acts)]
    live(run, seconds=seconds, blows=blows, acts=acts, threads=THREADS, rate=RATE)
    settle(run, patience)
    return run


def judge(run: Run) -> Iterator[Figure]:
    """Every process is the new release's."""
    trees = {process.name: _tree_of(run.town.instance.pid(process.name)) for process in run.town.instance.processes()}
    old = sorted(name for name, tree in trees.items() if tree != str(CHECKOUT))
    yield Figure("processes of the old release", len(old), target="0", ok=not old)


def _migrate(instance: Instance) -> None:
    instance.env |= of_release(CHECKOUT)
    instance.migrate()


def _replace(instance: Instance, name: str) -> None:
    """Stop a process of the old release and start the new one's; the others go on."""
    instance.change(name)


def _replay(instance: Instance, types: list[str]) -> None:
    """Say again the events that somebody hears now who did not before."""
    for event in types:
        command = [sys.executable, "-m", "bus.operate", "replay", "--type", event]
        environment = {**os.environ, **instance.operator_environment()}
        subprocess.run(command, cwd="/", env=environment, stdin=subprocess.DEVNULL, check=True)


def _new_ears(before: Path) -> list[str]:
    """The types of events that have a listener in this release which the one `before` did not have."""
    return sorted({line.split()[0] for line in _ears(CHECKOUT) - _ears(before)})


def _ears(tree: Path) -> set[str]:
    done = subprocess.run([sys.executable, "-c", _EARS], cwd=tree, check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines())


def _tree_of(pid: int) -> str:
    told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return next(entry for entry in told if entry.startswith(b"PYTHONPATH=")).decode().partition("=")[2]


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(CHECKOUT), *words],
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
