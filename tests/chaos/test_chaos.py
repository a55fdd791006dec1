"""Chaos passes on the system as it is, and reports each way in which it could be broken: a proof that can fail."""

import os
from collections.abc import Iterator

import pytest

from deploy.places import CHECKOUT
from tests.bench.figures import Figure
from tests.bench.town import Town
from tests.chaos import targeted
from tests.chaos.__main__ import ordeal, town
from tests.chaos.judge import judge
from tests.chaos.nemesis import Blow
from tests.chaos.stage import Run, live, prepare, settle
from tests.rehearse import broker

pytestmark = pytest.mark.timeout(400)

FAULTS = CHECKOUT / "tests/chaos/faults"
WORKERS = ("orders-1", "orders-2")


@pytest.fixture(scope="module")
def here() -> Iterator[Town]:
    with town() as running:
        yield running


class Breaking:
    """Gives programs a fault for one test, and takes it away when the next one begins."""

    def __init__(self, here: Town) -> None:
        self.here = here
        self._broken: tuple[str, ...] = ()

    def __call__(self, fault: str, *names: str) -> None:
        instance = self.here.instance
        told = {"HALLE_FAULT": fault, "PYTHONPATH": os.pathsep.join([str(FAULTS), str(CHECKOUT)])}
        for name in {*names, *self._broken}:
            instance.env_of[name] = told if name in names else {}
        for process in instance.processes():
            if process.name in {*names, *self._broken}:
                instance.supervisor.replace(process)
        instance.wait_healthy()
        self._broken = names if fault else ()
        self.here.wait(lambda: self.here.unsent() == 0, "what an earlier fault held back", 30)


@pytest.fixture(scope="module")
def breaking(here: Town) -> Breaking:
    return Breaking(here)


def short(
    here: Town, *blows: tuple[float, str], seconds: float = 5, closing: tuple[float, ...] = (), still: float = 4
) -> list[Figure]:
    """A short chaos with its own people and sales, and the lines of its table that are not well."""
    run = prepare(here, sales=4, closing=closing, people=5)
    live(run, seconds=seconds, blows=[Blow(*blow) for blow in blows], rate=40, renames=2, acts=targeted.acts(here))
    settle(run, 60, still)
    return [figure for figure in judge(run) if figure.ok is False]


def names(figures: list[Figure]) -> str:
    return "; ".join(figure.name for figure in figures)


KILL_NOTIFICATIONS = [(at, "kill notifications") for at in (1.5, 4.0)]
KILL_RELAY = [(at, "kill relay") for at in (1.5, 4.0)]
HIDE = [(1.0, "hide people"), (4.5, "show people")]
UNBIND = [(at, "unbind confirmations") for at in (1.0, 2.0, 3.0, 4.0)]


def test_without_an_inbox_events_are_reported_as_unheard(here: Town, breaking: Breaking) -> None:
    breaking("no-inbox", "notifications")
    assert "heard once: notifications.order_placed" in names(short(here, seconds=2))


def test_an_ack_before_the_commit_loses_events(here: Town, breaking: Breaking) -> None:
    breaking("ack-before-commit", "notifications")
    assert "heard once: notifications" in names(short(here, *KILL_NOTIFICATIONS))


def test_without_the_row_lock_a_sale_closes_through_its_orders(here: Town, breaking: Breaking) -> None:
    breaking("no-lock", *WORKERS)
    assert "preparation lists that are not what people were told" in names(short(here, closing=(5, 6, 7), seconds=9))


def test_a_plain_requeue_parks_what_a_moment_would_have_mended(here: Town, breaking: Breaking) -> None:
    breaking("requeue", "orders-hears")
    assert "messages parked" in names(short(here, *HIDE))


def test_without_mandatory_unroutable_events_are_lost(here: Town, breaking: Breaking) -> None:
    breaking("not-mandatory", "relay")
    assert "heard once: notifications.order_placed" in names(short(here, *UNBIND))


def test_a_lost_nudge_and_no_poll_leave_events_unsent(here: Town, breaking: Breaking) -> None:
    breaking("unwoken", "relay", *WORKERS)
    assert "events unsent" in names(short(here, seconds=2))


def test_a_state_taken_whatever_its_seq_is_reported_as_old(here: Town, breaking: Breaking) -> None:
    breaking("seq-ignored", "orders-hears")
    assert "newest names kept by orders" in names(short(here, *HIDE))


def test_a_mark_before_the_confirm_loses_events(here: Town, breaking: Breaking) -> None:
    breaking("marked-early", "relay")
    assert "heard once" in names(short(here, *KILL_RELAY))


def test_the_same_blows_do_nothing_to_sound_programs(here: Town, breaking: Breaking) -> None:
    breaking("slow-orders", *WORKERS)
    blows = [*KILL_NOTIFICATIONS, *KILL_RELAY, *HIDE, *UNBIND]
    assert names(short(here, *blows, closing=(5, 6, 7), seconds=9, still=60)) == ""


def test_the_system_as_it_is_comes_through_thirty_seconds_of_chaos(here: Town, breaking: Breaking) -> None:
    breaking("")
    run: Run = ordeal(here, seconds=30, patience=120, every=2.5)
    assert names([figure for figure in judge(run) if figure.ok is False]) == ""


def test_an_hour_without_the_broker_loses_nothing(here: Town, breaking: Breaking) -> None:
    breaking("")
    run = broker.rehearse(here, seconds=9, patience=120, sales=6, people=8)
    assert names([figure for figure in (*judge(run), *broker.judge(run)) if figure.ok is False]) == ""
    assert run.ledger.wordless == 0, "somebody was kept waiting until they gave up"
