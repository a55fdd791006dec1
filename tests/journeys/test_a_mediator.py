"""Jeanne has no e-mail: Malik orders in her name by her consent, and can do nothing once she says no."""

from typing import Any

import pytest
import requests
from psycopg import Connection

from tests.journeys.caromb import Week
from tests.journeys.town import Town, Visitor, until
from tests.printing.reading import text

CAROMB = "84030"


@pytest.fixture
def week(town: Town) -> Any:
    yield Week(town)
    town.set_clock(None)


def appointed(town: Town) -> Visitor:
    """Malik, whom an operator lets mediate in Caromb."""
    olga, malik = town.person("Olga"), town.person("Malik")
    operator_id = olga.do("GET", "/account")["person_id"]
    with town.instance.postgres.connect("halle_members") as connection:
        _make_operator(connection, operator_id)
    olga.do("POST", "/mediators", {"email": malik.email, "insee": CAROMB})
    return malik


def _make_operator(connection: Connection[Any], person_id: str) -> None:
    statement = "insert into grants values (uuidv7(), %s, 'operate', null, true, null, 1)"
    connection.execute(statement, [person_id])


def test_a_mediator(week: Week) -> None:
    town, malik = week.town, appointed(week.town)
    person = {"insee": CAROMB, "name": "Jeanne Perrin", "phone": "04 90 62 00 01", "signed_on": "2026-10-17"}
    consent = malik.do("POST", "/people", person)
    jeanne = consent["consumer_id"]
    order = _order_in_her_name(week, malik, jeanne)
    _everybody_reads_both_names(week, malik, jeanne, order)
    _she_says_no_at_ten(week, malik, consent, order)
    _the_baker_drops_out(week, order)
    _what_he_did_is_in_the_trail(week, malik, jeanne, order)
    assert not [mail for mail in town.mails_to(malik.email) if order["code"] in mail["text"]]


def _order_in_her_name(week: Week, malik: Visitor, jeanne: str) -> Any:
    """At once after the paper was signed; a change names the version, as everybody's."""
    wishes = {"distribution_id": week.id, "lines": week.wishes(Baguette=2), "on_behalf_of": jeanne}
    order = malik.do("POST", "/orders", wishes)
    assert order["consumer_id"] == jeanne
    change = {"version": 1, "lines": week.wishes(Baguette=3), "on_behalf_of": jeanne}
    changed = malik.do("PATCH", f"/orders/{order['order_id']}", change)
    assert [(act["version"], act["mediator_name"]) for act in changed["acts"]] == [(1, "Malik"), (2, "Malik")]
    assert malik.do("GET", "/orders")["items"] == []
    return changed


def _what_he_did_is_in_the_trail(week: Week, malik: Visitor, jeanne: str, order: Any) -> None:
    """For the market's organiser, newest first; and not for him, who only mediates."""
    trail = f"/audit/orders?object_id={week.market.id}&person_id={malik.do('GET', '/account')['person_id']}"
    deeds = week.market.odile.do("GET", trail)["items"]
    assert [(deed["door"], deed["right"]) for deed in deeds] == [
        ("orders.amend_order", "mediate"), ("orders.place_order", "mediate"),
    ]  # fmt: skip
    assert {(deed["facts"]["on_behalf_of"], deed["facts"]["order_id"]) for deed in deeds} == {
        (jeanne, order["order_id"])
    }
    assert malik.refused("GET", trail) == (404, "no-such-trail")


def _everybody_reads_both_names(week: Week, malik: Visitor, jeanne: str, order: Any) -> None:
    path = f"/orders/{order['order_id']}"
    assert malik.do("GET", f"{path}?on_behalf_of={jeanne}") == order
    assert malik.refused("GET", path) == (404, "no-such-order")
    (row,) = week.market.odile.do("GET", f"/distributions/{week.id}/handover-list")["items"]
    assert (row["name"], row["mediator"]) == ("Jeanne Perrin", "Malik")
    slip = malik.ask("GET", f"/people/{jeanne}{path}/slip.pdf")
    assert slip.headers["Content-Type"] == "application/pdf"
    found = text(slip.content)
    for words in ("Jeanne Perrin", "Malik", order["code"], "Baguette", "La halle", "17:00", "3,60"):
        assert words in found, words


def _she_says_no_at_ten(week: Week, malik: Visitor, consent: Any, order: Any) -> None:
    """At 10:00:00 her word is noted; five seconds later nothing is left of it, with the token still held.

    Orders has not even heard of it: whoever hears for it is stopped.
    """
    week.town.instance.stop("orders-hears")
    week.town.set_clock(week.time(1, "10:00:00"))
    path, jeanne = f"/orders/{order['order_id']}", consent["consumer_id"]
    malik.do("DELETE", f"/consents/{consent['consent_id']}")
    week.town.set_clock(week.time(1, "10:00:05"))
    more = {"lines": week.wishes(Baguette=1), "on_behalf_of": jeanne}
    tries: list[tuple[str, str, Any]] = [
        ("GET", f"{path}?on_behalf_of={jeanne}", None),
        ("GET", f"/orders?on_behalf_of={jeanne}", None),
        ("GET", f"/people/{jeanne}{path}/slip.pdf", None),
        ("POST", "/orders", more | {"distribution_id": week.id}),
        ("PATCH", path, more | {"version": 2}),
        ("DELETE", f"{path}?version=2&on_behalf_of={jeanne}", None),
    ]
    for method, where, body in tries:
        assert malik.refused(method, where, body) == (403, "no-consent"), where
    week.town.instance.start("orders-hears")
    session = str(malik.http.headers["Authorization"]).removeprefix("Bearer ")
    page = requests.get(f"{week.town.url}{path}", cookies={"session": session, "acting": jeanne}, timeout=10)
    assert page.status_code == 403 and order["code"] not in page.text and "acting=;" in page.headers["Set-Cookie"]


def _the_baker_drops_out(week: Week, order: Any) -> None:
    """No mail reaches Jeanne: she is called."""
    week.town.set_clock(week.time(3, "20:00:01"))
    week.market.close_now(week.id)
    baker, path = week.sellers["Le Fournil"], f"/distributions/{week.id}/producers/{week.farms['Le Fournil']}/drop-out"
    numbered = f"/distributions/{week.id}/handover-list"
    until(lambda: week.market.odile.do("GET", numbered)["items"][0]["number"])
    seen = baker.do("GET", path)
    assert seen["by_telephone"] == 1
    shown = {name: seen[name] for name in ("orders", "amount_cents")}
    until(lambda: baker.ask("POST", path, shown | {"reason": "Four en panne."}).status_code == 200)
    called = until(lambda: week.market.odile.do("GET", f"/distributions/{week.id}/telephone-list")["items"])
    assert [(one["name"], one["phone"], one["order_id"]) for one in called] == [
        ("Jeanne Perrin", "04 90 62 00 01", order["order_id"])
    ]
