"""The broker is unplugged for an hour in which sales close; the hour passes by the moved clock.

Nobody can order meanwhile, and everybody is told so; windows close when they are due all the same.
"""

from collections.abc import Iterator
from datetime import timedelta

from deploy import processes
from tests.bench.figures import Figure, found
from tests.bench.town import Town
from tests.chaos.nemesis import Blow
from tests.chaos.stage import Run, live, prepare, settle
from tests.rehearse.load import RATE, THREADS

HOUR = timedelta(hours=1)
CLOCK = {"HALLE_MOVABLE_CLOCK": "1"}


def rehearse(here: Town, seconds: float, patience: float, sales: int = 24, people: int = 40) -> Run:
    """A third of the time with the broker, a third without, in which the hour passes, and a third with it again."""
    closing = [HOUR.total_seconds() * part for part in (0.2, 0.4, 0.5, 0.6, 0.8, 0.95)]
    run = prepare(here, sales=sales, closing=closing[: sales // 2], people=people)
    broker = here.instance.broker
    acts = {
        "unplug the broker": broker.stop,
        "let an hour pass": lambda: here.let_pass(HOUR),
        "plug the broker in": broker.run,
    }
    blows = [Blow(seconds * part, what) for part, what in zip((0.33, 0.5, 0.67), acts, strict=True)]
    live(run, seconds=seconds, blows=blows, acts=acts, ahead=HOUR, threads=THREADS, rate=RATE)
    settle(run, patience)
    return run


def judge(run: Run) -> Iterator[Figure]:
    """What came due in the hour was done, at the first try and in order."""
    rows = [run.town.rows(service, _TIMERS, run.since)[0] for service in processes.services()]
    due, undone, disordered, tried_again = (sum(column) for column in zip(*rows, strict=True))
    yield Figure("timers that came due", due)
    yield found("timers not done", 0, undone)
    yield found("timers done before an elder one of their subject", 0, disordered)
    yield found("timers that needed a second try", 0, tried_again)


_TIMERS = """
    select count(*), count(*) filter (where done_at is null),
      count(*) filter (where done_at < elder), count(*) filter (where attempts > 0)
    from (select *, lag(done_at) over (partition by subject order by due_at, key) as elder
      from timers where due_at between %s and halle_now()) due
"""
