"""A machine is lost while people order, and another one made of the backup that was taken under the same load.

What was acknowledged after the backup goes with the disk: it is counted. All the rest must be there as it was told, and
the sales that closed meanwhile are closed as soon as the new instance, whose broker is empty, knows of the time.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.database import Postgres
from deploy.instance import Instance
from deploy.places import CHECKOUT
from deploy.refusal import CannotStart
from tests.bench.figures import Figure, found
from tests.chaos import judge as table
from tests.chaos import mails
from tests.chaos.__main__ import town
from tests.chaos.nemesis import Blow
from tests.chaos.stage import Run, live, prepare, settle
from tests.rehearse.broker import judge as judge_timers
from tests.rehearse.load import RATE, THREADS

FIRST_CLOSE = 15
"""Seconds that the first close is later than the loss, so that farmers settle nothing that will be gone."""
Told = dict[str, dict[str, Any]]


@dataclass
class Loss:
    """What people knew, and what the backup knew."""

    before: Told = field(default_factory=dict)
    """Orders as acknowledged last when the backup was asked for."""
    last: Told = field(default_factory=dict)
    """Orders as acknowledged last when everything was lost."""
    told: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    """Every version of an order that was ever acknowledged until then."""
    there: dict[str, table.Essence] = field(default_factory=dict)
    """Orders as they are in the backup."""
    unknown: int = 0
    """Outcomes that nobody knew when everything was lost, and nobody will."""
    mailed: set[UUID] = field(default_factory=set)
    """Messages that the lost instance mailed."""
    known_as_mailed: set[UUID] = field(default_factory=set)
    """Those of them that the backup knows to be sent."""


@contextmanager
def rehearse(seconds: float, patience: float, keep: bool) -> Iterator[tuple[Run, Loss]]:
    """Half of the time with the first instance, which is backed up under load, and half with the second."""
    loss = Loss()
    with tempfile.TemporaryDirectory(prefix="halle-backup-") as folder:
        file = Path(folder) / "halle.backup"
        with town(keep=keep) as first:
            closing = [seconds * part + FIRST_CLOSE for part in (0.6, 0.7, 0.8, 0.9)]
            run = prepare(first, sales=24, closing=closing, people=40)
            _until_all_is_lost(run, loss, file, seconds)
            loss.mailed = set(mails.delivered(run.mailboxes))
            with town(keep=keep, on=partial(_restored, file, run, loss)) as second:
                run = replace(run, town=second, farmers=[], earlier_mailboxes=run.mailboxes)
                run.mailed_again = loss.mailed - loss.known_as_mailed
                live(run, seconds=seconds * 0.45, blows=[], threads=THREADS, rate=RATE)
                settle(run, patience)
                yield run, loss


def judge(run: Run, loss: Loss) -> Iterator[Figure]:
    """What the backup had, what went with the disk, and the timers that came due between and since."""
    yield from compare(loss)
    yield Figure("outcomes unknown when the disk was lost", loss.unknown)
    yield Figure("mails that the backup does not know: may be sent once more", len(run.mailed_again))
    arrived = mails.delivered(run.mailboxes)
    yield Figure("of these sent once more", sum(arrived[one] > 1 for one in run.mailed_again))
    yield from judge_timers(run)


def compare(loss: Loss) -> Iterator[Figure]:
    """The backup beside what people had been told when it was asked for, and when all was lost."""
    kept = [
        order for order, told in loss.before.items() if order in loss.there and loss.there[order][0] >= told["version"]
    ]
    yield found("orders acknowledged before the backup that are in it", len(loss.before), len(kept))
    strange = [
        order
        for order, there in loss.there.items()
        if (told := loss.told.get((order, there[0]))) is None or table.essence(told) != there
    ]
    yield found("orders in the backup that are not as somebody was told", 0, len(strange))
    yield Figure("orders acknowledged after the backup: lost with the disk", len(loss.last.keys() - loss.there.keys()))
    changed = [
        order for order, there in loss.there.items() if order in loss.last and there[0] < loss.last[order]["version"]
    ]
    yield Figure("orders whose last changes were lost with the disk", len(changed))


def _until_all_is_lost(run: Run, loss: Loss, file: Path, seconds: float) -> None:
    """The first instance's life: what it backs up into `file`, and what its people knew in the end."""
    instance = run.town.instance
    acts = {"back it up": partial(_back_up, run, loss, file), "lose everything": partial(_lose, instance)}
    blows = [Blow(seconds * part, what) for part, what in zip((0.2, 0.5), acts, strict=True)]
    live(run, seconds=seconds * 0.55, blows=blows, acts=acts, threads=THREADS, rate=RATE)
    for farmer in run.farmers:
        farmer.stopping.set()
    instance.stop_all_processes()
    if not file.exists():
        raise CannotStart("There is no backup: see above.")
    loss.last, loss.told = dict(run.ledger.orders), dict(run.ledger.told)
    loss.unknown = len(run.ledger.open)
    run.ledger.open.clear()


def _back_up(run: Run, loss: Loss, file: Path) -> None:
    loss.before = dict(run.ledger.orders)
    _halle("backup", file, run.town.instance.folder)


def _lose(instance: Instance) -> None:
    """The machine is gone, from one moment to the next."""
    instance.postgres.kill()
    instance.broker.kill()


@contextmanager
def _restored(file: Path, run: Run, loss: Loss, folder: Path) -> Iterator[None]:
    """Fill a new instance's folder, and go back to what people had been told of what is in it."""
    _halle("restore", file, folder)
    postgres = Postgres.start(folder / "postgres")
    try:
        with postgres.connect("halle_orders") as orders, postgres.connect("halle_notifications") as notifications:
            loss.there = table.orders_there(lambda words, *given: orders.execute(words, given).fetchall(), run.ids)
            sent = notifications.execute("select message_id from messages where state = 'sent'").fetchall()
    finally:
        postgres.stop()
    loss.known_as_mailed = {row[0] for row in sent}
    versions = ((order, there[0]) for order, there in loss.there.items())
    run.ledger.orders = {one[0]: loss.told[one] for one in versions if one in loss.told}
    yield


def _halle(name: str, file: Path, folder: Path) -> None:
    """`./halle NAME FILE --state FOLDER`, as an operator types it."""
    words = [sys.executable, "-m", "deploy", name, str(file), "--state", str(folder)]
    done = subprocess.run(words, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode:
        raise CannotStart(f"./halle {name} ended with {done.returncode}: see above.")
