"""What the servers and our own programs wrote into their logs, beyond what killing them explains."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, found
from tests.chaos.stage import Run

EXPLAINED = re.compile(
    r"terminating (connection|background worker|walreceiver)|the database system is|connection to client lost"
    r"|canceling (statement|autovacuum)|could not (receive|send) data|unexpected EOF|recovery"
)
"""What PostgreSQL says when it, or whoever asked it, is stopped."""
BROKER_EXPLAINED = re.compile(
    r"Error on AMQP connection|Channel error on connection"  # the line after says what it was
    r"|connection_forced|no queue 'halle\.memory\.\w+'|closed TCP connection|closed_abruptly|heartbeat|handshake"
    r"|\[error\] <[\d.]+> ( {4}|$)"  # a supervisor's report of a part that was stopped
)
"""What the broker says when it is stopped and asked what it remembers, and when those who asked it are killed."""


def judge(run: Run) -> Iterator[Figure]:
    """Deadlocks, errors and bugs since the run began."""
    lines = _since(run.town.instance.postgres.log, run)
    explained = [EXPLAINED, *run.explained, *(run.nemesis.explains if run.nemesis else [])]
    errors = [line for line in postgres_errors(lines) if not any(reason.search(line) for reason in explained)]
    yield _told("deadlocks", [line for line in errors if "deadlock" in line])
    yield _told("errors in PostgreSQL's log", [line for line in errors if "deadlock" not in line])
    broker = unexplained(_since(run.town.instance.broker.log, run))
    yield _told(
        "errors in the broker's log", [line for line in broker if not any(r.search(line) for r in run.explained)]
    )
    ours = [line for log in (run.town.instance.folder / "log").glob("*.log*") for line in _since(log, run)]
    yield _told("bugs that our programs met", [line for line in ours if '"event":"bug"' in line])


def postgres_errors(lines: list[str]) -> list[str]:
    """PostgreSQL's errors, without whom it stopped at the door.

    Who authenticates in the moment in which it shuts down is told what those are told who take too long: the same words
    stand for both (ProcessInterrupts in its tcop/postgres.c). At any other time they are an error.
    """
    errors, is_stopping = [], False
    for line in lines:
        is_stopping = "shutdown request" in line or (is_stopping and "database system is shut down" not in line)
        is_at_the_door = is_stopping and "canceling authentication due to timeout" in line
        if re.search(r"\b(ERROR|FATAL|PANIC):", line) and not is_at_the_door:
            errors.append(line)
    return errors


def unexplained(broker: list[str]) -> list[str]:
    """The broker's errors, without what it says of stopping and without reports of channels that were told to stop.

    A report is several lines of one process at one instant.
    """
    reports: dict[str, list[str]] = defaultdict(list)
    for line in broker:
        if (heading := re.match(r"(\S+ \S+ \[error\] <[\d.]+>)", line)) is not None:
            reports[heading[1]].append(line)
    told_to_stop = ("{'$gen_cast',terminate}", "** noproc")
    left = [lines for lines in reports.values() if not all(sign in "\n".join(lines) for sign in told_to_stop)]
    return [line for lines in left for line in lines if not BROKER_EXPLAINED.search(line)]


def _told(name: str, lines: list[str]) -> Figure:
    for line in lines[:5]:
        print(f"chaos: {name}: {line[:600]}", file=sys.stderr, flush=True)
    return found(name, 0, len(lines))


def _since(log: Path, run: Run) -> list[str]:
    """The lines of a log from the run on; a line without a time belongs to the one before."""
    return [line for line in log.read_text(errors="replace").splitlines() if _is_since(line, run)]


def _is_since(line: str, run: Run) -> bool:
    when = re.search(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)", line)
    return when is not None and f"{when[1]} {when[2]}" >= run.since.strftime("%Y-%m-%d %H:%M:%S")
