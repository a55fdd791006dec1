"""Two adults order for one household, over the real broker: one order, two names, two mails, and an end to it."""

from typing import Any

from tests.journeys.town import Market, Town, Visitor, until

HOUSEHOLD = "/account/household"


def _invited(bob: Visitor, claire: Visitor, charlie: Visitor) -> str:
    """Claire accepts what nobody else sees; her letter says who asks."""
    adult = bob.do("POST", HOUSEHOLD, {"name": "Claire", "email": claire.email})["adults"][0]
    letter = until(lambda: [mail for mail in bob.town.mails_to(claire.email) if HOUSEHOLD in mail["text"]])
    assert "Bob" in letter[0]["subject"]
    acceptance = f"{HOUSEHOLD}/{adult['adult_id']}/acceptance"
    assert charlie.refused("POST", acceptance, {}) == (404, "no-such-adult")
    claire.do("POST", acceptance, {})
    adult_id: str = adult["adult_id"]
    return adult_id


def test_two_adults_order_for_one_household(town: Town) -> None:
    market, bob, claire, charlie = Market(town), town.person("Bob"), town.person("Claire"), town.person("Charlie")
    offer = market.offer(market.import_csv()[1], stock_mode="per_distribution", stock=50)
    (planned,) = market.plan()
    sale = planned["distribution_id"]
    market.sheet(sale)
    adult_id = _invited(bob, claire, charlie)
    wanted: dict[str, Any] = {
        "distribution_id": sale,
        "lines": [{"offer_id": offer["offer_id"], "quantity": 2}],
        "on_behalf_of": bob.do("GET", "/account")["person_id"],
    }
    order = until(lambda: said.json() if (said := claire.ask("POST", "/orders", wanted)).status_code < 300 else None)
    path, change = f"/orders/{order['order_id']}", {"lines": [{"offer_id": offer["offer_id"], "quantity": 1}]}
    assert bob.do("GET", path) == claire.do("GET", path) == order
    assert charlie.refused("GET", path) == (404, "no-such-order")
    assert charlie.refused("POST", "/orders", wanted) == (403, "no-consent")
    bob.do("PATCH", path, change | {"version": 1})
    changed = claire.do("PATCH", path, {"version": 2, "lines": wanted["lines"]})
    assert [(act["version"], act["mediator_name"]) for act in changed["acts"]] == [(1, "Claire"), (3, "Claire")]
    for adult in (bob, claire):
        until(lambda: len([mail for mail in town.mails_to(adult.email) if order["code"] in mail["text"]]) == 3)  # noqa: B023
    (row,) = market.odile.do("GET", f"/distributions/{sale}/handover-list")["items"]
    assert (row["name"], [one["name"] for one in row["adults"]]) == ("Bob", ["Claire"])
    bob.do("DELETE", f"{HOUSEHOLD}/{adult_id}")
    until(lambda: claire.ask("GET", path).status_code == 404)
    assert claire.refused("PATCH", path, change | {"version": 3}) == (404, "no-such-order")
    assert claire.do("GET", "/orders")["items"] == [] and bob.do("GET", path)["version"] == 3
