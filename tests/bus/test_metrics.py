"""Figures of a service's database: what an alarm looks at says what is, also while relay and broker are away."""

from sqlalchemy import text

from bus import database
from bus.lane import Lane
from bus.metrics import DatabaseFigures
from tests.bus.test_relay import say


def figure(name: str) -> float:
    """A figure as a scrape has it."""
    return next(metric.samples[0].value for metric in DatabaseFigures().collect() if metric.name == name)


def test_what_is_not_sent_grows_old_whether_it_was_taken_by_a_relay_or_by_none(kernel: None) -> None:
    assert figure("halle_outbox_age_seconds") == 0
    say(2)
    with database.transaction() as tx:
        tx.execute(text("update outbox set said_at = said_at - interval '1 hour' where seq = 1"))
    assert figure("halle_outbox_age_seconds") > 3599
    lane = Lane("test", "orders")
    lane.remembered = True
    assert [row.seq for row in lane.read()] == [1]
    assert lane.read() == []
    assert figure("halle_outbox_age_seconds") > 3599
