"""The programs that judge our files: the machine's own, else out of the distribution's packages, unpacked beside us."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from deploy import places
from deploy.packages import Apt, alone

COMPOSE_IN_PACKAGES = "usr/libexec/docker/cli-plugins/docker-compose"


@cache
def caddy() -> Path:
    """Caddy, of any release since 2.6."""
    installed = shutil.which("caddy")
    return Path(installed) if installed else unpacked("caddy", "usr/bin/caddy")


@cache
def compose() -> tuple[str, ...]:
    """Docker Compose 2; Debian 12's package is still the first."""
    if shutil.which("docker") and _works("docker", "compose", "version"):
        return ("docker", "compose")
    return (str(unpacked("docker-compose", COMPOSE_IN_PACKAGES, suite="trixie")),)


@cache
def promtool() -> Path:
    """The judge of Prometheus's rules."""
    installed = shutil.which("promtool")
    return Path(installed) if installed else unpacked("prometheus", "usr/bin/promtool")


@cache
def systemd_analyze() -> Path:
    """The judge of units, from systemd itself."""
    installed = shutil.which("systemd-analyze")
    if installed is None:
        pytest.skip("systemd is not on this machine, and its judge does not run without the rest of it")
    return Path(installed)


def unpacked(package: str, program: str, suite: str | None = None) -> Path:
    """`program` of one package, kept in the cache; the test is skipped where no package source offers it."""
    place = places.cache() / f"tool-{package}"
    with alone(places.cache()):
        if not (place / "root" / program).exists():
            _unpack(package, place, suite)
    if not (place / "root" / program).exists():
        pytest.skip(f"{package} is neither installed nor offered by this machine's package sources")
    return place / "root" / program


def _unpack(package: str, place: Path, suite: str | None) -> None:
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return
    shutil.rmtree(place, ignore_errors=True)
    apt: Apt | None = Apt(place / "apt")
    if apt and suite:
        apt = apt.of_debian(suite)
    if apt:
        apt.unpack([package], place / "root")
    shutil.rmtree(place / "apt")


def _works(*words: str) -> bool:
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
