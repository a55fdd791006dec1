"""The processes of an instance, as data: who runs, with which words, in which environment.

A service is given the address of its own database only; the relay reads all outboxes.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deploy.places import CHECKOUT

DATABASE_URL = "HALLE_DATABASE_URL_"
SERVICES = ("members", "catalog", "orders", "payments", "notifications")


@dataclass(frozen=True)
class Process:
    """One program to keep running; `port` is where its /health answers."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    port: int


@dataclass(frozen=True)
class Surroundings:
    """What an instance's processes are told about it."""

    environment: Mapping[str, str]
    database_urls: Mapping[str, str]
    ports: Mapping[str, int]
    orders: int = 1
    mailbox: bool = True
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def process(self, name: str, *module: str, **environment: str) -> Process:
        """One Python program of the instance, with its own port for /health and /metrics."""
        told = {
            **self.environment,
            "HALLE_METRICS_PORT": str(self.ports[name]),
            **environment,
            **self.more.get(name, {}),
        }
        return Process(name, (sys.executable, "-m", *module), told, self.ports[name])

    def databases(self, *services: str) -> dict[str, str]:
        """HALLE_DATABASE_URL_<SERVICE> of each service named."""
        named = {name: self.database_urls[name] for name in services}
        return {f"{DATABASE_URL}{name.upper()}": url for name, url in named.items()}


def named_databases() -> dict[str, str]:
    """The databases that the environment names, by service."""
    named = {k: v for k, v in os.environ.items() if k.startswith(DATABASE_URL) and v}
    return {name.removeprefix(DATABASE_URL).lower(): url for name, url in named.items()}


def without_databases(environment: Mapping[str, str]) -> dict[str, str]:
    """What every process may inherit: all but the databases' addresses."""
    return {k: v for k, v in environment.items() if not k.startswith(DATABASE_URL)}


def services() -> list[str]:
    """The services that are in the tree, in the order they are started."""
    return [name for name in SERVICES if (CHECKOUT / f"services/{name}/service.py").exists()]


def names(orders: int) -> list[str]:
    """Every process that an instance may have, so that each can be given its port."""
    doors = [f"orders-{number}" for number in range(1, orders + 1)]
    plain = [name for name in SERVICES if name != "orders"]
    return ["mailbox", *plain, *doors, "orders-hears", "relay", "gateway"]


def of(instance: Surroundings) -> list[Process]:
    """The processes to run, first those that the others need."""
    return [*_mailbox(instance), *_services(instance), *_relay_and_gateway(instance)]


def _mailbox(instance: Surroundings) -> Iterator[Process]:
    if instance.mailbox:
        yield instance.process("mailbox", "deploy.mailbox")


def _services(instance: Surroundings) -> Iterator[Process]:
    for service in services():
        if service != "orders":
            yield _runner(instance, service, service, "--doors", "--hears")
            continue
        for number in range(1, instance.orders + 1):
            yield _runner(instance, f"orders-{number}", service, "--doors")
        yield _runner(instance, "orders-hears", service, "--hears")


def _runner(instance: Surroundings, name: str, service: str, *parts: str) -> Process:
    """A service; without PSYCOPG_WAIT_FUNC one waiting query stops all greenlets."""
    told = {**instance.databases(service), "PSYCOPG_WAIT_FUNC": "wait_selector"}
    return instance.process(name, "bus.runner", service, *parts, **told)


def _relay_and_gateway(instance: Surroundings) -> Iterator[Process]:
    if (CHECKOUT / "bus/relay.py").exists():
        yield instance.process("relay", "bus.relay", **instance.databases(*services()))
    if (CHECKOUT / "gateway/__main__.py").exists():
        yield instance.process("gateway", "gateway")
