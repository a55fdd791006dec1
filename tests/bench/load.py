"""Load on the gateway: wrk as fast as it can, or orders at a steady rate whatever the answers."""

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from contracts.catalog import SaleSheetPublished
from deploy import places
from deploy.packages import Apt, alone
from tests.bench.town import Person

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Load:
    """What became of a load; times in milliseconds. `refused` had another status than wanted."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    max: float
    refused: int
    broken: int
    asked: int
    bytes: int = 0

    @property
    def per_second(self) -> float:
        return (self.requests - self.refused) / self.seconds


class NoGenerator(Exception):
    """wrk is neither installed nor to be had."""


class Orders:
    """New orders without end: each pair of a person and a sale is used once."""

    def __init__(self, folder: Path, url: str, people: list[Person], sales: list[SaleSheetPublished]) -> None:
        self.url = url
        self.room = len(people) * len(sales)
        self.used = 0
        self.people, self.sales = folder / "people.txt", folder / "sales.txt"
        self.people.write_text("\n".join(person.secret for person in people))
        lines = (" ".join(map(str, [s.distribution_id, *(line.offer_id for line in s.lines)])) for s in sales)
        self.sales.write_text("\n".join(lines))

    def flood(self, connections: int, seconds: float) -> Load:
        """As many as `connections` at once can have answered."""
        words = [str(self.people), str(self.sales), str(self.used), uuid4().hex[:8]]
        done = run_wrk(self.url, HERE / "place.lua", words, connections, seconds)
        self._use(done.asked)
        return done

    def steady(self, rate: float, seconds: float) -> Load:
        """So many each second, asked on time whether or not the earlier ones were answered."""
        words = [self.url, str(self.people), str(self.sales), str(self.used), str(rate), str(seconds)]
        answer = subprocess.run(
            [sys.executable, "-m", "tests.bench.steady", *words],
            cwd=places.CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
        )
        done = Load(**json.loads(answer.stdout))
        self._use(done.asked)
        return done

    def _use(self, asked: int) -> None:
        self.used += asked
        if self.used > self.room:
            raise RuntimeError(f"{self.room} pairs of person and sale were not enough: {self.used}")


def run_wrk(url: str, script: Path, words: list[str], connections: int, seconds: float) -> Load:
    """One run of wrk with one thread; what it said is the last line of its output."""
    command = [*wrk(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    done = subprocess.run(
        [*command, "-s", str(script), url, "--", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Load(**json.loads(done.stdout.rpartition("RESULT ")[2]))


def read(url: str, paths: list[str], wanted: int, connections: int, seconds: float) -> Load:
    """GET those paths in turn; each may be followed by the ETag that is sent along."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths))
        file.flush()
        return run_wrk(url, HERE / "read.lua", [file.name, str(wanted)], connections, seconds)


def introduce(url: str, people: list[Person]) -> None:
    """Let each person look once, so that the gateway knows their session."""
    address = urlsplit(url)

    def look(some: list[Person]) -> None:
        connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        for person in some:
            connection.request("GET", "/api/v1/orders?limit=1", headers={"Authorization": f"Bearer {person.secret}"})
            answer = connection.getresponse()
            if not answer.read() or answer.status != 200:
                raise RuntimeError(f"{person.name} is not known to the gateway: {answer.status}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, [people[n::4] for n in range(4)]))


def wrk() -> list[str]:
    """The load generator's command: the machine's, or Debian's package beside ours; NoGenerator says what to do."""
    if found := shutil.which("wrk"):
        return [found]
    root = places.cache() / "wrk" / "root"
    with alone(places.cache()):
        if not (root / "usr/bin/wrk").exists():
            _fetch(root)
    libraries = next(root.glob("usr/lib/*-linux-*"))
    return ["env", f"LD_LIBRARY_PATH={libraries}", str(root / "usr/bin/wrk")]


def _fetch(root: Path) -> None:
    """Unpack wrk with its Lua, which a machine may well lack; its other libraries are Python's too."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise NoGenerator("wrk is not installed: install it.")
    shutil.rmtree(root.parent, ignore_errors=True)
    apt = Apt(root.parent / "apt")
    names = [name for name in apt.needed_by("wrk") if name == "wrk" or name.startswith("libluajit")]
    if not apt.unpack(names, root):
        raise NoGenerator("wrk cannot be fetched: run `sudo apt-get install wrk`.")
    shutil.rmtree(apt.folder)
