"""Child processes that never outlive us: the kernel signals them when this process dies.

Linux ties that signal to the *thread* that started the child, so one thread of ours starts all.
"""

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starts-children")

# We may die before the child has asked for its signal: then the kernel owes it none, and it ends by itself.
_UNLESS_ORPHANED = ("sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"')


def as_user(user: str | None) -> list[str]:
    """The words before a command that make it run as `user` (None: as we are)."""
    if user is None:
        return []
    entry = pwd.getpwnam(user)
    return ["--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"]


def start(
    argv: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    user: str | None = None,
    when_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` with its output at the end of `log`; its pid is the program's own."""
    words = ["setpriv", "--pdeathsig", when_orphaned.name[3:], *as_user(user), "--"]
    words += [*_UNLESS_ORPHANED, str(os.getpid()), *argv]
    with log.open("ab") as output:
        return _starter.submit(
            subprocess.Popen,
            words,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C is not theirs; in sessions of their own, autogroups would share out the processor
            cwd="/",
        ).result()


def end(process: subprocess.Popen[bytes] | None, how: signal.Signals, seconds: float = 30.0) -> None:
    """Signal `process` and wait for its end; SIGKILL it when it takes longer than `seconds`."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def born(pid: int) -> str | None:
    """When the kernel started `pid`, in clock ticks; None when there is no such process."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    return None


def remember(file: Path, pid: int) -> None:
    """Write down which process serves a folder, with its birth, for pids are used again."""
    file.write_text(f"{pid} {born(pid)}\n")


def remembered(file: Path) -> int | None:
    """The pid in `file`, if that very process is still running."""
    if not file.exists():
        return None
    pid, _, birth = file.read_text().strip().partition(" ")
    return int(pid) if pid.isdigit() and birth == born(int(pid)) else None


def end_remembered(file: Path, how: signal.Signals, seconds: float = 20.0) -> None:
    """End what an earlier, killed `./halle` left behind in this folder."""
    pid = remembered(file)
    if pid is None:
        return
    os.kill(pid, how)
    until = time.monotonic() + seconds
    while remembered(file) is not None and time.monotonic() < until:
        time.sleep(0.05)
    if remembered(file) is not None:
        os.kill(pid, signal.SIGKILL)


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a message that says why something did not start."""
    if not log.exists():
        return "(it wrote nothing)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) or "(it wrote nothing)"
