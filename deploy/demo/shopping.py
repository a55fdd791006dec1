"""What people put into their baskets, by lots that fall the same way in every demo."""

from random import Random
from typing import Any

from deploy.demo.people import Person
from deploy.demo.town import Town, at_once, until

PIECES = (1, 1, 1, 2, 2, 3)
MEASURES = (500, 500, 1000, 1000, 1500, 2000)
"""Grams or millilitres."""


def shop(town: Town, lots: Random, distribution_id: str, people: list[Person]) -> int:
    """Let everybody order at a sale once it is open, and the last of them think better of it; how many orders stand."""
    sheet = until(lambda: town.read(f"/distributions/{distribution_id}/sheet"))
    baskets = [(person, _basket(lots, sheet["lines"])) for person in people]

    def order(wanted: tuple[Person, list[dict[str, Any]]]) -> Any:
        person, lines = wanted
        return person.do("POST", "/orders", {"distribution_id": distribution_id, "lines": lines})

    orders = at_once(order, baskets)
    last = orders[-1]
    people[-1].do("DELETE", f"/orders/{last['order_id']}?version={last['version']}")
    return len(orders) - 1


def _basket(lots: Random, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Three to seven things of the sheet."""
    chosen = lots.sample(lines, min(len(lines), lots.randint(3, 7)))
    return [{"offer_id": line["offer_id"], "quantity": _quantity(lots, line)} for line in chosen]


def _quantity(lots: Random, line: dict[str, Any]) -> int:
    return lots.choice(PIECES if line["unit"] == "piece" else MEASURES)
