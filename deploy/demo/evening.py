"""An evening of hand-over: what was weighed and is missing, who pays how, who does not come, the tills, the books."""

from collections import defaultdict
from random import Random
from typing import Any

from deploy.demo.founding import Ground, Market
from deploy.demo.people import Person
from deploy.demo.town import at_once, until

CHEQUE_EVERY = 3
"""Every so many orders a cheque pays the farm that most is owed to; cash pays the others."""
Row = dict[str, Any]


class Evening:
    """One hand-over of a market."""

    def __init__(self, ground: Ground, market: Market, distribution_id: str) -> None:
        self.ground = ground
        self.organiser = market.organiser
        self.path = f"/distributions/{distribution_id}"

    def settle(self, lots: Random) -> None:
        """Let each farm weigh what it sells by weight; of one order something is missing."""
        settled: dict[str, list[Row]] = defaultdict(list)
        wanting = True
        for order in until(self._numbered):
            for line in order["lines"]:
                named = {"order_id": order["order_id"], "offer_id": line["offer_id"]}
                if line["pricing"] == "per_weight":
                    grams = int(line["quantity"] * line["estimated_grams"] * lots.uniform(0.94, 1.06))
                    settled[line["producer_id"]].append(named | {"grams": grams})
                elif wanting and line["unit"] == "piece" and line["quantity"] > 1:
                    settled[line["producer_id"]].append(named | {"short": 1})
                    wanting = False
        for producer_id, lines in settled.items():
            seller = self.ground.sellers[producer_id]
            seller.do("PUT", f"{self.path}/producers/{producer_id}/lines", {"lines": lines})

    def hand_over(self, waiting: int = 0) -> None:
        """Let everybody pay and take the order; the last but the `waiting` ones does not come."""
        rows = until(self._numbered)
        present = rows[: len(rows) - waiting - 1]
        at_once(self._serve, present, people=2)
        for row in rows[len(present) : len(rows) - waiting]:
            self._note(row, "absent")

    def close_books(self) -> None:
        """Count the tills, close the books and wait until they are final."""
        for till in self.organiser.do("GET", f"{self.path}/tills")["tills"]:
            cash = till["float_cents"] + sum(part["cash_cents"] for part in till["parts"])
            self.organiser.do("PUT", f"/tills/{till['till_id']}/count", {"counted_cents": cash})
        self.organiser.do("POST", f"{self.path}/books")
        until(lambda: self.organiser.do("GET", f"{self.path}/books")["state"] == "final")

    def _numbered(self) -> list[Row]:
        """The orders to hand over, once the close has numbered them and the hand-over has begun."""
        if self.organiser.do("GET", f"{self.path}/books")["state"] != "handover":
            return []
        rows: list[Row] = self.organiser.do("GET", f"{self.path}/handover-list")["items"]
        return rows

    def _serve(self, row: Row) -> None:
        order = f"/orders/{row['order_id']}"
        money = until(lambda: _known(self.organiser, order, row["version"]))
        due = [(one["due_cents"], one["producer_id"]) for one in money["sellers"] if one["due_cents"] > 0]
        cheque = [max(due)] if due and row["number"] % CHEQUE_EVERY == 0 else []
        cash = [one for one in due if one not in cheque]
        for means, paid in (("cheque", cheque), ("cash", cash)):
            parts = [{"producer_id": producer_id, "amount_cents": cents} for cents, producer_id in paid]
            if parts:
                taken = {"version": row["version"], "means": means, "parts": parts}
                self.organiser.do("POST", f"{order}/payments", taken)
        self._note(row, "handed_over")

    def _note(self, row: Row, state: str) -> None:
        self.organiser.do("PUT", f"/orders/{row['order_id']}/handover", {"version": row["version"], "state": state})


def _known(organiser: Person, order: str, version: int) -> Any:
    """An order's money, once it is known as the list shows the order."""
    money = organiser.read(f"{order}/money")
    return money if money and money["version"] == version else None
