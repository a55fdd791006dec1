"""Debian's or Ubuntu's packages, fetched by an apt-get of our own: neither root nor fresh package lists are needed."""

import fcntl
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@contextmanager
def alone(cache: Path) -> Iterator[None]:
    """Let one process at a time fill `cache`; whoever waited finds there what the other fetched."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


class Apt:
    """apt-get with lists and caches of its own in a new `folder`; it believes that nothing is installed."""

    def __init__(self, folder: Path, source: str | None = None) -> None:
        for name in ("lists/partial", "cache/archives/partial", "no-sources"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        self.folder = folder
        self.options = [
            f"-oDir::State::lists={folder}/lists",
            f"-oDir::State::status={folder}/status",
            f"-oDir::Cache={folder}/cache",
            "-oAPT::Sandbox::User=",
        ]
        if source:
            (folder / "only.list").write_text(source)
            self.options += [
                f"-oDir::Etc::sourcelist={folder}/only.list",
                f"-oDir::Etc::sourceparts={folder}/no-sources",
            ]
        self.run("update")

    def run(self, *words: str, cwd: Path | None = None) -> str:
        """What one apt-get command printed; its failure is the caller's to notice."""
        done = subprocess.run(
            ["apt-get", *self.options, *words],
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def of_debian(self, suite: str) -> "Apt | None":
        """Debian's `suite` from where this machine fetches Debian's main archive; None where it fetches none."""
        listed = self.run("indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages")
        mirror = re.search(r"^Debian Debian (\S+)$", listed, re.MULTILINE)
        if mirror is None or not DEBIAN_KEYRING.exists():
            return None
        return Apt(self.folder / suite, f"deb [signed-by={DEBIAN_KEYRING}] {mirror[1]} {suite} main\n")

    def needed_by(self, package: str) -> dict[str, str]:
        """What installing a package would bring, itself included, with versions; nothing where nobody has it."""
        planned = self.run("-s", "install", "--no-install-recommends", package)
        return dict(re.findall(r"^Inst (\S+) \((\S+)", planned, re.MULTILINE))

    def unpack(self, names: list[str], root: Path) -> bool:
        """Download packages and unpack them below `root`; whether all of them came."""
        debs = self.folder / "debs"
        debs.mkdir()
        self.run("download", *names, cwd=debs)
        found = sorted(debs.glob("*.deb"))
        for deb in found:
            subprocess.run(["dpkg", "-x", deb, root], check=True)
        return bool(names) and len(found) >= len(names)
