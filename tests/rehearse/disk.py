"""The disk fills while people order: first so far that the broker takes nothing more, then to the last byte.

The whole instance lies on a small file system of its own (so this wants root): databases, broker, logs and mailbox.
"""

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.instance import Instance
from deploy.refusal import CannotStart
from deploy.up import LOOK, mend
from tests.bench.town import Town
from tests.chaos.nemesis import Blow
from tests.chaos.stage import Run, live, prepare, settle
from tests.rehearse.load import RATE, THREADS

SIZE = 3_000
"""MB. The broker alone wants half a GB for its log; it stops taking messages below 200 MB free."""
LEFT = 120
"""MB that the first filling leaves: enough for PostgreSQL, too little for the broker."""
NO_ROOM = re.compile(r"No space left on device|could not (write|extend|create) ")
BROKER_WITHOUT_DISK = re.compile(r"\[error\] <")
"""A node that can write nothing reports whatever it does as broken; what is lost, the table counts."""


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """Put a small file system on `folder`; it is gone afterwards with all that it holds."""
    options = f"size={SIZE}m,mode=0711"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "halle-rehearses", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise CannotStart(f"A small disk cannot be mounted here, which takes root: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


class Filling:
    """What fills a disk: one file, as large as wanted."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "filling"

    def leave(self, megabytes: int) -> None:
        """Grow until so much is free; with 0 until nothing is."""
        with self.file.open("ab") as file:
            free = os.statvfs(self.file).f_bavail * os.statvfs(self.file).f_frsize
            if (more := free - megabytes * 1_000_000) > 0:
                with suppress(OSError):  # others write too
                    os.posix_fallocate(file.fileno(), file.tell(), more)

    def go(self) -> None:
        self.file.unlink(missing_ok=True)


def rehearse(here: Town, seconds: float, patience: float, sales: int = 24, people: int = 40) -> Run:
    """A third of the time with room, a third with less and less, a third with room again."""
    run = prepare(here, sales=sales, closing=[seconds * part for part in (0.4, 0.55, 0.6, 0.9)], people=people)
    run.explained += [NO_ROOM, BROKER_WITHOUT_DISK]
    filling = Filling(here.instance.folder)
    acts = {
        "fill the disk for the broker": lambda: filling.leave(LEFT),
        "fill the disk to the last byte": lambda: filling.leave(0),
        "make room again": filling.go,
    }
    full = [Blow(seconds * (0.45 + 0.02 * n), "fill the disk to the last byte") for n in range(10)]
    blows = [Blow(seconds * 0.3, "fill the disk for the broker"), *full, Blow(seconds * 0.67, "make room again")]
    with looked_after(here.instance):
        live(run, seconds=seconds, blows=blows, acts=acts, threads=THREADS, rate=RATE)
        settle(run, patience)
    return run


@contextmanager
def looked_after(instance: Instance) -> Iterator[None]:
    """Mend servers as `./halle up` does; elsewhere whoever is on call does it (docs/OPERATIONS.md)."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK):
            mend(instance)

    looking = threading.Thread(target=look, daemon=True, name="looks-after")
    looking.start()
    try:
        yield
    finally:
        done.set()
        looking.join()
