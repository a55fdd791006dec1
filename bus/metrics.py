"""What a process counts for /metrics, and what its database tells at the moment it is asked."""

from collections.abc import Iterator

from prometheus_client import Counter, Histogram
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text

from bus import database
from contracts.errors import Unavailable

ANSWERED = Histogram(
    "halle_answer_seconds",
    "Time from a question's arrival to its answer",
    ["door"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10),
)
HEARD = Histogram(
    "halle_event_lag_seconds",
    "Time from an event's commit to the start of its handler",
    ["queue"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 1, 2, 10, 60, 600),
)
FAILED = Counter("halle_handler_failures_total", "Messages put on the ladder or parked", ["queue"])

_FIGURES = {
    "halle_timer_late_seconds": (
        "How late the oldest undone timer is",
        """select coalesce(extract(epoch from halle_now() - min(due_at)), 0) from timers
           where done_at is null and due_at <= halle_now()""",
    ),
    "halle_outbox_age_seconds": (
        "Age of the oldest unsent outbox row",
        "select coalesce(extract(epoch from halle_now() - min(said_at)), 0) from outbox where sent_at is null",
    ),
    "halle_outbox_unsent": ("Outbox rows that wait for the relay", "select count(*) from outbox where sent_at is null"),
    "halle_parked": ("Messages parked for a person", "select count(*) from parked where settled_at is null"),
    "halle_clock_seconds": ("This service's clock, to compare with others'", "select extract(epoch from halle_now())"),
}


class DatabaseFigures(Collector):
    """Figures of the service's database, read when somebody asks; none while it is away (see /health)."""

    def collect(self) -> Iterator[Metric]:
        try:
            with database.transaction() as tx:
                found = {name: float(tx.execute(text(sql)).scalar_one()) for name, (_, sql) in _FIGURES.items()}
        except Unavailable:
            return
        for name, value in found.items():
            family = GaugeMetricFamily(name, _FIGURES[name][0], labels=["service"])
            family.add_metric([database.served()], value)
            yield family

    def describe(self) -> list[Metric]:
        """Nothing is asked of the database before the first scrape."""
        return []


def watch_database() -> None:
    REGISTRY.register(DatabaseFigures())
