"""`python -m tests.bench`: an instance of its own, one measurement after the other, one table."""

import argparse
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.instance import Instance
from deploy.refusal import CannotStart
from tests.bench import closing, monday, placing, reading, relaying
from tests.bench.figures import Figure, show
from tests.bench.ground import Ground
from tests.bench.load import NoGenerator
from tests.ending import end_when_told

MEASUREMENTS: dict[str, Callable[[Ground], Iterator[Figure]]] = {
    "flush": placing.flush,
    "one-at-a-time": placing.one_at_a_time,
    "idle-lag": placing.idle_lag,
    "busy-lag": placing.busy_lag,
    "sheet": reading.sheet,
    "page": reading.page,
    "search": reading.search,
    "closing": closing.closing,
    "monday": monday.monday,
    "sustained": placing.sustained,
    "placing": placing.placing,
    "two-workers": placing.two_workers,
    "relay": relaying.relaying,
}
"""In this order: what needs a quiet place first, what leaves most behind last."""


def main() -> int:
    """Measure; the exit code is 1 where a target was missed."""
    chosen = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="halle-bench-"))
    folder.chmod(0o711)
    try:
        with Instance(folder, orders=2) as instance:
            instance.stop("orders-2")
            ground = Ground(folder, instance, chosen.seconds)
            return 0 if show(_measure(ground, chosen.only), chosen.json) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(ground: Ground, names: list[str]) -> Iterator[Figure]:
    for name in names:
        print(f"bench: {name} ...", file=sys.stderr, flush=True)
        try:
            yield from MEASUREMENTS[name](ground)
        except NoGenerator:
            raise
        except Exception as trouble:  # noqa: BLE001  (the measurements after it are worth having)
            traceback.print_exc()
            yield Figure(f"{name}, measured", f"{type(trouble).__name__}: {trouble}", target="to its end", ok=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./halle bench", description="Measure this tree on this machine.")
    parser.add_argument(
        "--seconds", type=float, default=60, help="of the main load; others shrink with it (default: 60)"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=MEASUREMENTS, default=list(MEASUREMENTS))
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    return parser.parse_args()


if __name__ == "__main__":
    end_when_told()
    try:
        sys.exit(main())
    except (CannotStart, NoGenerator) as refusal:
        sys.exit(f"halle: {refusal}")
