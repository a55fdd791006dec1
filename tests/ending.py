"""What a long run does when it is told to end: as on Ctrl-C, its servers stop and its folder goes."""

import signal
import sys
from types import FrameType


def end_when_told() -> None:
    """Let SIGTERM unwind the program, so that whatever it started ends with it; exit code 143."""
    signal.signal(signal.SIGTERM, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
