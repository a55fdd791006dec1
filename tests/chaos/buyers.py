"""People who order, change their minds and cancel, and who keep every answer that they were given.

A buyer asks one thing at a time about one sale; what stayed unknown is asked again with the same key, and until it is
known nothing else is asked there. So what was acknowledged last is what must be.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from contracts.catalog import SaleSheetPublished
from tests.bench.town import Person
from tests.chaos.counter import Counter, Reply

EXPECTED = {"sold-out", "window-closed", "line-closed"}
"""Refusals that the trade knows. Nothing has changed after one."""


@dataclass
class Standing:
    """Somebody's order in one sale, as acknowledged last."""

    person: Person
    sale: SaleSheetPublished
    order: dict[str, Any] | None = None
    is_over: bool = False


@dataclass
class Attempt:
    """Something asked, whose outcome may still be unknown."""

    standing: Standing
    method: str
    path: str
    body: dict[str, Any] | None
    key: str = field(default_factory=lambda: str(uuid4()))


class Ledger:
    """What people were told, by all threads together."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.told: dict[tuple[str, int], dict[str, Any]] = {}
        """Every version of an order."""
        self.answers = 0
        self.refusals = 0
        self.unknown = 0
        self.wordless = 0
        """Of the unknown ones those that ended without any word, not even a 503."""
        self.longest = 0.0
        """Seconds that the longest wait for a word took."""
        self.surprises: list[str] = []
        self.open: list[Attempt] = []
        self._turn = threading.Lock()

    def note(self, attempt: Attempt, reply: Reply) -> bool:
        """Write an answer down; false when there was none."""
        with self._turn:
            self.longest = max(self.longest, reply.seconds)
            if reply.is_unknown:
                self.unknown += 1
                self.wordless += reply.status == 0
                return False
            if reply.is_acknowledged:
                self.answers += 1
                self._acknowledge(attempt.standing, reply.body)
            elif reply.code in EXPECTED:
                self.refusals += 1
                attempt.standing.is_over = reply.code != "sold-out"
            else:
                self.surprises.append(f"{attempt.method} {attempt.path}: {reply.status} {reply.body}")
                attempt.standing.is_over = True
            return True

    def _acknowledge(self, standing: Standing, body: dict[str, Any]) -> None:
        self.orders[body["order_id"]] = self.told[body["order_id"], body["version"]] = body
        standing.order = body if body["state"] == "placed" else None


class Buyer(threading.Thread):
    """Acts for some people, at random but always alike for one seed."""

    def __init__(self, url: str, ledger: Ledger, standings: list[Standing], seed: int, pause: float) -> None:
        super().__init__(daemon=True, name=f"buyer-{seed}")
        self.ledger, self.standings, self.pause = ledger, standings, pause
        self.stopping = threading.Event()
        self._url = url
        self._chance = random.Random(seed)
        self._counter = Counter(url)
        self._open: list[Attempt] = []

    def run(self) -> None:
        """Ask until told to stop; what is unknown then is left in the ledger's `open`."""
        while not self.stopping.wait(self.pause * self._chance.uniform(0.5, 1.5)):
            self._step()
        self.ledger.open.extend(self._open)
        self._counter.close()

    def _step(self) -> None:
        if self._open and self._chance.random() < 0.5:
            attempt = self._open.pop(0)
        else:
            busy = {id(attempt.standing) for attempt in self._open}
            free = [one for one in self.standings if not one.is_over and id(one) not in busy]
            if not free:
                return
            ordered = [one for one in free if one.order is not None]
            attempt = self._wish(self._chance.choice(ordered if ordered and self._chance.random() < 0.6 else free))
        if not self.ledger.note(attempt, put(self._counter, attempt)):
            self._open.append(attempt)

    def _wish(self, standing: Standing) -> Attempt:
        order, chance = standing.order, self._chance.random()
        if order is None or chance < 0.1:
            return self._place(standing)
        path = f"/api/v1/orders/{order['order_id']}"
        if chance < 0.3:
            return Attempt(standing, "DELETE", f"{path}?version={order['version']}", None)
        lines = self._lines(standing.sale, self._chance.randint(1, 3), (0, 1, 2, 3, 4))
        return Attempt(standing, "PATCH", path, {"version": order["version"], "lines": lines})

    def _place(self, standing: Standing) -> Attempt:
        lines = self._lines(standing.sale, self._chance.randint(1, 5), (1, 2, 3))
        body = {"distribution_id": str(standing.sale.distribution_id), "lines": lines}
        return Attempt(standing, "POST", "/api/v1/orders", body)

    def _lines(self, sale: SaleSheetPublished, count: int, quantities: tuple[int, ...]) -> list[dict[str, Any]]:
        """Some offers in random order; the first, whose stock five markets share, more often than the others."""
        offers = [sale.lines[0], *self._chance.sample(sale.lines[1:], count)][self._chance.random() < 0.6 :]
        self._chance.shuffle(offers)
        return [{"offer_id": str(o.offer_id), "quantity": self._chance.choice(quantities)} for o in offers[:count]]


def put(counter: Counter, attempt: Attempt) -> Reply:
    return counter.ask(attempt.method, attempt.path, attempt.standing.person.secret, attempt.key, attempt.body)


def resolve(url: str, ledger: Ledger, seconds: float) -> None:
    """Ask again, with the same keys, whatever stayed unknown; what is not known in time stays open."""
    counter, until = Counter(url), time.monotonic() + seconds
    while ledger.open and time.monotonic() < until:
        attempt = ledger.open.pop(0)
        if not ledger.note(attempt, put(counter, attempt)):
            ledger.open.append(attempt)
            time.sleep(0.2)
    counter.close()
