"""`python -m tests.chaos`: load, trouble, settling, and the table; the exit code is 1 where anything differs."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from deploy.instance import Instance
from deploy.refusal import CannotStart
from tests.bench.figures import show
from tests.bench.town import Town
from tests.chaos.judge import judge
from tests.chaos.nemesis import SEED, plan
from tests.chaos.stage import Run, live, prepare, settle
from tests.ending import end_when_told

SALES = 24


def main() -> int:
    """Break a town for a while and count."""
    chosen = _arguments()
    if chosen.broker:
        os.environ["HALLE_RABBITMQ"] = str(chosen.broker)
    with town(keep=chosen.keep) as here:
        run = ordeal(here, chosen.seconds, chosen.settle, chosen.every, chosen.seed)
        return 0 if show(judge(run), chosen.json) else 1


def ordeal(here: Town, seconds: float, patience: float, every: float, seed: int = SEED) -> Run:
    """The whole of it: sales of which six close while everything breaks."""
    closing = [seconds * part for part in (0.3, 0.45, 0.55, 0.65, 0.8, 0.95)]
    run = prepare(here, sales=SALES, closing=closing, people=40)
    live(run, seconds=seconds, blows=plan(seconds, every, seed))
    settle(run, patience)
    return run


@contextmanager
def town(
    orders: int = 2,
    keep: bool = False,
    env: Mapping[str, str] | None = None,
    on: Callable[[Path], AbstractContextManager[None]] = nullcontext,
) -> Iterator[Town]:
    """An instance of its own, in a temporary folder that both we and the database's user can reach.

    `on` may put a disk of its own there.
    """
    folder = Path(tempfile.mkdtemp(prefix="halle-chaos-"))
    folder.chmod(0o711)
    try:
        with on(folder), Instance(folder, orders=orders, env=env) as instance:
            print(f"chaos: running in {folder}", file=sys.stderr, flush=True)
            yield Town(instance)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./halle chaos", description="Break a town while it sells, and count.")
    parser.add_argument("--seconds", type=float, default=90, help="of load and trouble (default: 90)")
    parser.add_argument("--every", type=float, default=2.5, help="seconds between two kills (default: 2.5)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the plan of trouble")
    parser.add_argument("--keep", action="store_true", help="leave the folder and its logs")
    return add_common(parser).parse_args()


def add_common(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The options of whatever breaks a town and counts."""
    parser.add_argument("--settle", type=float, default=120, help="seconds to settle at most (default: 120)")
    parser.add_argument("--broker", type=int, choices=(3, 4), help="RabbitMQ of this release")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    return parser


if __name__ == "__main__":
    end_when_told()
    try:
        sys.exit(main())
    except CannotStart as refusal:
        sys.exit(f"halle: {refusal}")
