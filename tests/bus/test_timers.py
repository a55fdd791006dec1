"""Durable timers: once, in order, never dropped, and void when something newer was wanted."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from bus import clock, database, timers
from bus.timers import Timer


def want(key: str, subject: str = "s", minutes: float = 0, version: int = 1) -> None:
    with database.transaction() as tx:
        due_at = clock.now(tx) + timedelta(minutes=minutes)
        timers.schedule(tx, "ring", key=key, subject=subject, due_at=due_at, version=version)


def ring(effect: Callable[[Connection, Timer], Any]) -> int:
    """Do all that is due; how many were done or tried."""
    done = 0
    while timers.do_next({"ring": effect}):
        done += 1
        assert done < 50
    return done


def later(minutes: float) -> None:
    with database.transaction() as tx:
        clock.move(tx, timedelta(minutes=minutes))


def test_a_timer_rings_once_when_it_is_due(kernel: None) -> None:
    want("a", minutes=5)
    rung: list[str] = []
    assert ring(lambda _tx, timer: rung.append(timer.key)) == 0
    later(6)
    ring(lambda _tx, timer: rung.append(timer.key))
    ring(lambda _tx, timer: rung.append(timer.key))
    assert rung == ["a"]


def test_after_an_outage_a_subjects_timers_ring_in_order(kernel: None) -> None:
    for key, minutes in (("close", 2.0), ("open", 1.0), ("lists", 3.0)):
        want(key, minutes=minutes)
    later(60)
    rung: list[str] = []
    ring(lambda _tx, timer: rung.append(timer.key))
    assert rung == ["open", "close", "lists"]


def test_a_timer_that_fails_is_tried_later_and_holds_back_its_elders_only(kernel: None) -> None:
    want("open", minutes=-2)
    want("close", minutes=-1)
    want("other", subject="another sale", minutes=-1)
    rung: list[str] = []

    def fail_to_open(_tx: Connection, timer: Timer) -> None:
        if timer.key == "open":
            raise RuntimeError("the till is stuck")
        rung.append(timer.key)

    ring(fail_to_open)
    assert rung == ["other"]
    later(1)
    ring(lambda _tx, timer: rung.append(timer.key))
    assert rung == ["other", "open", "close"]


def test_a_later_version_replaces_an_earlier_one(kernel: None) -> None:
    want("close", minutes=1, version=1)
    want("close", minutes=60, version=2)
    want("close", minutes=1, version=1)
    later(5)
    assert ring(lambda _tx, _timer: None) == 0
    later(61)
    versions: list[int] = []
    ring(lambda _tx, timer: versions.append(timer.version))
    assert versions == [2]


def test_an_effect_that_fails_leaves_nothing_behind(kernel: None) -> None:
    want("a")

    def half(tx: Connection, _timer: Timer) -> None:
        tx.execute(text("insert into grants values (uuidv7(), uuidv7(), 'sell', null, true, null, 1)"))
        raise RuntimeError("half way")

    ring(half)
    with database.transaction() as tx:
        assert tx.execute(text("select count(*) from grants")).scalar() == 0
        assert tx.execute(text("select attempts, error from timers")).one().attempts == 1


def test_one_timer_is_claimed_without_looking_at_all_that_are_due(kernel: None) -> None:
    """Sales open and close at the full hour: to read all of an hour for each would take the square of them."""
    with database.transaction() as tx:
        tx.execute(text(_MANY_DUE))
        tx.execute(text("analyze timers"))
        explained = tx.execute(text(f"explain (analyze, format json) {timers._CLAIM}"), {"names": ["ring"]})
        [plan] = explained.scalar_one()
    assert sum(read(plan["Plan"])) < 20


_MANY_DUE = """
    insert into timers (key, name, subject, version, due_at, retry_at)
    select 'timer ' || n, 'ring', 'sale ' || n, 1, hour, hour
    from generate_series(1, 2000) n, date_trunc('hour', halle_now()) hour
"""


def read(node: dict[str, Any]) -> Iterator[float]:
    """How many rows each scan of a plan that was carried out read."""
    if "Relation Name" in node:
        yield (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for below in node.get("Plans", []):
        yield from read(below)
