"""A week in Caromb, to the cent and the second: ordered, changed, weighed, short of a bottle, handed over.

3 baguettes at 1.20, 1.5 kg of carrots at 2.60, a chicken of about 1.8 kg at 11.90 a kilogram, 2 bottles at 8.50: 45.92.
"""

from functools import partial
from typing import Any

import pytest
import requests

from tests.journeys.caromb import PAID, Week
from tests.journeys.town import Town, Visitor, until


@pytest.fixture
def week(town: Town) -> Any:
    yield Week(town)
    town.set_clock(None)


def left(week: Week) -> dict[str, int]:
    found = week.market.odile.do("GET", f"/distributions/{week.id}/availability")["left"]
    names = {offer: name for name, offer in week.offers.items()}
    return {names[one["offer_id"]]: one["left"] for one in found}


def test_a_week_in_caromb(week: Week) -> None:
    bob, odile = week.town.person("Bob"), week.market.odile
    lines = week.wishes(Baguette=3, Carottes=1500, Poulet=1, Vin=2)
    order = bob.do("POST", "/orders", {"distribution_id": week.id, "lines": lines})
    path = f"/orders/{order['order_id']}"
    assert order["total_cents"] == 4592

    week.town.set_clock("2026-10-20T12:00:01")
    refused = bob.ask("PATCH", path, {"version": 1, "lines": week.wishes(Baguette=2, Carottes=2500)})
    assert (refused.status_code, refused.json()["code"]) == (409, "line-closed")
    assert [one["name"] for one in refused.json()["details"]["lines"]] == ["Baguette"]
    assert bob.do("GET", path)["total_cents"] == 4592
    changed = bob.do("PATCH", path, {"version": 1, "lines": week.wishes(Carottes=2500)})
    assert changed["total_cents"] == 4852

    week.town.set_clock("2026-10-21T20:00:01")
    closed = until(lambda: _numbered(bob, path))
    stock = left(week)
    week.town.set_clock("2026-10-23T17:05")
    week.settle("La Volière", closed, grams=1743)
    week.settle("La Cave", closed, short=1)
    due = bob.do("GET", path)
    amounts = {one["name"]: one["amount_cents"] for one in due["lines"]}
    assert amounts == {"Baguette": 360, "Carottes": 650, "Poulet": 2074, "Vin": 850}
    assert (due["total_cents"], due["number"]) == (3934, closed["number"])
    assert left(week) == stock, "the broken bottle is not back on sale"
    until(lambda: [mail for mail in week.town.mails_to(bob.email) if "manque" in mail["subject"]])

    listed = odile.do("GET", f"/distributions/{week.id}/handover-list")["items"]
    assert [row["total_cents"] for row in listed] == [3934]
    handed = odile.do("PUT", f"{path}/handover", {"version": due["version"], "state": "handed_over", "to": "Sa fille"})
    assert (handed["state"], handed["handed_to"]) == ("handed_over", "Sa fille")
    _is_paid_into_four_tills(week, path, bob)
    _closes_for_good(week, path)
    page = requests.get(f"{week.town.url}{path}", cookies=_in_a_browser(bob), timeout=10).text
    assert all(f"{amount}\xa0€" in page for amount in ("39,34", "0,19", "0,34", "1,08", "1,42")), page


def _is_paid_into_four_tills(week: Week, path: str, bob: Visitor) -> None:
    """Cash for two farms, a cheque and a card for the others; the page, the receipt and the tills say the same."""
    odile = week.market.odile
    version = bob.do("GET", path)["version"]
    money = until(lambda: _known(bob, path, version))
    by_name = {one["producer_name"]: one for one in money["sellers"]}
    assert {name: one["due_cents"] for name, one in by_name.items()} == PAID
    for means, names in (
        ("cash", ("Le Fournil", "Les Maraîchers")),
        ("cheque", ("La Volière",)),
        ("card", ("La Cave",)),
    ):
        parts = [{"producer_id": week.farms[name], "amount_cents": PAID[name]} for name in names]
        odile.do("POST", f"{path}/payments", {"version": version, "means": means, "parts": parts})
    assert bob.refused("POST", f"{path}/payments", {"version": version, "means": "cash", "parts": parts})[0] == 404
    assert [one["due_cents"] for one in bob.do("GET", f"{path}/money")["sellers"]] == [0, 0, 0, 0]
    evening = odile.do("GET", f"/distributions/{week.id}/tills")
    held = {till["holder"]: sum(_sum(part) for part in till["parts"]) for till in evening["tills"]}
    assert held == PAID and sum(held.values()) == 3934
    mine = week.sellers["La Cave"].do("GET", f"/distributions/{week.id}/tills")
    assert [till["holder"] for till in mine["tills"]] == ["La Cave"]


def _closes_for_good(week: Week, path: str) -> None:
    odile, cave = week.market.odile, week.sellers["La Cave"]
    assert cave.refused("POST", f"/distributions/{week.id}/books")[0] == 404
    odile.do("POST", f"/distributions/{week.id}/books")
    final = until(lambda: _final(odile, week.id))
    assert final["state"] == "final"
    until(lambda: odile.do("GET", f"/distributions/{week.id}")["state"] == "final")
    before = odile.do("GET", f"/distributions/{week.id}/tills")
    assert before["final_at"] and before["open_orders"] == []
    part = {"producer_id": week.farms["La Cave"], "amount_cents": 850}
    assert odile.refused("POST", f"{path}/payments", {"version": 1, "means": "cash", "parts": [part]}) == (
        409,
        "books-closed",
    )
    cave.do("POST", f"{path}/adjustments", {"part": part, "reason": "Bouchonné"})
    assert odile.do("GET", f"/distributions/{week.id}/tills") == before, "what comes later is apart"
    dues = {one["producer_name"]: one["due_cents"] for one in odile.do("GET", f"{path}/money")["sellers"]}
    assert dues == dict.fromkeys(PAID, 0) | {"La Cave": -850}


def _sum(part: dict[str, Any]) -> int:
    return sum(int(part[f"{means}_cents"]) for means in ("cash", "cheque", "card", "transfer"))


def _known(person: Visitor, path: str, version: int) -> Any:
    """An order's money, once payments knows it as it is shown."""
    answer = person.ask("GET", f"{path}/money")
    found = answer.json()
    return found if answer.status_code == 200 and found["version"] == version else None


def _final(odile: Visitor, distribution_id: str) -> Any:
    found = odile.do("GET", f"/distributions/{distribution_id}/books")
    return found if found["state"] == "final" else None


def test_a_tractor_breaks_and_one_action_tells_everybody(week: Week) -> None:
    people = [week.town.person(f"P{n}") for n in range(3)]
    wishes = [week.wishes(Carottes=1000, Baguette=2), week.wishes(Carottes=500), week.wishes(Baguette=1)]
    for person, lines in zip(people, wishes, strict=True):
        person.do("POST", "/orders", {"distribution_id": week.id, "lines": lines})
    week.town.set_clock("2026-10-21T20:00:01")
    paths = [f"/orders/{person.do('GET', '/orders')['items'][0]['order_id']}" for person in people]
    before = [until(partial(_numbered, person, path)) for person, path in zip(people, paths, strict=True)]
    stock = left(week)

    week.town.set_clock("2026-10-23T06:00")
    alice, path = week.sellers["Les Maraîchers"], f"/distributions/{week.id}/producers/{week.farms['Les Maraîchers']}"
    seen = alice.do("GET", f"{path}/drop-out")
    assert (seen["orders"], seen["emptied"], seen["amount_cents"], seen["by_telephone"]) == (2, 1, 390, 0)
    said = {"orders": 2, "amount_cents": 390, "reason": "Le tracteur est en panne."}
    assert people[0].refused("POST", f"{path}/drop-out", said)[0] == 404
    alice.do("POST", f"{path}/drop-out", said)
    until(lambda: alice.do("GET", f"{path}/drop-out")["done_at"])
    after = [person.do("GET", path) for person, path in zip(people, paths, strict=True)]
    assert [one["state"] for one in after] == ["placed", "cancelled", "placed"]
    assert sum(one["total_cents"] for one in before) - sum(one["total_cents"] for one in after) == 390
    assert [one["number"] for one in after] == [one["number"] for one in before] and left(week) == stock
    for person in people[:2]:
        assert len(until(partial(_about, week.town, person, "tracteur"))) == 1
    until(lambda: _about(week.town, week.market.odile, "3,90"))
    assert _about(week.town, people[2], "tracteur") == []
    assert week.market.odile.do("GET", f"/distributions/{week.id}/telephone-list")["items"] == []


def _about(town: Town, person: Visitor, word: str) -> list[Any]:
    return [mail for mail in town.mails_to(person.email) if word in mail["text"]]


def _numbered(person: Visitor, path: str) -> Any:
    found = person.do("GET", path)
    return found if found["number"] else None


def _in_a_browser(person: Visitor) -> dict[str, str]:
    """The session as a browser holds it."""
    return {"session": str(person.http.headers["Authorization"]).removeprefix("Bearer ")}


def test_a_grower_below_his_threshold_lets_his_neighbour_carry(town: Town) -> None:
    """He comes from 80 €; 64.30 € are ordered by 9 people when his lines close."""
    try:
        week = Week(town, thresholds={"Les Maraîchers": 8000})
        _nine_order(week)
        _is_asked_and_lets_carry(week)
    finally:
        town.set_clock(None)


def _nine_order(week: Week) -> None:
    """Carrots at 2.60 a kilogram: 24.73 kg come to 64.30."""
    shown = week.market.sheet(week.id)
    assert [one["threshold_cents"] for one in shown["thresholds"]] == [8000]
    for n in range(9):
        person = week.town.person(f"N{n}")
        lines = week.wishes(Carottes=2730 if n == 0 else 2750)
        person.do("POST", "/orders", {"distribution_id": week.id, "lines": lines})


def _is_asked_and_lets_carry(week: Week) -> None:
    grower, odile = week.sellers["Les Maraîchers"], week.market.odile
    week.town.set_clock("2026-10-21T20:00:01")
    (asked,) = until(partial(_about, week.town, grower, "80,00"))
    assert "64,30" in asked["text"] and "9" in asked["text"]
    path = f"/distributions/{week.id}"
    (mine,) = grower.do("GET", f"{path}/presences")["items"]
    assert (mine["ordered_cents"], mine["people"], mine["coming"]) == (6430, 9, None)
    presence = f"{path}/producers/{week.farms['Les Maraîchers']}/presence"
    assert week.sellers["La Cave"].refused("PUT", presence, {"coming": "withdrawn"})[0] == 404
    grower.do("PUT", presence, {"coming": "carried", "carrier": "Jean Bleu"})
    until(partial(_about, week.town, odile, "Jean Bleu"))
    note = f"{week.town.url}{path}/producers/{week.farms['Les Maraîchers']}/delivery-note"
    page = requests.get(note, cookies=_in_a_browser(grower), timeout=10).text
    assert "Jean Bleu" in page and "24,73\xa0kg" in page and page.count('class="code"') == 9


def test_snow_cancels_a_sale_and_everybody_who_would_have_come_is_told(week: Week) -> None:
    bob, odile = week.town.person("Bob"), week.market.odile
    order = bob.do("POST", "/orders", {"distribution_id": week.id, "lines": week.wishes(Vin=2)})
    path = f"/distributions/{week.id}/cancellation"
    assert bob.refused("GET", path)[0] == 404
    seen = odile.do("GET", path)
    assert (seen["orders"], seen["amount_cents"], seen["farms"]) == (1, 1700, 4)
    said = {"orders": 1, "amount_cents": 1700, "reason": "Trop de neige."}
    assert odile.refused("POST", path, said | {"orders": 2}) == (409, "figures-moved")
    odile.do("POST", path, said)
    until(lambda: odile.do("GET", path)["done_at"])
    assert bob.do("GET", f"/orders/{order['order_id']}")["state"] == "cancelled"
    again = {"distribution_id": week.id, "lines": week.wishes(Vin=2)}
    assert bob.refused("POST", "/orders", again) == (409, "window-closed")
    for person in (bob, odile, *week.sellers.values()):
        assert len(until(partial(_about, week.town, person, "neige"))) == 1
    until(lambda: odile.do("GET", f"/distributions/{week.id}")["state"] == "cancelled")
