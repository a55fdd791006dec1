"""The gateway's side of printing, and of photos: each job has a process of its own and a limit of time, and the queue
has an end.

A fork server, started by the first job, has loaded what printing needs, so that a job begins in milliseconds. Memory
that a job took ends with it. Why one failed stands in the log just before the bug: its process writes it there.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

from contracts.errors import Unavailable
from gateway import developing
from gateway.printing import typesetting

Job = TypeVar("Job")
Make = Callable[[Job], bytes]
NICE = 19
"""Papers make room for orders."""
GRACE = 5
"""Seconds after which a process ends by itself, should nobody be left to end it."""

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([typesetting.__name__, developing.__name__])


class Press:
    """So many jobs at once, so many that wait; whoever comes after them is told to ask again."""

    def __init__(self, *, at_once: int, waiting: int, seconds: int, task: str = "printing") -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._seconds, self._task = seconds, task

    def run(self, make: Make[Job], job: Job) -> bytes:
        """What `make` makes of a job. Unavailable: too many wait already, or it took too long."""
        with self._turn():
            receiver, sender = _processes.Pipe(duplex=False)
            process = _processes.Process(target=_work, args=(sender, self._seconds, make, job), daemon=True)
            with receiver:
                with sender:
                    process.start()
                return self._made(receiver, process.kill)

    def _made(self, receiver: Connection, give_up: Callable[[], None]) -> bytes:
        if not receiver.poll(self._seconds):
            give_up()
            raise Unavailable(f"{self._task}-slow", "This takes too long; please try again later.")
        try:
            return receiver.recv_bytes()
        except EOFError as error:
            raise RuntimeError("A process that printed ended without a word.") from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        busy = Unavailable(f"{self._task}-busy", "Many others wait for the same; please try again in a moment.")
        if not self._places.acquire(blocking=False):
            raise busy
        try:
            if not self._turns.acquire(timeout=self._seconds):
                raise busy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


def _work(sender: Connection, seconds: int, make: Make[Job], job: Job) -> None:
    """In the other process: make it, and send it back."""
    signal.alarm(seconds + GRACE)
    os.nice(NICE)
    os.environ["RAYON_NUM_THREADS"] = "1"  # typst would take every processor
    sender.send_bytes(make(job))
