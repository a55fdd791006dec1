"""The supervisor that keeps an instance's processes running: supervisord, driven by its socket.

A process that dies is started again, each time a second later when it does not live for two;
the kernel ends them all if supervisord itself is killed.
"""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from deploy import children
from deploy.broker import write_secret
from deploy.places import CHECKOUT
from deploy.processes import Process, without_databases
from deploy.refusal import CannotStart

LAUNCH = (sys.executable, "-S", "-E", str(CHECKOUT / "deploy/launch.py"))
HEADER = """\
[supervisord]
nodaemon = true
{user}logfile = {folder}/log/supervisord.log
logfile_maxbytes = 10MB
logfile_backups = 3
pidfile = {folder}/supervisord.pid
childlogdir = {folder}/log
directory = /

[unix_http_server]
file = {socket}
chmod = 0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command = {command}
priority = {priority}
autostart = true
autorestart = true
startsecs = 2
startretries = 1000000
stopwaitsecs = 15
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {folder}/log/{name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""


class Supervisor:
    """A running supervisord over `processes`; its folder has its settings, its socket, the logs."""

    def __init__(self, folder: Path, processes: Iterable[Process]) -> None:
        self.folder = folder
        self.settings = folder / "supervisord.conf"
        self.socket = folder / "supervisord.sock"
        self.described = folder / "processes"
        if len(str(self.socket)) > 100:
            raise CannotStart(f"{folder} is too long a path for a Unix socket: use --state DIR.")
        (folder / "log").mkdir(exist_ok=True)
        children.end_remembered(folder / "supervisor.pid", signal.SIGTERM)
        self.socket.unlink(missing_ok=True)
        self._write(processes)
        self._daemon: subprocess.Popen[bytes] | None = children.start(
            [sys.executable, "-m", "deploy.supervisord", "-c", str(self.settings)],
            {**without_databases(os.environ), "PYTHONPATH": str(CHECKOUT)},
            folder / "log/supervisord.out",
        )
        children.remember(folder / "supervisor.pid", self._daemon.pid)
        self._wait()

    def stop(self) -> None:
        """Stop every process, all at once, then supervisord."""
        with contextlib.suppress(OSError, Fault):  # if it is gone, so are they
            self.stop_processes()
        children.end(self._daemon, signal.SIGTERM, seconds=60)
        self._daemon = None

    @property
    def has_ended(self) -> bool:
        """Whether supervisord ended without being told to, and with it every process."""
        return self._daemon is not None and self._daemon.poll() is not None

    def pid(self, name: str) -> int:
        """The process id of a running process."""
        pid = self.state(name)["pid"]
        if not pid:
            raise CannotStart(f"{name} is not running.")
        return int(pid)

    def kill(self, name: str) -> None:
        """SIGKILL a process, as a crash would; it is started again."""
        os.kill(self.pid(name), signal.SIGKILL)

    def stop_processes(self) -> None:
        """Stop every process, all at once, and leave them stopped."""
        self._rpc().stopAllProcesses()

    def stop_process(self, name: str) -> None:
        """Stop a process and leave it stopped; fine when it is."""
        if self.state(name)["statename"] not in ("STOPPED", "EXITED", "FATAL"):
            self._rpc().stopProcess(name)

    def start_process(self, name: str) -> None:
        """Start a stopped process without waiting for its health; fine when it runs."""
        if self.state(name)["statename"] in ("STOPPED", "EXITED", "FATAL"):
            self._rpc().startProcess(name, False)

    def replace(self, process: Process) -> None:
        """Restart a process as `process` now describes it."""
        self.stop_process(process.name)
        self._describe(process)
        self.start_process(process.name)

    def state(self, name: str) -> dict[str, Any]:
        """What supervisord says of one process: statename, pid, spawnerr and more."""
        answer: dict[str, Any] = self._rpc().getProcessInfo(name)
        return answer

    def log(self, name: str) -> Path:
        """Where a process's output goes."""
        return self.folder / "log" / f"{name}.log"

    def _rpc(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def _wait(self, seconds: float = 20.0) -> None:
        until = time.monotonic() + seconds
        while not self._answers():
            if self._daemon is None or self._daemon.poll() is not None or time.monotonic() > until:
                log = self.folder / "log/supervisord.out"
                raise CannotStart(f"supervisord did not start:\n{children.last_lines(log)}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return bool(self._rpc().getState())
        except (OSError, Fault):
            return False

    def _write(self, processes: Iterable[Process]) -> None:
        user = "user = root\n" if os.geteuid() == 0 else ""
        text = HEADER.format(folder=self.folder, socket=self.socket, user=user)
        self.described.mkdir(mode=0o700, exist_ok=True)
        for number, process in enumerate(processes):
            file = self._describe(process)
            words = ("setpriv", "--pdeathsig", "TERM", "--", *LAUNCH, str(file))
            command = shlex.join(words).replace("%", "%%")
            text += PROGRAM.format(name=process.name, command=command, priority=100 + number, folder=self.folder)
        self.settings.write_text(text)

    def _describe(self, process: Process) -> Path:
        """Write down what to run, passwords included, for its owner alone."""
        file = self.described / f"{process.name}.json"
        told = {"argv": process.argv, "environment": dict(process.environment)}
        write_secret(file, json.dumps(told))
        return file
