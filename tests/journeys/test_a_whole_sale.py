"""From a farmer's CSV to the exact list in her mail, as programs would do it."""

from datetime import datetime, timedelta
from uuid import uuid4

from tests.journeys.town import Market, Town, until


def test_a_whole_sale(town: Town) -> None:
    market, second = Market(town), Market(town)
    alice, bob = market.alice, town.person("Bob")
    carrots, eggs = market.import_csv()
    market.offer(carrots, stock_mode="per_distribution", stock=20_000, minimum=500, step=500)
    market.offer(eggs, price_cents=340)
    second.admit(alice, market.farm)
    alice.do("POST", "/offers", {"product_id": eggs["product_id"], "market_id": second.id, "price_cents": 360})

    found = bob.do("GET", "/markets?words=caromb")["items"]
    assert market.id in {one["market_id"] for one in found}
    starts = datetime.fromisoformat(town.wall(hours=48))
    fetched = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
    (distribution,) = market.plan(slots={"minutes": 30, "capacity": 1}, **fetched)
    sheet = market.sheet(distribution["distribution_id"])
    offers = {line["name"]: line["offer_id"] for line in sheet["lines"]}
    wishes = [
        {"offer_id": offers["Carottes de Caromb"], "quantity": 1500},
        {"offer_id": offers["Œufs de plein air"], "quantity": 2},
    ]
    wanted = {"distribution_id": distribution["distribution_id"], "lines": wishes}
    order = bob.do("POST", "/orders", wanted | {"slot": sheet["starts_at"]})
    assert order["total_cents"] == 390 + 680
    free = bob.do("GET", f"/distributions/{distribution['distribution_id']}/slots")["items"]
    assert [one["left"] for one in free[:2]] == [0, 1] and free[0]["starts_at"] == order["slot"]["starts_at"]

    change = {"version": 1, "lines": [{"offer_id": offers["Carottes de Caromb"], "quantity": 2500}]}
    assert bob.do("PATCH", f"/orders/{order['order_id']}", change)["total_cents"] == 650 + 680
    removal = {"version": 2, "lines": [{"offer_id": offers["Œufs de plein air"], "quantity": 0}]}
    assert bob.do("PATCH", f"/orders/{order['order_id']}", removal)["total_cents"] == 650
    until(lambda: len(town.mails_to(bob.email)) == 1 + 3)
    assert sum("Créneau de retrait" in mail["text"] for mail in town.mails_to(bob.email)) == 3

    market.close_now(distribution["distribution_id"])
    made = market.final_list(distribution["distribution_id"])
    assert [(one["name"], one["quantity"]) for one in made["totals"]] == [("Carottes de Caromb", 2500)]
    mails = until(lambda: [mail for mail in town.mails_to(alice.email) if "Carottes" in mail["text"]])
    assert len(mails) == 1
    add_late(town, market, order["order_id"], offers["Œufs de plein air"], bob.email)
    assert bob.refused("POST", "/orders", wanted) == (409, "window-closed")


def add_late(town: Town, market: Market, order_id: str, eggs: str, bob: str) -> None:
    """Bob telephones, Alice has two boxes more: entered twice under one key they are added, owed and told once."""
    more = {"producer_id": market.farm, "lines": [{"offer_id": eggs, "quantity": 2}], "agreed": "Alice, par téléphone"}
    key = {"Idempotency-Key": str(uuid4())}
    once, twice = (market.odile.ask("POST", f"/orders/{order_id}/late-lines", more, **key) for _ in range(2))
    assert once.status_code == 200 and once.json() == twice.json()
    sale = market.odile.do("GET", f"/orders/{order_id}")
    assert (sale["total_cents"], sale["number"]) == (650 + 680, 1)
    log = market.alice.do("GET", f"/distributions/{sale['distribution_id']}/late-lines")["items"]
    assert [(one["name"], one["quantity"], one["agreed"]) for one in log] == [
        ("Œufs de plein air", 2, "Alice, par téléphone")
    ]
    until(lambda: [mail for mail in town.mails_to(bob) if "ajoutés à votre commande" in mail["text"]])
    until(lambda: [mail for mail in town.mails_to(market.alice.email) if "Alice, par téléphone" in mail["text"]])
    owed = f"/orders/{order_id}/money"
    until(lambda: market.odile.ask("GET", owed).json().get("sellers", [{}])[0].get("owed_cents") == 650 + 680)
