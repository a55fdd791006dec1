"""Passwords by argon2id, hashed off the hub: 86 ms of it would stall every greenlet of the process.

At most two at a time, each 64 MiB: a crowd that signs in waits its turn, and the others are served.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from eventlet import patcher, tpool
from eventlet.semaphore import Semaphore

from services.members import rules

T = TypeVar("T")

_hasher = PasswordHasher(parallelism=1)
_hasher_of_demos = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Of passwords that are printed for everybody, and of five hundred people who sign up while somebody waits."""
_turns = Semaphore(2)


def hash_of(password: str) -> str:
    """The hash to keep, with its salt and its parameters."""
    hasher = _hasher_of_demos if rules.is_for_demos(password) else _hasher
    return _off_the_hub(hasher.hash, password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether `password` made `kept`. Without a hash it takes as long, and is wrong."""
    right = _off_the_hub(_verify, kept or _nobodys(), password)
    return right and kept is not None


@cache
def _nobodys() -> str:
    return hash_of("the password of nobody")


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _off_the_hub(work: Callable[..., T], *args: str) -> T:
    if not patcher.is_monkey_patched("thread"):
        return work(*args)
    with _turns:
        result: T = tpool.execute(work, *args)
    return result
