"""What every service forgets in time: outbox, inbox, keys, done timers. A timer a day, by the service itself.

The inbox is kept thirty days longer than the outbox: what may be said again must be known again. So an event's age
counts from its first saying: one that an emptied broker was told again is no younger.
"""

from datetime import timedelta

from sqlalchemy import Connection, text

from bus import clock, timers
from bus.timers import Timer, due

KEPT_DAYS = 30
"""How long sent events may be said again, and answers asked for again."""

_PRUNE = (
    "delete from outbox where said_at < halle_now() - make_interval(days => :days) and sent_at is not null",
    "delete from inbox where heard_at < halle_now() - make_interval(days => :days + 30)",
    "delete from idempotency where asked_at < halle_now() - make_interval(days => :days)",
    "delete from timers where done_at < halle_now() - make_interval(days => :days)",
    "delete from parked where settled_at < halle_now() - make_interval(days => :days)",
)


def begin(tx: Connection) -> None:
    """Want the first round; harmless when one is wanted already."""
    timers.schedule(tx, "prune", key="prune:0", subject="housekeeping", due_at=clock.now(tx), version=1)


class Housekeeping:
    """The half of a service's ears that cleans up; every Listeners inherits from it."""

    @due("prune")
    def prune(self, tx: Connection, timer: Timer) -> None:
        """Forget what is old enough, and want the next round tomorrow."""
        for statement in _PRUNE:
            tx.execute(text(statement), {"days": KEPT_DAYS})
        tomorrow = max(timer.due_at, clock.now(tx)) + timedelta(days=1)
        key = f"prune:{int(timer.key.split(':')[1]) + 1}"
        timers.schedule(tx, "prune", key=key, subject="housekeeping", due_at=tomorrow, version=1)
