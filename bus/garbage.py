"""Python's search for cycles, made seldom: it stops the whole process, 50 ms for a worker that keeps sale sheets."""

import gc

YOUNG = 50_000
"""Objects made since the last search before the next one; Python's own 700 searched after each second order."""


def collect_seldom() -> None:
    """Set what is there aside for good, and search the rest rarely; called once a process is set up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
