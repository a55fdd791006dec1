"""A whole instance of Halle on this machine: its servers, its databases, its processes.

`with Instance(folder) as instance:` starts all of it and leaves no process behind; what is
durable stays in the folder for the next time.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from deploy import children, processes
from deploy.broker import Broker, write_secret
from deploy.database import Postgres
from deploy.health import health_of
from deploy.lock import lock
from deploy.mending import Mending
from deploy.places import CHECKOUT
from deploy.ports import free_port, is_free
from deploy.processes import DATABASE_URL, Process, Surroundings, named_databases
from deploy.refusal import CannotStart
from deploy.supervise import Supervisor


class Instance:
    """One instance; `env` goes to every process, `env_of[name]` to one, `only` names a few."""

    def __init__(
        self,
        folder: Path,
        *,
        orders: int = 1,
        env: Mapping[str, str] | None = None,
        env_of: Mapping[str, Mapping[str, str]] | None = None,
        only: Iterable[str] | None = None,
        gateway_port: int | None = None,
        broker: Broker | None = None,
        postgres: Postgres | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.orders = orders
        self.env = dict(env or {})
        self.env_of = {name: dict(more) for name, more in (env_of or {}).items()}
        self.only = set(only) if only is not None else None
        self._wanted_gateway_port = gateway_port
        self._lent_broker, self._lent_postgres = broker, postgres
        self._broker, self._postgres = broker, postgres
        self._supervisor: Supervisor | None = None
        self._mending: Mending | None = None
        self._lock: TextIO | None = None

    def __enter__(self) -> Self:
        self._lock = lock(self.folder)
        try:
            self.start_servers()
            self.migrate()
            self.start_all_processes()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- in the order in which an instance comes up

    def start_servers(self) -> None:
        """The broker and the database, unless the environment names others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._broker is None and "HALLE_BROKER_URL" not in os.environ:
            self._broker = Broker.start(self.folder / "broker")
        if self._postgres is None and not set(processes.services()) <= set(named_databases()):
            self._postgres = Postgres.start(self.folder / "postgres")
        self._mending = Mending(self._postgres, self._broker, lambda: self.health().values())
        self.ports = self._kept_ports()
        for service in processes.services():
            if self._postgres and service not in named_databases():
                self._postgres.create(f"halle_{service}")
        write_secret(self.folder / "environment.json", json.dumps(self.operator_environment()))

    def migrate(self) -> None:
        """Bring every database to this release."""
        if not (CHECKOUT / "bus/migrations.py").exists():
            return
        done = subprocess.run(
            [sys.executable, "-m", "bus.migrations"],
            cwd="/",  # whose release it is, PYTHONPATH says
            env={**os.environ, **self.operator_environment()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotStart(f"The databases could not be migrated:\n{done.stdout}{done.stderr}")

    def start_all_processes(self) -> None:
        """Start whatever of the processes does not run, and wait until all are healthy."""
        if self._supervisor is None:
            self._supervisor = Supervisor(self.folder, self.processes())
        for process in self.processes():
            self._supervisor.start_process(process.name)
        self.wait_healthy()

    def close(self) -> None:
        """Stop everything that was started here."""
        if self._supervisor:
            self._supervisor.stop()
        if self._postgres and self._postgres is not self._lent_postgres:
            self._postgres.stop()
        if self._broker and self._broker is not self._lent_broker:
            self._broker.stop()
        self._supervisor, self._broker, self._postgres = (
            None,
            self._lent_broker,
            self._lent_postgres,
        )
        if self._lock:
            self._lock.close()

    # -- single processes

    def pid(self, name: str) -> int:
        """The process id of a running process."""
        return self.supervisor.pid(name)

    def kill(self, name: str) -> None:
        """SIGKILL a process; the supervisor starts it again."""
        self.supervisor.kill(name)

    def stop(self, name: str) -> None:
        """Stop a process until `start`."""
        self.supervisor.stop_process(name)

    def start(self, name: str) -> None:
        """Start a stopped process and wait until it is healthy."""
        self.supervisor.start_process(name)
        self.wait_healthy(name)

    def change(self, name: str, **environment: str) -> None:
        """Restart a process with more in its environment: how tests inject faults."""
        self.env_of.setdefault(name, {}).update(environment)
        changed = next(it for it in self.processes() if it.name == name)
        self.supervisor.replace(changed)
        self.wait_healthy(name)

    def mend_servers(self) -> None:
        """Look after our own servers and the supervisor once; raises as `Mending.look` does."""
        if self._mending:
            self._mending.look()
        if self._supervisor and self._supervisor.has_ended:
            self._supervisor = Supervisor(self.folder, self.processes())
            print("halle: supervisord had ended: it was started again.", flush=True)

    def stop_all_processes(self) -> None:
        """Stop every process until `start_all_processes`; the broker and the database stay."""
        self.supervisor.stop_processes()

    def health(self) -> dict[str, str]:
        """What each process says of itself: `ok`, or why not."""
        return {process.name: health_of(process.port) for process in self.processes()}

    def wait_healthy(self, *names: str, seconds: float = 120.0) -> None:
        """Wait for /health of the processes named (none: all); name the first that fails."""
        until = time.monotonic() + seconds
        for process in self.processes():
            while (not names or process.name in names) and (said := health_of(process.port)) != "ok":
                if time.monotonic() > until:
                    log = children.last_lines(self.supervisor.log(process.name))
                    raise CannotStart(f"{process.name} is not healthy ({said}):\n{log}")
                time.sleep(0.1)

    # -- what it is made of

    @property
    def gateway_url(self) -> str:
        """Where browsers find it on this machine."""
        return f"http://127.0.0.1:{self.ports['gateway-http']}"

    @property
    def mailbox_url(self) -> str:
        """The page of the mails it sent (messages.json: the same as JSON)."""
        return f"http://127.0.0.1:{self.ports['mailbox']}"

    @property
    def broker(self) -> Broker:
        """The private broker."""
        if self._broker is None:
            raise CannotStart("HALLE_BROKER_URL names a broker that is not ours to handle.")
        return self._broker

    @property
    def postgres(self) -> Postgres:
        """The private database cluster."""
        if self._postgres is None:
            raise CannotStart("HALLE_DATABASE_URL_… name databases that are not ours to handle.")
        return self._postgres

    @property
    def supervisor(self) -> Supervisor:
        """The supervisor of the processes, once they were started."""
        if self._supervisor is None:
            raise CannotStart(f"The instance in {self.folder} is not running.")
        return self._supervisor

    @property
    def broker_url(self) -> str:
        """The broker that the processes use."""
        return self._broker.url if self._broker else os.environ["HALLE_BROKER_URL"]

    def database_url(self, service: str) -> str:
        """The database of a service."""
        named = named_databases()
        return named.get(service) or self.postgres.url(f"halle_{service}")

    def processes(self) -> list[Process]:
        """The processes of this instance as they are to be started now."""
        surroundings = Surroundings(
            environment=self._environment(),
            database_urls={name: self.database_url(name) for name in processes.services()},
            ports=self.ports,
            orders=self.orders,
            mailbox="HALLE_SMTP_URL" not in {**os.environ, **self.env},
            more=self.env_of,
        )
        listed = processes.of(surroundings)
        return [it for it in listed if self.only is None or it.name in self.only]

    def operator_environment(self) -> dict[str, str]:
        """The environment of a command that may see every database of the instance."""
        urls = {name: self.database_url(name) for name in processes.services()}
        databases = {f"{DATABASE_URL}{name.upper()}": url for name, url in urls.items()}
        return {**self._environment(), **databases}

    def _environment(self) -> dict[str, str]:
        """What every process is told; what the person set outside comes first."""
        told = {
            "HALLE_INSTANCE": "halle",
            "HALLE_PUBLIC_URL": self.gateway_url,
            "HALLE_SMTP_URL": f"smtp://127.0.0.1:{self.ports['smtp']}",
            "HALLE_MAIL_FROM": "Halle <halle@localhost>",
        }
        return {
            **{name: os.environ.get(name, value) for name, value in told.items()},
            "HALLE_BROKER_URL": self.broker_url,
            "HALLE_GATEWAY_PORT": str(self.ports["gateway-http"]),
            "HALLE_STATE": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *_inherited_path()]),
            **self.env,
        }

    def _kept_ports(self) -> dict[str, int]:
        """A port for each process and for what people and mail connect to; kept if still free."""
        file = self.folder / "ports.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        wanted = ["gateway-http", "smtp", *processes.names(self.orders)]
        ports = {name: _free(kept.get(name)) for name in wanted}
        if self._wanted_gateway_port is not None:
            ports["gateway-http"] = self._wanted_gateway_port
        write_secret(file, json.dumps(ports))
        return ports


def _inherited_path() -> list[str]:
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [path for path in paths if path and path != str(CHECKOUT)]


def _free(port: int | None) -> int:
    return port if port is not None and is_free(port) else free_port()
