"""Lines of the log: written together a moment later, in order; those of trouble at once; none is left behind."""

import io
import json
import subprocess
import sys
import threading

import pytest

from bus import log
from bus.log import Sheaf
from deploy import places

PLAIN = "from bus import log; log.configure('shop')"
GREEN = f"import eventlet; eventlet.monkey_patch(); {PLAIN}"


class Written(io.BytesIO):
    """A file that keeps each writing apart."""

    def __init__(self) -> None:
        super().__init__()
        self.writings: list[bytes] = []
        self.once = threading.Event()

    def write(self, some: object) -> int:
        """Keep it."""
        self.writings.append(bytes(some))  # type: ignore[call-overload]
        self.once.set()
        return len(self.writings[-1])


def test_lines_are_written_together_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "TOGETHER", 0.3)
    file = Written()
    sheaf = Sheaf(file)
    for number in range(100):
        sheaf.info(b"%d" % number)
    assert file.writings == []
    assert file.once.wait(10)
    sheaf.empty()
    assert file.writings[0] == b"".join(b"%d\n" % number for number in range(100))


def test_trouble_is_written_at_once_after_what_came_before_it() -> None:
    file = Written()
    sheaf = Sheaf(file)
    sheaf.info(b"asked")
    sheaf.error(b"failed")
    assert b"".join(file.writings) == b"asked\nfailed\n"


def test_who_writes_more_than_can_wait_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "TOGETHER", 3600)
    monkeypatch.setattr(log, "FULL", 10)
    file = Written()
    sheaf = Sheaf(file)
    for number in range(11):
        sheaf.info(b"%d" % number)
    assert file.writings == [b"".join(b"%d\n" % number for number in range(11))]


@pytest.mark.parametrize("begin", [PLAIN, GREEN])
@pytest.mark.parametrize("end", ["", "; raise SystemExit(1)", "; 1 / 0"])
def test_a_process_that_ends_leaves_no_line_behind(begin: str, end: str) -> None:
    work = f"{begin}\nfor number in range(20): log.line('sold', number=number)\nlog.line('last'){end}"
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", work], cwd=places.CHECKOUT, capture_output=True, timeout=60, check=False
    )
    lines = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith(b"{")]
    assert [line.get("number", line["event"]) for line in lines] == [*range(20), "last"]
    assert {line["process"] for line in lines} == {"shop"}


def test_a_line_that_is_kept_outlives_a_kill() -> None:
    work = f"{PLAIN}; import os; log.line('asked'); log.kept('erased', person_id='7'); os.kill(os.getpid(), 9)"
    killed = subprocess.run(
        [sys.executable, "-c", work], cwd=places.CHECKOUT, capture_output=True, timeout=60, check=False
    )
    assert [json.loads(line)["event"] for line in killed.stderr.splitlines()] == ["asked", "erased"]


def test_a_stack_is_written_without_the_row_that_the_database_refused() -> None:
    refused = "refused\\nDETAIL:  Failing row contains (Bob,\\nMartin).\\n[SQL: insert]\\n\\nthe rest"
    work = f"{PLAIN}; log.trouble('bug', exc_info=ValueError('{refused}'))"
    ended = subprocess.run(
        [sys.executable, "-c", work], cwd=places.CHECKOUT, capture_output=True, timeout=60, check=False
    )
    stack = json.loads(ended.stderr)["exception"]
    assert "Bob" not in stack and "Martin" not in stack
    assert "refused" in stack and "insert" in stack and "the rest" in stack
