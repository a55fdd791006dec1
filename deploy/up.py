"""`./halle up`: start an instance, say where it is, keep it running until Ctrl-C."""

import argparse
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from deploy.instance import Instance
from deploy.lock import lock
from deploy.places import CHECKOUT
from deploy.ports import is_free
from deploy.processes import DATABASE_URL, services
from deploy.refusal import CannotStart

STATE = CHECKOUT / ".halle"
ADDRESSES = {"HALLE_BROKER_URL": ("amqp://",), "HALLE_SMTP_URL": ("smtp://", "smtp+starttls://")}
"""How the addresses begin that the processes take."""
LOOK = 2.0
"""Seconds between two looks at the servers and at supervisord, which looks after the processes."""


def main(name: str, arguments: list[str]) -> int:
    """Run an instance in the foreground."""
    chosen = _arguments(name).parse_args(arguments)
    if chosen.orders < 1:
        raise CannotStart("--orders must be at least 1.")
    instance = Instance(chosen.state, orders=chosen.orders, gateway_port=chosen.port)
    return run_until_stopped(instance, chosen.port)


def run_until_stopped(instance: Instance, port: int, first: Callable[[], None] = lambda: None) -> int:
    """Run an instance in the foreground, with what is to be done `first` once it runs; the exit code."""
    if not 0 < port < 65536:
        raise CannotStart(f"--port {port} is not a TCP port: use 1 to 65535.")
    refuse_wrong_variables()
    signal.signal(signal.SIGTERM, _stop)
    try:
        keep_running(instance, port, first)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    return 0


def keep_running(instance: Instance, port: int, first: Callable[[], None]) -> None:
    """Start, announce, wait for the signal; everything is stopped before this returns."""
    _refuse_busy_port(instance, port)
    began = time.monotonic()
    print("Starting (the first time takes longest) ...", flush=True)
    with instance:
        print(f"Halle is running after {time.monotonic() - began:.1f} s: {instance.gateway_url}")
        if "HALLE_SMTP_URL" not in os.environ:
            print(f"The mails it sends are on {instance.mailbox_url}")
        try:
            first()
            print("Ctrl-C stops it; nothing is lost.", flush=True)
            while True:
                mend(instance)
                time.sleep(LOOK)
        finally:
            print("Stopping ...", flush=True)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def mend(instance: Instance) -> None:
    """Look after the servers once; one that cannot be started now is tried again at the next look."""
    try:
        instance.mend_servers()
    except (CannotStart, OSError) as trouble:
        with suppress(OSError):  # where this is written may be on the full disk
            print(f"halle: {trouble}", flush=True)


def refuse_wrong_variables() -> None:
    """Name the first variable of ours that cannot be meant, before anything is started."""
    for name, begins in ADDRESSES.items():
        value = os.environ.get(name)
        if value is not None and not value.startswith(begins):
            raise CannotStart(f"{name} must begin with {' or '.join(begins)}.")
    for name in (name for name in os.environ if name.startswith(DATABASE_URL)):
        if name.removeprefix(DATABASE_URL).lower() not in services():
            raise CannotStart(f"{name} names no service: it is one of {', '.join(services())}.")
        if not os.environ[name].startswith("postgresql+psycopg://"):
            raise CannotStart(f"{name} must begin with postgresql+psycopg://.")
    if os.environ.get("HALLE_RABBITMQ", "3") not in ("3", "4"):
        raise CannotStart("HALLE_RABBITMQ must be 3 or 4.")


def _refuse_busy_port(instance: Instance, port: int) -> None:
    """A port busy because this very instance runs is told by the instance's lock instead."""
    if is_free(port):
        return
    lock(instance.folder).close()
    raise CannotStart(f"Port {port} is busy on this machine: use --port for another.")


def _arguments(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"./halle {name}",
        description="Start a complete instance: broker, database, services, relay, gateway, "
        "mailbox. Ctrl-C stops all of it; what it stored is there the next time.",
    )
    parser.add_argument("--port", type=int, default=8000, help="of the web site (default: 8000)")
    parser.add_argument("--state", type=state_folder, default=STATE, help="folder of all it keeps (default: .halle)")
    parser.add_argument("--orders", type=int, default=1, help="processes that take orders (default: 1)")
    return parser


def state_folder(text: str) -> Path:
    """A folder as typed by the person, made absolute."""
    return Path(text).expanduser().resolve()


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
