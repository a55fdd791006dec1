"""`python -m tests.rehearse NAME`: load, the event, settling, the table; the exit code is 1 where anything differs."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial

from deploy.refusal import CannotStart
from tests.bench.figures import Figure, show
from tests.chaos.__main__ import add_common, town
from tests.chaos.judge import judge
from tests.chaos.stage import Run
from tests.ending import end_when_told
from tests.rehearse import broker, disk, restore, upgrade


def of_broker(chosen: argparse.Namespace) -> Iterator[Figure]:
    """The broker is unplugged for an hour, which passes by the moved clock."""
    with town(keep=chosen.keep, env=broker.CLOCK) as here:
        yield from _counted(chosen, broker.rehearse(here, chosen.seconds, chosen.settle), broker.judge)


def of_disk(chosen: argparse.Namespace) -> Iterator[Figure]:
    """The disk fills to the last byte (as root: it mounts a small one)."""
    with town(on=disk.small) as here:
        yield from _counted(chosen, disk.rehearse(here, chosen.seconds, chosen.settle))


def of_upgrade(chosen: argparse.Namespace) -> Iterator[Figure]:
    """A new release replaces the one before, process by process."""
    with upgrade.release_before(chosen.before) as tree, town(keep=chosen.keep, env=upgrade.of_release(tree)) as here:
        yield from _counted(chosen, upgrade.rehearse(here, tree, chosen.seconds, chosen.settle), upgrade.judge)


def of_restore(chosen: argparse.Namespace) -> Iterator[Figure]:
    """The machine is lost; another is made of the backup that was taken under load."""
    with restore.rehearse(chosen.seconds, chosen.settle, chosen.keep) as (run, loss):
        yield from _counted(chosen, run, partial(restore.judge, loss=loss))


REHEARSALS = {"broker": of_broker, "disk": of_disk, "restore": of_restore, "upgrade": of_upgrade}


def main() -> int:
    """Rehearse one event and count."""
    chosen = _arguments()
    if chosen.broker:
        os.environ["HALLE_RABBITMQ"] = str(chosen.broker)
    return 0 if show(REHEARSALS[chosen.name](chosen), chosen.json) else 1


def _counted(
    chosen: argparse.Namespace, run: Run, more: Callable[[Run], Iterator[Figure]] | None = None
) -> Iterator[Figure]:
    asked = run.ledger.answers + run.ledger.refusals + run.ledger.unknown
    yield Figure("asked by buyers", round(asked / chosen.seconds, 1), "1/s")
    yield from judge(run)
    if more is not None:
        yield from more(run)


def _arguments() -> argparse.Namespace:
    names = "\n".join(f"  {name:<9}{rehearse.__doc__}" for name, rehearse in REHEARSALS.items())
    parser = argparse.ArgumentParser(
        prog="./halle rehearse",
        description=f"Let something befall a town while it sells, and count.\n\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=REHEARSALS, metavar="NAME", help="what is to happen")
    parser.add_argument("--seconds", type=float, default=60, help="of load (default: 60)")
    parser.add_argument("--before", metavar="REVISION", help="the old release (default: before the newest migration)")
    parser.add_argument("--keep", action="store_true", help="leave the folder and its logs; a full disk lies in memory")
    return add_common(parser).parse_args()


if __name__ == "__main__":
    end_when_told()
    try:
        sys.exit(main())
    except CannotStart as refusal:
        sys.exit(f"halle: {refusal}")
