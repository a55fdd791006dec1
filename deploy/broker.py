"""A private RabbitMQ node: own name, cookie, ports, password; 127.0.0.1 only; no guest.

What it is (name, ports, password) stays in its folder, so that it comes back the same.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pika
from pika.exceptions import AMQPError

from deploy import broker_packages, children, places
from deploy.ports import free_port, is_free
from deploy.refusal import CannotStart

SETTINGS = """\
listeners.tcp.default = 127.0.0.1:{port}
default_user = halle
default_pass = {password}
default_user_tags.administrator = true
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
consumer_timeout = 86400000
heartbeat = 30
max_message_size = 134217728
log.console = false
log.file.level = info
log.file.rotation.size = 10485760
log.file.rotation.count = 3
"""
STARVED, ROOM = 20_000_000, 250_000_000
"""Bytes of free disk: with less a node may break; with more, by a margin, it takes messages again."""
# Two schedulers that sleep when idle: the services share these cores.
ERLANG_ARGUMENTS = (
    "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
)


@dataclass(frozen=True)
class Identity:
    """What a node must keep to be the same node after a restart."""

    name: str
    password: str
    port: int
    distribution_port: int
    epmd_port: int

    @classmethod
    def in_folder(cls, folder: Path) -> "Identity":
        """The identity kept in `folder`, a new one where there is none; busy ports are replaced."""
        file = folder / "identity.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        name = kept.get("name", f"halle-{secrets.token_hex(4)}@localhost")
        password = kept.get("password", secrets.token_urlsafe(24))
        ports = [kept.get(key) for key in ("port", "distribution_port", "epmd_port")]
        identity = cls(name, password, *(_still_free(port) for port in ports))
        write_secret(file, json.dumps(asdict(identity)))
        return identity


class Broker:
    """A running private node; `Broker.start(folder)` makes one."""

    def __init__(self, folder: Path, version: int | None = None, plugins: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.installation = broker_packages.find(places.cache(), version)
        self.plugins = plugins
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._was_starved = False
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._end_leftovers()
        self.identity = Identity.in_folder(folder)
        self._refuse_data_of_another_version()

    @classmethod
    def start(cls, folder: Path, version: int | None = None, plugins: tuple[str, ...] = ()) -> "Broker":
        """Start (again) the node that lives in `folder` and wait until it takes connections.

        `version` 3 or 4 asks for that release; None takes HALLE_RABBITMQ, else what is at hand.
        """
        wanted = version or int(os.environ.get("HALLE_RABBITMQ", "0")) or None
        broker = cls(folder, wanted, plugins)
        broker.run()
        return broker

    @property
    def url(self) -> str:
        """amqp://user:password@127.0.0.1:port/"""
        return f"amqp://halle:{self.identity.password}@127.0.0.1:{self.identity.port}/"

    @property
    def pid(self) -> int:
        """The process id of the node (the Erlang machine itself)."""
        if self._node is None:
            raise CannotStart(f"The broker in {self.folder} is not running.")
        return self._node.pid

    @property
    def log(self) -> Path:
        """Where RabbitMQ writes its own log."""
        return self.folder / "log" / f"{self.identity.name}.log"

    def run(self) -> None:
        """Start the stopped node and wait until it is ready."""
        self._write_settings()
        self._start_epmd()
        self._node = children.start(
            [str(self.installation.scripts / "rabbitmq-server")],
            self._environment(),
            self.folder / "output.log",
        )
        children.remember(self.folder / "node.pid", self._node.pid)
        self.wait_ready()

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return when a client can connect and open a channel."""
        until = time.monotonic() + seconds
        while not self._answers():
            if self._node is None or self._node.poll() is not None or time.monotonic() > until:
                raise CannotStart(
                    f"RabbitMQ did not start; the end of its logs in {self.folder}:\n"
                    + children.last_lines(self.folder / "output.log")
                    + children.last_lines(self.log)
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the node in an orderly way; what is durable stays in the folder."""
        self._end()
        self._node = None

    def mend(self) -> None:
        """Start again a node that ended by itself, or that had no disk at all: look every few seconds.

        Without a byte to write a node may end, or go on with queues that are dead: also those of the ladder, which no
        process reads, so that `Mending` cannot hear of them. Nothing is tried before there is room. Raises CannotStart
        or OSError where it cannot be started: the next look tries again.
        """
        self._was_starved = self._was_starved or shutil.disk_usage(self.folder).free < STARVED
        if (self.has_ended or self._was_starved) and self.has_room:
            self.restart()
            self._was_starved = False

    @property
    def has_room(self) -> bool:
        """Whether the disk has more than a node needs to take messages."""
        return shutil.disk_usage(self.folder).free > ROOM

    @property
    def has_ended(self) -> bool:
        """Whether the node ended without being told to."""
        return self._node is not None and self._node.poll() is not None

    def kill(self) -> None:
        """SIGKILL the node, as a crash would; `restart` recovers it."""
        children.end(self._node, signal.SIGKILL)

    def restart(self) -> None:
        """Stop what still runs and start the same node again; where that fails, the node `has_ended`."""
        self._end()
        self.run()

    def empty(self) -> None:
        """Lose everything the broker ever stored; start again with the same name and password."""
        self.stop()
        shutil.rmtree(self.folder / "data")
        self.run()

    def control(self, *words: str) -> str:
        """What `rabbitmqctl WORDS` prints; it takes a second or two."""
        done = subprocess.run(
            [self.installation.scripts / "rabbitmqctl", "--quiet", *words],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotStart(f"rabbitmqctl {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def _end(self) -> None:
        children.end(self._node, signal.SIGTERM)
        children.end(self._epmd, signal.SIGTERM)

    def _answers(self) -> bool:
        if is_free(self.identity.port):
            return False
        try:
            connection = pika.BlockingConnection(pika.URLParameters(self.url))
            connection.channel()
            connection.close()
        except (AMQPError, OSError):
            return False
        return True

    def _start_epmd(self) -> None:
        """The node's name server, ours instead of a daemon that Erlang would leave behind."""
        self._epmd = children.start(
            [str(self.installation.erlang / "epmd")], self._environment(), self.folder / "epmd.log"
        )
        children.remember(self.folder / "epmd.pid", self._epmd.pid)
        until = time.monotonic() + 10
        while is_free(self.identity.epmd_port) and time.monotonic() < until:
            time.sleep(0.01)

    def _write_settings(self) -> None:
        (self.folder / "data").mkdir(exist_ok=True)
        write_secret(self.folder / "data/version", self.installation.version)
        settings = SETTINGS.format(port=self.identity.port, password=self.identity.password)
        write_secret(self.folder / "rabbitmq.conf", settings)
        (self.folder / "enabled_plugins").write_text(f"[{','.join(self.plugins)}].\n")

    def _environment(self) -> dict[str, str]:
        """RabbitMQ's own settings only: nothing of the machine's broker may leak in."""
        system_path = os.environ.get("PATH", "/usr/bin:/bin")
        return {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PATH": f"{self.installation.erlang}:{system_path}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.identity.epmd_port),
            "RABBITMQ_NODENAME": self.identity.name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.identity.port),
            "RABBITMQ_DIST_PORT": str(self.identity.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "none.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_SCHEDULER_BIND_TYPE": "u",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_ARGUMENTS,
            "RABBITMQ_CTL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # The start script then execs Erlang instead of watching it: our child is the node.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _refuse_data_of_another_version(self) -> None:
        note = self.folder / "data/version"
        ours = self.installation.version
        theirs = note.read_text() if note.exists() else ours
        if theirs.split(".")[:2] != ours.split(".")[:2]:
            raise CannotStart(
                f"The broker's data in {self.folder / 'data'} are RabbitMQ {theirs}'s and this is "
                f"{ours}: move that folder away and replay the outbox to fill the new broker."
            )

    def _end_leftovers(self) -> None:
        children.end_remembered(self.folder / "node.pid", signal.SIGTERM)
        children.end_remembered(self.folder / "epmd.pid", signal.SIGTERM)


def write_secret(file: Path, text: str) -> None:
    """Write `text` where only its owner may read it, from the first byte on; whole, or on a full disk not at all."""
    part = file.with_name(f"{file.name}.part")
    part.touch(mode=0o600)
    part.chmod(0o600)
    part.write_text(text)
    part.replace(file)


def _still_free(port: int | None) -> int:
    return port if port is not None and is_free(port) else free_port()
