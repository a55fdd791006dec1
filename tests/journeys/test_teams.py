"""People are named for a farm and for an evening, by those who may, over the real broker."""

from datetime import UTC, datetime, timedelta

from tests.journeys.town import Market, Town, Visitor, until

NOT_MAY = (403, "right-missing")


def named(by: Visitor, right: str, object_id: str, email: str, **until_when: str) -> str:
    """The grant, once members knows the object."""
    wanted = {"right": right, "object_id": object_id, "email": email} | until_when
    answer = until(lambda: said if (said := by.ask("POST", "/grants", wanted)).status_code < 300 else None)
    grant_id: str = answer.json()["grant_id"]
    return grant_id


def test_a_deputy_is_named_for_one_evening_before_it_opens_and_sees_that_one(town: Town) -> None:
    market, zoe, charlie = Market(town), town.person("Zoe"), town.person("Charlie")
    market.offer(market.import_csv()[0])
    later = {"opens_at": town.wall(seconds=8)}
    evening, other = (planned["distribution_id"] for planned in (*market.plan(**later), *market.plan()))
    tonight = {"valid_until": (datetime.now(UTC) + timedelta(days=3)).isoformat()}
    grant_id = named(market.odile, "handover", evening, zoe.email, **tonight)
    wanted = {"right": "handover", "object_id": other, "email": charlie.email} | tonight
    assert {who.refused("POST", "/grants", wanted) for who in (zoe, charlie, market.alice)} == {NOT_MAY}
    for sale in (evening, other):
        market.sheet(sale)

    def reads(distribution_id: str) -> int:
        return zoe.ask("GET", f"/distributions/{distribution_id}/handover-list").status_code

    until(lambda: reads(evening) == 200)
    assert reads(other) == 404
    assert charlie.ask("DELETE", f"/grants/{grant_id}").status_code == 404
    zoe.do("DELETE", f"/grants/{grant_id}")
    until(lambda: reads(evening) == 404)


def test_a_farm_is_not_lost_when_the_one_who_founded_it_leaves(town: Town) -> None:
    market, paul = Market(town), town.person("Paul")
    market.import_csv()
    named(market.alice, "sell", market.farm, paul.email)

    def products(of: Visitor) -> int:
        return len(of.do("GET", f"/producers/{market.farm}/products")["items"])

    until(lambda: paul.ask("GET", f"/producers/{market.farm}/products").status_code == 200)
    assert products(paul) == 2
    held = paul.do("GET", f"/grants?right=sell&object_id={market.farm}")["items"]
    grants = {one["email"]: one["grant_id"] for one in held}
    market.alice.do("DELETE", f"/grants/{grants[market.alice.email]}")
    until(lambda: market.alice.ask("GET", f"/producers/{market.farm}/products").status_code == 403)
    assert paul.refused("DELETE", f"/grants/{grants[paul.email]}") == (409, "last-holder")
    assert products(paul) == 2
