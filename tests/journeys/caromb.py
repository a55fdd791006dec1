"""The market of Caromb with its four farms and one sale: a baker, growers, a poultry farm and a cellar."""

from datetime import date, timedelta
from typing import Any

from tests.journeys.town import Market, Town, Visitor

FARMS = {
    "Le Fournil": {"name": "Baguette", "unit": "piece", "price_cents": 120, "vat_basis_points": 550},
    "Les Maraîchers": {"name": "Carottes", "unit": "kg", "price_cents": 260, "vat_basis_points": 550},
    "La Volière": {
        "name": "Poulet", "unit": "piece", "pricing": "per_weight", "estimated_grams": 1800,
        "price_cents": 1190, "vat_basis_points": 550, "storage": "chilled",
    },
    "La Cave": {
        "name": "Vin", "unit": "piece", "price_cents": 850, "vat_basis_points": 2000,
        "alcohol_basis_points": 1350, "category": "wine_and_beer",
    },
}  # fmt: skip
PAID = {"Le Fournil": 360, "Les Maraîchers": 650, "La Volière": 2074, "La Cave": 850}
"""Cents that each farm is owed in the end: one chicken is lighter, one bottle short."""


class Week:
    """The market with its four farms, each sold by a person of its own, and one sale that opens on a Sunday."""

    def __init__(self, town: Town, thresholds: dict[str, int] | None = None, sunday: date = date(2026, 10, 18)) -> None:
        self.sunday = sunday
        town.set_clock(self.time(-1, "10:00"))
        self.town, self.market = town, Market(town)
        self.sellers: dict[str, Visitor] = {}
        self.farms: dict[str, str] = {}
        for number, (name, product) in enumerate(FARMS.items()):
            self._join(name, product, town.person(f"Seller{number}"))
        times = {"opens_at": self.time(0, "18:00"), "closes_at": self.time(3, "20:00")}
        hall = {"starts_at": self.time(5, "17:00"), "ends_at": self.time(5, "19:00")}
        (planned,) = self.market.plan(**times, **hall)
        self.id = planned["distribution_id"]
        baker = {"presence": "accepted", "closes_at": self.time(2, "12:00")}
        path = f"/distributions/{self.id}/participations/{self.farms['Le Fournil']}"
        self.sellers["Le Fournil"].do("PUT", path, baker)
        for name, cents in (thresholds or {}).items():
            path = f"/distributions/{self.id}/participations/{self.farms[name]}"
            self.sellers[name].do("PUT", path, {"presence": "accepted", "threshold_cents": cents})
        town.set_clock(self.time(0, "18:00:01"))
        lines = self.market.sheet(self.id)["lines"]
        self.offers = {line["name"]: line["offer_id"] for line in lines}

    def time(self, days: int, clock: str) -> str:
        """Wall time so many days after the Sunday of the opening."""
        return f"{self.sunday + timedelta(days=days)}T{clock}"

    def _join(self, name: str, product: dict[str, Any], seller: Visitor) -> None:
        farm = {"legal_name": name, "farm_name": name, "insee": "84030"}
        producer_id = seller.do("POST", "/producers", farm)["producer_id"]
        self.market.admit(seller, producer_id)
        if product.get("alcohol_basis_points"):
            licence = {"kind": "alcohol_licence", "number": "Caromb, 2024/17"}
            seller.do("POST", f"/producers/{producer_id}/papers", licence)
        made = seller.do("POST", f"/producers/{producer_id}/products", product)
        terms = {"product_id": made["product_id"], "market_id": self.market.id, "price_cents": product["price_cents"]}
        seller.do("POST", "/offers", terms | {"stock_mode": "per_distribution", "stock": 100_000})
        self.sellers[name], self.farms[name] = seller, producer_id

    def wishes(self, **quantities: int) -> list[dict[str, Any]]:
        return [{"offer_id": self.offers[name], "quantity": n} for name, n in quantities.items()]

    def settle(self, farm: str, order: dict[str, Any], **what: int) -> Any:
        line = {"order_id": order["order_id"], "offer_id": self.offers[FARMS[farm]["name"]], **what}
        path = f"/distributions/{self.id}/producers/{self.farms[farm]}/lines"
        return self.sellers[farm].do("PUT", path, {"lines": [line]})
