"""Questions over a real broker to a real service process, which may die while somebody waits."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import pytest

from bus.asking import Line
from contracts.errors import NotAllowed, NotFound, Unavailable
from contracts.orders import ReadOrder, ReadSaleSheet
from deploy.broker import Broker
from deploy.ports import free_port


class OrdersDoors:
    """`python -m bus.runner orders --doors` with this test's environment."""

    def __init__(self) -> None:
        environment = os.environ | {"HALLE_METRICS_PORT": str(free_port())}
        self.process = subprocess.Popen([sys.executable, "-m", "bus.runner", "orders", "--doors"], env=environment)

    def end(self, by: signal.Signals = signal.SIGKILL) -> int:
        self.process.send_signal(by)
        return self.process.wait(20)


@pytest.fixture
def doors(kernel: None) -> Iterator[OrdersDoors]:
    running = OrdersDoors()
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.fixture
def line(kernel: None, broker: Broker) -> Iterator[Line]:
    opened = Line(broker.url)
    yield opened
    opened.close()


def ask_for_nothing(line: Line, within: float = 30) -> None:
    """A question whose only right answer is that there is no such thing."""
    with pytest.raises(NotFound, match="no-such-distribution"):
        line.ask(ReadSaleSheet(distribution_id=uuid4()), within=within)


def test_an_error_crosses_as_its_own_family(doors: OrdersDoors, line: Line) -> None:
    ask_for_nothing(line)
    with pytest.raises(NotAllowed, match="sign-in"):
        line.ask(ReadOrder(order_id=uuid4()), within=30)
    assert doors.end(signal.SIGTERM) == 0


def test_a_question_outlives_the_worker_that_was_killed_over_it(doors: OrdersDoors, line: Line) -> None:
    ask_for_nothing(line)
    doors.end()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(ask_for_nothing, line, 60) for _ in range(4)]
        again = OrdersDoors()
        for one in waiting:
            one.result()
    again.end()


def test_nobody_there_is_an_unknown_outcome_and_not_a_wait_for_ever(line: Line) -> None:
    with pytest.raises(Unavailable, match="ask again"):
        line.ask(ReadSaleSheet(distribution_id=uuid4()), within=1)


def test_a_worker_that_is_told_to_end_answers_all_that_it_took(doors: OrdersDoors, line: Line) -> None:
    ask_for_nothing(line)
    another = OrdersDoors()
    ended = Event()

    def ask_until_then() -> None:
        while not ended.is_set():
            ask_for_nothing(line)

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask_until_then) for _ in range(8)]
        assert doors.end(signal.SIGTERM) == 0
        ended.set()
        for one in asking:
            one.result()
    another.end()
