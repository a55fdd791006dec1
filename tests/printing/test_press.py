"""The press: work in another process, an end to waiting, and an end to whatever takes too long."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from contracts.errors import Unavailable
from gateway.printing import typesetting
from gateway.printing.papers import Kind
from gateway.printing.press import Press
from tests.printing import jobs, sales


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@contextmanager
def at_work(press: Press, pipe: Path) -> Iterator[Future[bytes]]:
    """A press with one job in hand, which ends with the block; entered when its process has begun."""
    with ThreadPoolExecutor() as pool:
        job = pool.submit(press.run, jobs.wait_for, pipe)
        with pipe.open("w") as written:
            yield job
            written.write("done")


def test_work_is_done_in_a_process_of_its_own_that_ends_with_it() -> None:
    press = Press(at_once=1, waiting=0, seconds=20)
    processes = {int(press.run(jobs.tell_process, None)) for _ in range(2)}
    assert len(processes) == 2 and os.getpid() not in processes


def test_whoever_comes_when_the_queue_is_full_is_told_to_ask_again(pipe: Path) -> None:
    press = Press(at_once=1, waiting=0, seconds=20)
    with at_work(press, pipe) as job, pytest.raises(Unavailable, match="in a moment"):
        press.run(jobs.tell_process, None)
    assert job.result() == b"done"
    assert press.run(jobs.tell_process, None)


def test_what_waits_gets_its_turn(pipe: Path) -> None:
    press = Press(at_once=1, waiting=1, seconds=20)
    with ThreadPoolExecutor() as pool:
        with at_work(press, pipe) as job:
            other = pool.submit(press.run, jobs.tell_process, None)
            assert not other.done()
        assert job.result() == b"done" and other.result()


def test_a_job_that_takes_too_long_is_ended(pipe: Path) -> None:
    press = Press(at_once=1, waiting=0, seconds=1)
    with ThreadPoolExecutor() as pool:
        job = pool.submit(press.run, jobs.wait_for, pipe)
        with pipe.open("wb", buffering=0) as written:
            with pytest.raises(Unavailable, match="too long"):
                job.result()
            with pytest.raises(BrokenPipeError):
                _write_on(written)
    assert press.run(jobs.tell_process, None)


def _write_on(pipe: BinaryIO, seconds: float = 20) -> None:
    """Write as long as somebody reads."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pipe.write(b".")


def test_a_job_that_fails_is_a_bug_and_the_next_one_is_made() -> None:
    press = Press(at_once=1, waiting=0, seconds=20)
    with pytest.raises(RuntimeError, match="without a word"):
        press.run(jobs.fail, None)
    assert press.run(jobs.tell_process, None)


def test_the_gateway_hardly_works_while_500_baskets_are_printed() -> None:
    """What it computed itself its other threads would wait for. Time of processors is counted, not the clock."""
    press, paper = Press(at_once=1, waiting=0, seconds=60), sales.of_size(Kind.HANDOVER, 500)
    began = time.process_time()
    press.run(typesetting.pdf, paper)
    by_the_press = time.process_time() - began
    began = time.process_time()
    typesetting.pdf(paper)
    assert by_the_press < (time.process_time() - began) / 4
