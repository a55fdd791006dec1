"""What goes wrong, and when: a plan drawn from a seed, and the thread that carries it out.

Processes are killed as a crash would; the broker is restarted and once emptied; the database is restarted.
"""

import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from deploy.instance import Instance
from deploy.refusal import CannotStart

OFTEN = ("orders-1", "orders-2", "orders-hears", "relay", "notifications", "catalog", "payments")
SOMETIMES = ("members", "gateway")
SEED = 2026


class Blow(NamedTuple):
    """At so many seconds from the start, this."""

    at: float
    what: str


def plan(seconds: float, every: float, seed: int = SEED) -> list[Blow]:
    """Kills all along, the servers' troubles between them: the broker emptied after its first restart.

    Programs are drawn like cards, so that each has its turn.
    """
    chance = random.Random(seed)
    blows, at = [], 2.0
    cards: list[str] = []
    while at < seconds - 1:
        cards = cards or chance.sample([*OFTEN, chance.choice(SOMETIMES)], len(OFTEN) + 1)
        blows.append(Blow(at, f"kill {cards.pop()}"))
        at += every * chance.uniform(0.6, 1.4)
    troubles = ["restart broker", "restart postgres", "empty broker", "restart postgres", "restart broker"]
    wanted = troubles[: 3 if seconds < 60 else None]
    blows += [Blow(seconds * (n + 0.7) / (len(wanted) + 0.4), what) for n, what in enumerate(wanted)]
    return sorted(blows)


NOTHING_MORE: Mapping[str, Callable[[], None]] = MappingProxyType({})
LATE = 2.0
"""Seconds after which a kill is left out; the servers' troubles are never."""


class Nemesis(threading.Thread):
    """Carries a plan out; what it did is in `done`."""

    def __init__(
        self, instance: Instance, blows: Iterable[Blow], acts: Mapping[str, Callable[[], None]] = NOTHING_MORE
    ) -> None:
        super().__init__(daemon=True, name="nemesis")
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self._instance, self._blows = instance, sorted(blows)
        self._acts: dict[str, Callable[[], None]] = {
            "restart broker": lambda: instance.broker.restart(),
            "empty broker": lambda: instance.broker.empty(),
            "restart postgres": lambda: instance.postgres.restart(),
            **acts,
        }

    def run(self) -> None:
        began = time.monotonic()
        for blow in self._blows:
            late = time.monotonic() - began - blow.at
            if late > LATE and blow.what.startswith("kill"):
                continue
            time.sleep(max(0.0, -late))
            try:
                self._strike(blow.what)
            except CannotStart as fault:
                self._missed(blow, fault)

    def _strike(self, what: str) -> None:
        verb, _, name = what.partition(" ")
        if verb == "kill":
            self._instance.kill(name)
        else:
            self._acts[what]()
        self.done[what] += 1

    def _missed(self, blow: Blow, fault: CannotStart) -> None:
        """A process that is just being started again cannot be killed; a server must come back."""
        if not blow.what.startswith("kill"):
            self.faults.append(f"{blow.what}: {fault}")
            print(f"nemesis: {blow.what}: {fault}", file=sys.stderr, flush=True)

    @property
    def explains(self) -> list[re.Pattern[str]]:
        """What PostgreSQL complains of because a table was hidden from it."""
        hidden = [what.partition(" ")[2] for what in self.done if what.startswith("hide ")]
        return [re.compile(rf'relation "{table}" does not exist') for table in hidden]

    def kills(self, name: str) -> int:
        return self.done[f"kill {name}"]
