"""Farmers on the day: once a sale has closed they say what is short, correct themselves, and one does not come at all.

What a farmer was told last of a line is what must be: shortages are absolute, so a farmer asks again, with the same
key, until there is an answer.
"""

import random
import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from contracts.catalog import SaleSheetPublished
from tests.bench.town import Person, Town
from tests.chaos.counter import Counter, Reply

LATER = {"not-closed", "figures-moved", "no-such-sale"}
"""Refusals after which a farmer looks again: the close is under way, or a neighbour was faster."""
Line = tuple[int, int, int]
"""Quantity, short and amount of a line."""


class Farmer(threading.Thread):
    """Settles the lines of one farm in some sales; drops out of those in `absent`."""

    def __init__(
        self,
        town: Town,
        producer: UUID,
        person: Person,
        sales: Sequence[SaleSheetPublished],
        absent: set[UUID],
        seed: int,
    ) -> None:
        super().__init__(daemon=True, name=f"farmer-{seed}")
        self.stopping = threading.Event()
        self.settled: dict[tuple[str, str], Line] = {}
        """By order and offer, as acknowledged last."""
        self.dropped: set[str] = set()
        """Sales out of which this farm dropped."""
        self.surprises: list[str] = []
        self.producer, self._person, self._absent = str(producer), person, absent
        self._sales = list(sales)
        self._town = town
        self._chance = random.Random(seed)
        self._counter = Counter(town.instance.gateway_url)

    def run(self) -> None:
        """Go from sale to sale; those that are done are looked at again, and corrected."""
        while self._sales and not self.stopping.wait(0.3):
            sale = self._sales.pop(0)
            if not self._settle(sale):
                self._sales.append(sale)

    def finish(self, seconds: float) -> None:
        """When trouble is over: let no sale be left."""
        self.join(seconds)
        self.stopping.set()
        self.join()
        self._counter.close()

    def _settle(self, sale: SaleSheetPublished) -> bool:
        """Whether this sale is done with."""
        if self._town.wall() < sale.closes_at:
            return False
        path = f"/api/v1/distributions/{sale.distribution_id}/producers/{self.producer}"
        found = self._ask("GET", f"{path}/lines")
        if found is None:
            return False
        lines = [self._said(row, line) for row in found["items"] for line in row["lines"]]
        said = self._chance.sample(lines, min(len(lines), 20))
        if said and not all(self._say(path, said) for _ in range(2)):
            return False
        return not said or sale.distribution_id not in self._absent or self._drop_out(sale, path)

    def _said(self, row: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
        short = self._chance.randint(0, line["quantity"] + line["short"])
        return {"order_id": row["order_id"], "offer_id": line["offer_id"], "short": short}

    def _say(self, path: str, said: list[dict[str, Any]]) -> bool:
        """Say it until it is known to be done; the second time as a correction of the first."""
        for one in said:
            one["short"] = self._chance.randint(0, one["short"])
        found = self._ask("PUT", f"{path}/lines", {"lines": said})
        if found is None:
            return False
        named = {(one["order_id"], one["offer_id"]) for one in said}
        for row in found["items"]:
            for line in row["lines"]:
                if (key := (row["order_id"], line["offer_id"])) in named:
                    self.settled[key] = line["quantity"], line["short"], line["amount_cents"]
        return True

    def _drop_out(self, sale: SaleSheetPublished, path: str) -> bool:
        """Not to come after all, in a sale that has closed: lines were settled in it."""
        seen = self._ask("GET", f"{path}/drop-out")
        if seen is None:
            return False
        wanted = {"orders": seen["orders"], "amount_cents": seen["amount_cents"], "reason": "A broken tractor."}
        if seen["declared_at"] is None and self._ask("POST", f"{path}/drop-out", wanted) is None:
            return False
        self.dropped.add(str(sale.distribution_id))
        return True

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """The answer, asked for until there is one; nothing when it is to be tried again from the beginning."""
        key = str(uuid4())
        while not self.stopping.is_set():
            reply: Reply = self._counter.ask(method, path, self._person.secret, key, body)
            if reply.is_acknowledged:
                return reply.body
            if not reply.is_unknown:
                if reply.code not in LATER:
                    self.surprises.append(f"{method} {path}: {reply.status} {reply.body}")
                return None
            self.stopping.wait(0.2)
        return None
