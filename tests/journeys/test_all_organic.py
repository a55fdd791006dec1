"""An all-organic market, from Monday to the next sheet.

A is AB for strawberries only, B is Nature & Progrès alone, C's AB ends on Wednesday while the window runs to Thursday,
D is in conversion.
"""

from functools import partial
from typing import Any

import pytest
import requests

from tests.journeys.town import Market, Town, Visitor, until

POLICY = {"quality_floor": "organic", "welcome_marks": ["demeter", "nature_et_progres", "bio_coherence"]}
OF_MARKET = ("name", "kind", "entity_kind", "entity_name", "entity_address", "insee", "version")
YEARS = {"certifier": "FR-BIO-01", "number": "84/117", "valid_until": "2028-12-31"}
GOODS = {"A": ("Fraises", "Abricots"), "B": ("Navets",), "C": ("Carottes",), "D": ("Poireaux",)}
MARKS = {
    "A": YEARS | {"kind": "ab", "scope": "named"},
    "B": YEARS | {"kind": "nature_et_progres"},
    "C": YEARS | {"kind": "ab", "valid_until": "2026-10-21"},
    "D": YEARS | {"kind": "in_conversion"},
}
REASONS = {
    "A": ("Abricots", "other_products", "la ferme a ce label pour d’autres produits"),
    "B": ("Navets", "other_mark", "Nature &amp; Progrès seul ne suffit pas"),
    "D": ("Poireaux", "in_conversion", "en conversion, ce qui n’est pas encore bio"),
}


class Week:
    """The market with its four farms, each with a person of its own, and a weekly sale."""

    def __init__(self, town: Town) -> None:
        self.town, self.market = town, Market(town)
        self.odile = self.market.odile
        about = {name: self.market.about[name] for name in OF_MARKET}
        self.odile.do("PUT", f"/markets/{self.market.id}", about | POLICY)
        self.sellers = {name: town.person(f"Seller{name}") for name in GOODS}
        self.farms = {name: self._join(name, seller) for name, seller in self.sellers.items()}
        times = {"opens_at": "2026-10-19T18:00:00", "closes_at": "2026-10-22T20:00:00"}
        hall = {"starts_at": "2026-10-23T17:00:00", "ends_at": "2026-10-23T19:00:00"}
        planned = self.market.plan(**times, **hall, recurrence={"every": "week", "count": 2})
        self.first, self.second = (one["distribution_id"] for one in planned)
        self.offers: dict[str, str] = {}

    def _join(self, name: str, seller: Visitor) -> str:
        farm = {"legal_name": f"EARL {name}", "farm_name": f"Ferme {name}", "insee": "84030"}
        producer_id: str = seller.do("POST", "/producers", farm)["producer_id"]
        self.market.admit(seller, producer_id)
        ids = []
        for goods in GOODS[name]:
            product = {"name": goods, "unit": "kg", "category": "vegetables"}
            ids.append(seller.do("POST", f"/producers/{producer_id}/products", product)["product_id"])
            seller.do("POST", "/offers", {"product_id": ids[-1], "market_id": self.market.id, "price_cents": 300})
        covered = {"product_ids": ids[:1]} if name == "A" else {}
        seller.do("POST", f"/producers/{producer_id}/marks", MARKS[name] | covered)
        return producer_id

    def sheet(self, distribution_id: str) -> dict[str, list[str]]:
        """What is on sale, each product with its marks."""
        lines = self.market.sheet(distribution_id)["lines"]
        self.offers |= {line["name"]: line["offer_id"] for line in lines}
        return {line["name"]: line["marks"] for line in lines}

    def page(self, person: Visitor, path: str) -> str:
        """A page as somebody's browser shows it."""
        session = str(person.http.headers["Authorization"]).removeprefix("Bearer ")
        answer = requests.get(f"{self.town.url}{path}", cookies={"session": session}, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.text

    def wish(self, recipient: str = "", **grams: int) -> dict[str, Any]:
        lines = [{"offer_id": self.offers[name], "quantity": n} for name, n in grams.items()]
        return {"distribution_id": self.first, "recipient": recipient, "lines": lines}


@pytest.fixture
def week(town: Town) -> Any:
    town.set_clock("2026-10-17T10:00")
    yield Week(town)
    town.set_clock(None)


def test_an_all_organic_market(week: Week) -> None:
    _is_foreseen(week)
    week.town.set_clock("2026-10-19T18:00:01")
    assert week.sheet(week.first) == {"Fraises": ["ab"], "Carottes": ["ab"]}
    _is_refused_with_its_reason(week, foreseen=False)
    bob, dora = _fourteen_order(week)
    week.town.set_clock("2026-10-22T00:00:01")
    _stands_without_its_mark(week, bob)
    _is_decided(week, bob, dora)
    week.town.set_clock("2026-10-26T18:00:01")
    assert week.sheet(week.second) == {"Fraises": ["ab"]}
    [carrots] = week.sellers["C"].do("GET", f"/distributions/{week.second}/refused-offers")["items"]
    assert (carrots["lack"], carrots["valid_until"], carrots["on"]) == ("expired", "2026-10-21", "2026-10-26")
    page = week.page(week.sellers["C"], f"/farms/{week.farms['C']}/distributions/{week.second}")
    assert "son label était valable jusqu’au 21 octobre 2026" in page


def _is_foreseen(week: Week) -> None:
    """Each farm reads it where it says whether it comes; the market's page says what is asked for."""
    _is_refused_with_its_reason(week, foreseen=True)
    page = week.page(week.odile, f"/markets/{week.market.id}")
    assert "le label AB (agriculture biologique)" in page and "Demeter" in page
    for name in "ABD":
        page = week.page(week.sellers[name], f"/farms/{week.farms[name]}/distributions/{week.first}")
        assert "ne seront pas en vente" in page and REASONS[name][2] in page
    assert "ne seront pas" not in week.page(
        week.sellers["C"], f"/farms/{week.farms['C']}/distributions/{week.first}"
    ), "on Monday it is still good"


def _is_refused_with_its_reason(week: Week, *, foreseen: bool) -> None:
    path = f"/distributions/{week.first}/refused-offers"
    seen = until(lambda: _of(week.odile.do("GET", path)["items"], foreseen))
    assert {(one["name"], one["lack"]) for one in seen} == {(name, lack) for name, lack, _ in REASONS.values()}
    assert {one["on"] for one in seen} == {"2026-10-19"}
    for name, seller in week.sellers.items():
        mine = [one["name"] for one in seller.do("GET", path)["items"]]
        assert mine == ([REASONS[name][0]] if name in REASONS else [])
    page = week.page(week.odile, f"/organise/distributions/{week.first}")
    assert all(f"Ferme {name}, {goods} – {says}" in page for name, (goods, _, says) in REASONS.items())


def _of(refused: list[dict[str, Any]], foreseen: bool) -> list[dict[str, Any]]:
    return [one for one in refused if one["foreseen"] is foreseen]


def _fourteen_order(week: Week) -> tuple[Visitor, Visitor]:
    """Bob and Dora order for themselves and for six neighbours each; half of them strawberries as well."""
    people = week.town.person("Bob"), week.town.person("Dora")
    for person in people:
        for n in range(7):
            more = {"Fraises": 500} if n % 2 else {}
            person.do("POST", "/orders", week.wish("" if n == 0 else f"Voisin {n}", Carottes=1000, **more))
    return people


def _stands_without_its_mark(week: Week, bob: Visitor) -> None:
    """On Thursday no more carrots are ordered, and what was ordered may become less."""
    refused = bob.ask("POST", "/orders", week.wish("Un cousin", Carottes=500, Fraises=500))
    assert (refused.status_code, refused.json()["code"]) == (409, "mark-expired")
    assert [one["name"] for one in refused.json()["details"]["lines"]] == ["Carottes"]
    bob.do("POST", "/orders", week.wish("Un cousin", Fraises=500))
    until(lambda: week.sheet(week.first)["Carottes"] == [])
    assert week.sheet(week.first)["Fraises"] == ["ab"]
    assert week.page(bob, f"/distributions/{week.first}").count(">AB</span>") == 1
    mine = next(one for one in bob.do("GET", "/orders")["items"] if one["recipient"] == "")
    line = {"offer_id": week.offers["Carottes"], "quantity": 1500}
    path = f"/orders/{mine['order_id']}"
    assert bob.refused("PATCH", path, {"version": 1, "lines": [line]}) == (409, "mark-expired")
    fewer = bob.do("PATCH", path, {"version": 1, "lines": [line | {"quantity": 500}]})
    assert fewer["total_cents"] == 150


def _is_decided(week: Week, bob: Visitor, dora: Visitor) -> None:
    """Odile is told, sees C's 14 orders with their names, and withdraws the carrots."""
    path = f"/distributions/{week.first}/expired-marks"
    [seen] = until(lambda: week.odile.do("GET", path)["items"])
    assert (seen["orders"], seen["emptied"], seen["amount_cents"]) == (14, 8, 13 * 300 + 150)
    assert (seen["names"], seen["marks"], seen["required"], seen["decision"]) == (["Carottes"], ["ab"], True, None)
    for person in (week.odile, week.sellers["C"]):
        until(partial(_about, week, person, "Ferme C"))
    page = week.page(week.odile, path)
    assert all(f"Voisin {n}" in page for n in range(1, 7)) and "40,50\xa0€" in page
    assert "Garder ces commandes" in page and "Garder" not in week.page(week.sellers["C"], path)
    assert week.sellers["A"].do("GET", path)["items"] == bob.do("GET", path)["items"] == []
    decide = f"/expired-marks/{seen['expiry_id']}/decision"
    said = {"decision": "withdrawn", "orders": 14, "amount_cents": 4050, "reason": "Certificat non renouvelé."}
    assert week.sellers["C"].refused("POST", decide, said)[0] == 404
    assert week.odile.refused("POST", decide, said | {"orders": 13}) == (409, "figures-moved")
    week.odile.do("POST", decide, said)
    until(lambda: week.odile.do("GET", path)["items"][0]["done_at"])
    orders = [order for person in (bob, dora) for order in person.do("GET", "/orders")["items"]]
    assert sorted(order["state"] for order in orders) == ["cancelled"] * 8 + ["placed"] * 7
    assert {order["total_cents"] for order in orders if order["state"] == "placed"} == {150}
    for person in (bob, dora):
        until(partial(_all_told, week, person))


def _all_told(week: Week, person: Visitor) -> list[Any]:
    told = _about(week, person, "Certificat non renouvelé")
    return told if len(told) == 7 else []


def _about(week: Week, person: Visitor, word: str) -> list[Any]:
    return [mail for mail in week.town.mails_to(person.email) if word in mail["text"]]
