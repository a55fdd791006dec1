"""Configuration is the environment only, read once, strictly: what is missing or wrong stops the process by name."""

import os
import re
import sys
from typing import NoReturn


def fail(name: str, why: str) -> NoReturn:
    """Stop the process with one sentence that names the variable; exit code 2."""
    print(f"halle: the variable {name} {why}.", file=sys.stderr)
    raise SystemExit(2)


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if not value:
        fail(name, "is missing")
    return value


def number(name: str, default: int | None = None) -> int:
    value = text(name, None if default is None else str(default))
    if not re.fullmatch(r"\d+", value):
        fail(name, f"must be a whole number, not {value!r}")
    return int(value)


def port(name: str) -> int:
    value = number(name)
    if not 0 < value < 65536:
        fail(name, f"must be a port between 1 and 65535, not {value}")
    return value


def switch(name: str) -> bool:
    value = text(name, "0")
    if value not in ("0", "1"):
        fail(name, f"must be 0 or 1, not {value!r}")
    return value == "1"


def url(name: str, scheme: str) -> str:
    value = text(name)
    if not re.match(rf"{scheme}(\+\w+)?://.+", value):
        fail(name, f"must begin with {scheme}://")
    return value


def instance() -> str:
    """The slug of this town's instance, part of the source of every event and of every token."""
    value = text("HALLE_INSTANCE")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", value):
        fail("HALLE_INSTANCE", f"must be lower-case letters, digits and hyphens, not {value!r}")
    return value


def broker_url() -> str:
    return url("HALLE_BROKER_URL", "amqp")


def database_url(service: str) -> str:
    return url(f"HALLE_DATABASE_URL_{service.upper()}", "postgresql")


def database_services() -> list[str]:
    """Services whose database this process was given; the relay and the migrations serve them all."""
    prefix = "HALLE_DATABASE_URL_"
    return sorted(name.removeprefix(prefix).lower() for name in os.environ if name.startswith(prefix))
