"""A market and a farm write to all who ordered, over the real broker: each person is told once, strangers never."""

from typing import Any
from uuid import uuid4

from tests.journeys.town import Market, Town, Visitor, until


def ordered(visitor: Visitor, sale: str, offer: dict[str, Any], **changes: Any) -> dict[str, Any]:
    wish = {"offer_id": offer["offer_id"], "quantity": 1}
    placed: dict[str, Any] = visitor.do("POST", "/orders", {"distribution_id": sale, "lines": [wish]} | changes)
    return placed


def about(town: Town, visitor: Visitor, subject: str) -> list[dict[str, Any]]:
    return [mail for mail in town.mails_to(visitor.email) if mail["subject"].startswith(subject)]


def test_everybody_who_ordered_is_told_once_by_the_market_and_by_the_farm(town: Town) -> None:
    market, bob, claire, charlie = Market(town), town.person("Bob"), town.person("Claire"), town.person("Charlie")
    carrots, eggs = (market.offer(product, stock_mode="unlimited") for product in market.import_csv())
    (planned,) = market.plan()
    sale = planned["distribution_id"]
    market.sheet(sale)
    ordered(bob, sale, carrots)
    ordered(bob, sale, eggs, recipient="Tante Jeanne")
    ordered(claire, sale, eggs)
    gone = ordered(charlie, sale, eggs)
    charlie.do("DELETE", f"/orders/{gone['order_id']}?version=1")
    words = {"subject": "La halle est fermée", "text": "On se retrouve à l'école.\nhttps://x.example"}
    path = f"/distributions/{sale}/messages"
    for stranger, body in ((charlie, words), (bob, words), (market.alice, words)):
        assert stranger.refused("POST", path, body) == (404, "no-such-sale")
    until(lambda: market.odile.do("GET", f"/distributions/{sale}/buyers")["by_mail"] == 2)
    key = str(uuid4())
    twice = [market.odile.ask("POST", path, words, **{"Idempotency-Key": key}) for _ in range(2)]
    assert [one.status_code for one in twice] == [201, 201] and twice[0].json() == twice[1].json()
    assert (twice[0].json()["by_mail"], twice[0].json()["by_telephone"]) == (2, 0)
    bottles = {"subject": "Vos bouteilles", "text": "Apportez-les vides.", "producer_id": market.farm}
    market.alice.do("POST", path, bottles)
    for visitor in (bob, claire):
        (mail,) = until(lambda: about(town, visitor, words["subject"]))  # noqa: B023
        assert "Odile, responsable du marché, écrit à tous" in mail["text"] and market.about["name"] in mail["subject"]
        (mail,) = until(lambda: about(town, visitor, bottles["subject"]))  # noqa: B023
        assert "Alice (Ferme du Rieu) écrit à tous" in mail["text"]
    assert not about(town, charlie, "La halle") and not about(town, charlie, "Vos bouteilles")
    found = until(lambda: _told(market, sale))
    assert [one["subject"] for one in found["messages"]] == ["Vos bouteilles", "La halle est fermée"]
    assert found["left"] == 2
    trail = market.odile.do("GET", f"/audit/orders?object_id={market.id}")["items"]
    assert [one["right"] for one in trail if one["door"] == "orders.write_to_buyers"] == ["sell", "organise"]


def _told(market: Market, sale: str) -> Any:
    """What Odile sees once all of it was handed on."""
    found = market.odile.do("GET", f"/distributions/{sale}/buyers")
    return found if all(one["done_at"] for one in found["messages"]) else None
