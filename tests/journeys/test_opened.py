"""Carrots grow cheaper, then dearer, and hail takes the eggs: a sale that has opened changes, through the gateway."""

from tests.journeys.town import Market, Town, Visitor, until


def test_a_price_falls_and_rises_and_a_product_goes_while_people_order(town: Town) -> None:
    market, bob = Market(town), town.person("Bob")
    carrots, eggs = market.import_csv()
    market.offer(carrots, stock_mode="per_distribution", stock=20_000, minimum=500, step=500)
    market.offer(eggs, price_cents=340)
    (sale,) = market.plan()
    sheet = market.sheet(sale["distribution_id"])
    offers = {line["name"].split()[0]: line["offer_id"] for line in sheet["lines"]}
    path = f"/distributions/{sale['distribution_id']}/offers"
    wishes = [{"offer_id": offers["Carottes"], "quantity": 1500}, {"offer_id": offers["Œufs"], "quantity": 2}]
    order = bob.do("POST", "/orders", {"distribution_id": sale["distribution_id"], "lines": wishes})
    assert order["total_cents"] == 390 + 680

    price = f"{path}/{offers['Carottes']}/price"
    assert bob.refused("PUT", price, {"price_cents": 200}) == (404, "no-such-offer")
    assert market.alice.refused("PUT", price, {"price_cents": 280}) == (409, "not-lower")
    market.alice.do("PUT", price, {"price_cents": 240})
    until(lambda: bob.do("GET", f"/orders/{order['order_id']}")["total_cents"] == 360 + 680)
    until(lambda: 240 in [line["price_cents"] for line in market.sheet(sale["distribution_id"])["lines"]])
    until(lambda: [mail for mail in town.mails_to(bob.email) if "Nouveau total" in mail["text"]])

    agree_to_a_raise(town, market, bob, order["order_id"], f"{path}/{offers['Carottes']}")
    assert bob.do("GET", f"/orders/{order['order_id']}")["total_cents"] == 375 + 680

    gone = f"{path}/{offers['Œufs']}/withdrawal"
    seen = market.odile.do("GET", gone)
    assert (seen["orders"], seen["emptied"], seen["amount_cents"]) == (1, 0, 680)
    decided = {"decision": "withdrawn", "orders": 1, "amount_cents": 680, "reason": "La grêle."}
    assert market.odile.refused("POST", gone, decided | {"orders": 0}) == (409, "figures-moved")
    market.odile.do("POST", gone, decided)
    until(lambda: bob.do("GET", f"/orders/{order['order_id']}")["total_cents"] == 375)
    until(lambda: [mail for mail in town.mails_to(bob.email) if "La grêle." in mail["text"]])
    until(lambda: [mail for mail in town.mails_to(market.alice.email) if "plus en vente" in mail["subject"]])
    assert bob.refused("POST", "/orders", {"distribution_id": sale["distribution_id"], "lines": wishes[1:]}) == (
        409,
        "line-closed",
    )
    assert len(until(lambda: town.mails_to(bob.email))) == 1 + 5, "each of his news once"


def agree_to_a_raise(town: Town, market: Market, bob: Visitor, order: str, offer: str) -> None:
    """Odile raises the price of what Bob ordered to 2.50; he is asked, and agrees."""
    seen = {name: market.odile.do("GET", f"{offer}/price-raise")[name] for name in ("orders", "amount_cents")}
    market.odile.do("POST", f"{offer}/price-raise", seen | {"price_cents": 250})
    until(lambda: [mail for mail in town.mails_to(bob.email) if "Sans réponse" in mail["text"]])
    yes = f"/orders/{order}/offers/{offer.rsplit('/', 1)[1]}/confirmation"
    agreed = {"version": bob.do("GET", f"/orders/{order}")["version"], "price_cents": 250}
    assert market.alice.refused("POST", yes, agreed) == (404, "no-such-order")
    bob.do("POST", yes, agreed)
