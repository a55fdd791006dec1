"""RabbitMQ out of Debian's or Ubuntu's packages, unpacked beside us; nothing is installed.

Its Erlang runs with the C library it was built for, so that a release of RabbitMQ newer than
the machine's distribution runs too. Neither root nor fresh package lists are needed.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.packages import Apt, alone
from deploy.refusal import CannotStart

DEBIAN_SUITES = {3: "bookworm", 4: "trixie"}
WANTED = re.compile(r"(rabbitmq-server|erlang-[a-z0-9-]+|zlib1g|lib(?!python|perl|pam|nss-)\S+)")


@dataclass(frozen=True)
class Installation:
    """Where a RabbitMQ and its Erlang lie."""

    root: Path

    @property
    def scripts(self) -> Path:
        """The folder of rabbitmq-server and rabbitmqctl, past Debian's user-changing wrappers."""
        return next((self.root / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")) / "sbin"

    @property
    def version(self) -> str:
        """Such as 3.10.8."""
        return self.scripts.parent.name.partition("-")[2]

    @property
    def erlang(self) -> Path:
        """The folder of erl and epmd."""
        return self.root / "usr/lib/erlang/bin"


def find(cache: Path, version: int | None) -> Installation:
    """The RabbitMQ to use: the machine's own when it is of `version`, else fetched packages."""
    installed = Installation(Path("/"))
    if Path("/usr/lib/rabbitmq/lib").is_dir() and _is(installed, version):
        return installed
    place = cache / f"rabbitmq-{version or 'of-the-distribution'}"
    note = place / "unpacked-at"  # its scripts hold absolute paths: a moved checkout unpacks again
    with alone(cache):
        if not note.exists() or note.read_text() != str(place):
            fetch(place, version)
            note.write_text(str(place))
    return Installation(place / "root")


def fetch(place: Path, version: int | None) -> None:
    """Download and unpack RabbitMQ `version` (None: the distribution's) into `place`."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise CannotStart(
            "RabbitMQ is not installed and this system has no apt to fetch it with: install "
            "RabbitMQ, or set HALLE_BROKER_URL to a running one."
        )
    shutil.rmtree(place, ignore_errors=True)
    apt = _apt_for(place, version)
    names = [name for name in apt.needed_by("rabbitmq-server") if WANTED.fullmatch(name)]
    if not apt.unpack(names, place / "root"):
        raise CannotStart(
            "RabbitMQ's packages could not be downloaded with apt-get: look at the network and "
            "at apt's sources, install rabbitmq-server, or set HALLE_BROKER_URL to a running one."
        )
    _settle(place / "root")
    shutil.rmtree(place / "apt")


def _is(installation: Installation, version: int | None) -> bool:
    return version is None or installation.version.startswith(f"{version}.")


def _apt_for(place: Path, version: int | None) -> Apt:
    """An apt-get that sees RabbitMQ `version`, by way of the machine's own mirror."""
    apt = Apt(place / "apt")
    offered = re.match(r"\d+", apt.needed_by("rabbitmq-server").get("rabbitmq-server", ""))
    if offered and version in (None, int(offered[0])):
        return apt
    suite = DEBIAN_SUITES.get(version or 3)
    other = apt.of_debian(suite) if suite else None
    if other is None:
        raise CannotStart(
            f"RabbitMQ{f' {version}' if version else ''} is neither installed nor offered by this "
            "machine's package sources: install it, or set HALLE_BROKER_URL to a running one."
        )
    return other


def _settle(root: Path) -> None:
    """Make an unpacked Erlang run where it lies: its scripts' paths, its programs' libraries."""
    erlang = root / "usr/lib/erlang"
    for script in (*erlang.glob("bin/erl"), *erlang.glob("erts-*/bin/erl")):
        script.write_text(script.read_text().replace("/usr/lib/erlang", str(erlang)))
    loader = next(path for path in sorted(root.rglob("ld-linux*.so.*")))
    libraries = next(root.rglob("libc.so.6")).parent
    for folder in (erlang / "bin", *erlang.glob("erts-*/bin"), *erlang.glob("lib/*/priv/bin")):
        for program in folder.iterdir():
            _run_with(program, loader, libraries)


def _run_with(program: Path, loader: Path, libraries: Path) -> None:
    """Put a script in an ELF program's place that runs it with the libraries it was built for."""
    if program.is_symlink() or program.read_bytes()[:4] != b"\x7fELF":
        return
    original = program.with_name(program.name + ".elf")
    program.rename(original)
    program.write_text(
        f"#!/bin/sh\nexec '{loader}' --argv0 '{program}' --library-path '{libraries}' '{original}' \"$@\"\n"
    )
    program.chmod(0o755)
