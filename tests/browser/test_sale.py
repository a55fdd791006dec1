"""One whole sale in a real browser: from three sign-ups to the list that arrives by mail, once."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from contracts.money import line_amount
from deploy import processes
from deploy.instance import Instance
from tests.browser.people import CSV, PARIS, Visitor
from tests.journeys.town import Town

CLOSED_AFTER = 3
"""Hours by which the clock is moved on."""


@pytest.fixture(scope="module")
def people(chromium: Browser, instance: Instance) -> list[Visitor]:
    """Alice sells, Bob buys on a telephone, Odile organises; each has an account."""
    where = instance.gateway_url, instance.mailbox_url
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    sizes: dict[str, dict[str, Any]] = {"Alice": {}, "Bob": phone, "Odile": {}}
    people = [Visitor(chromium, *where, name, **size) for name, size in sizes.items()]
    for person in people:
        person.join()
    return people


@pytest.fixture(scope="module")
def market(people: list[Visitor], instance: Instance) -> str:
    """Odile's, where Alice sells; none of the sales in it counts on another."""
    alice, _, odile = people
    return sell_at_a_new_market(Town(instance), alice, odile)


def test_a_whole_sale(people: list[Visitor], market: str, instance: Instance) -> None:
    alice, bob, odile = people
    odile.go(f"/organise/{market}")
    odile.plan(datetime.now(UTC) - timedelta(minutes=1))
    wait(lambda: opened(bob), "the sale to open")
    shop = order_and_change(bob)
    close(instance, hours=CLOSED_AFTER)
    mail = alice.letter("À préparer")
    lists_are_exact(alice, odile, shop, mail["text"])
    bob.go(shop)
    bob.sees("Les commandes sont closes")
    the_day(alice, bob, odile, shop)
    assert [one["subject"] for one in alice.letters()].count(mail["subject"]) == 1
    assert [person.broken for person in people] == [[], [], []]


def order_and_change(bob: Visitor) -> str:
    """Order three things, change one, drop one: the shop's address."""
    bob.click("Commander – Marché de Caromb")
    bob.page.wait_for_url("**/distributions/*")
    shop = bob.page.url
    bob.offer("Carottes de Caromb", "1.5")
    bob.offer("Pain de campagne", "2")
    bob.page.get_by_role("button", name=re.compile(r"^\+ Quantité : Œufs plein air")).click()
    expect(bob.page.locator("[data-cents]")).to_have_text(re.compile("14,50"))
    bob.click("Commander")
    bob.sees("C’est commandé")
    bob.sees("14,50")
    bob.click("Changer ma commande")
    bob.offer("Pain de campagne", "3")
    bob.offer("Œufs plein air, les six", "0")
    bob.click("Enregistrer mes changements")
    bob.sees("Votre commande est changée")
    bob.sees("16,20")
    assert bob.letter("enregistrée")["to"] == [bob.email]
    bob.letter("modifiée")
    return shop


def lists_are_exact(alice: Visitor, odile: Visitor, shop: str, letter: str) -> None:
    """To the unit, on the page as in the letter."""
    assert all(text in letter for text in ("1,5", "Carottes de Caromb", "3", "Pain de campagne"))
    alice.go(f"{shop}/preparation-lists/{farm_of(alice)}")
    rows = alice.page.locator("table.lines tbody tr").all_inner_texts()
    brought = sorted(" ".join(row.split()) for row in rows)
    assert brought == ["1,5 kg Carottes de Caromb 3,60 €", "3 Pain de campagne 12,60 €"]
    odile.go(f"{shop}/handover-list")
    odile.sees("1 commande, par nom")
    odile.sees("16,20")


def the_day(alice: Visitor, bob: Visitor, odile: Visitor, shop: str) -> None:
    """A loaf is short, Bob hears of it, and what is left is handed over by telephone."""
    wait(lambda: followed(alice, f"{shop}/preparation-lists/{farm_of(alice)}", "Ce qui est venu"), "the close")
    alice.page.get_by_label(re.compile(r"^Manque\s:\sPain de campagne")).fill("4")
    alice.click("Enregistrer")
    alice.sees("Il ne peut pas manquer plus que ce qui était commandé")
    assert "400" in alice.broken.pop(), "the browser reports the refusal as well"
    alice.page.get_by_label(re.compile(r"^Manque\s:\sPain de campagne")).fill("1")
    alice.click("Enregistrer")
    alice.sees("Les personnes concernées par un manque sont prévenues")
    assert "1  Pain de campagne" in bob.letter("manque quelque chose")["text"]
    assert followed(odile, f"{shop}/handover-list", "Remettre les commandes")
    odile.page.set_viewport_size({"width": 360, "height": 740})
    odile.page.get_by_label("Nom, numéro ou code").fill("personne")
    expect(odile.page.get_by_role("button", name="Remis Bob")).to_be_hidden()
    odile.page.get_by_label("Nom, numéro ou code").fill("BOB")
    odile.page.get_by_role("button", name="Remis Bob").click()
    odile.sees("C’est remis")
    bob.go("/orders")
    bob.page.locator("main").get_by_role("link", name=re.compile("Marché de Caromb")).first.click()
    bob.sees("il manque 1 sur 3")
    bob.sees("12,00")
    bob.sees("remise")


def followed(person: Visitor, path: str, link: str) -> bool:
    """Whether the page has such a link by now; then it is followed."""
    person.go(path)
    found = person.page.locator("main").get_by_role("link", name=link, exact=True)
    if not found.count():
        return False
    found.click()
    return True


def sell_at_a_new_market(town: Town, alice: Visitor, odile: Visitor) -> str:
    """A farm, its products from a file, and an approved market that admits it: the market's id."""
    alice.register_farm()
    odile.found_market()
    market = odile.page.url.split("/organise/")[1][:36]
    odile.go(f"/organise/{market}")
    odile.sees("n’est pas encore public")
    town.approve(market)
    alice.go(f"/markets/{market}")
    alice.click("Demander à vendre ici")
    alice.sees("La demande de la ferme est envoyée")
    odile.go(f"/organise/{market}/producers")
    odile.click("Admettre")
    odile.sees("La ferme est admise")
    alice.go(f"/farms/{farm_of(alice)}/import")
    alice.page.locator("#file").set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    alice.click("Voir ce que cela ferait")
    alice.sees("1 ligne est à corriger")
    alice.choose(market_id="Marché de Caromb")
    alice.click("Importer 4 lignes")
    alice.sees("4 lignes sont importées")
    return market


def farm_of(alice: Visitor) -> str:
    alice.go("/farms")
    return str(alice.page.locator(".card a").first.get_attribute("href")).split("/")[-1]


def opened(bob: Visitor) -> bool:
    """Whether Bob, who looks for it, finds the market open."""
    bob.go("/")
    bob.type(place="caromb")
    bob.click("Chercher")
    bob.sees("Marché de Caromb")
    return bob.page.locator("main").get_by_text("commandes ouvertes").count() > 0


def opened_at_market(charlie: Visitor) -> bool:
    """Whether the market's own page has an open sale."""
    charlie.go("/?place=caromb")
    charlie.click("Marché de Caromb")
    charlie.sees("Prochaines distributions")
    return charlie.page.get_by_role("link", name=re.compile("^Commander")).count() > 0


def close(instance: Instance, hours: int) -> None:
    """Move every clock of the instance on, all alike: the window's own timer closes it."""
    for service in processes.services():
        url = instance.database_url(service).replace("+psycopg", "", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute('update clock set "offset" = make_interval(hours => %s)', [hours])


def wait(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited for {what}"
        time.sleep(0.2)


def test_without_script_a_basket_survives_signing_in(
    chromium: Browser, people: list[Visitor], market: str, instance: Instance
) -> None:
    odile = people[2]
    where = instance.gateway_url, instance.mailbox_url
    charlie = Visitor(chromium, *where, "Charlie", java_script_enabled=False)
    charlie.join()
    charlie.go("/account")
    charlie.click("Se déconnecter")
    charlie.sees("Vous êtes déconnecté")
    odile.go(f"/organise/{market}")
    odile.plan(datetime.fromisoformat(Town(instance).wall(minutes=-1)).replace(tzinfo=PARIS))
    wait(lambda: opened_at_market(charlie), "the next sale to open")

    charlie.page.get_by_role("link", name=re.compile("^Commander")).click()
    charlie.offer("Pain de campagne", "2")
    charlie.click("Se connecter et commander")
    charlie.sign_in()
    expect(charlie.page.get_by_role("spinbutton", name="Quantité : Pain de campagne")).to_have_value("2")
    charlie.click("Commander")
    charlie.sees("C’est commandé")
    charlie.click("Annuler")
    charlie.sees("Les produits retournent en vente")
    charlie.click("Oui, annuler")
    charlie.sees("Cette commande est annulée")
    charlie.letter("annulée")
    assert charlie.broken == []


def test_the_running_total_is_the_services_own_formula(people: list[Visitor]) -> None:
    page = people[1].page
    page.goto("/")
    cases = [(240, 1500, 1, 1000), (333, 1, 1, 1000), (1, 500, 1, 1000), (1390, 3, 1850, 1000), (99, 7, 1, 1)]
    page.evaluate("async () => { window.shop = await import('/static/shop.js') }")
    for price, quantity, times, per in cases:
        shown = page.evaluate("([p, q, t, d]) => shop.lineCents(p, q, t, d)", [price, quantity, times, per])
        assert shown == line_amount(price, quantity * times, per)
    assert page.evaluate("shop.quantityOf('1,5', 1000)") == 1500
    assert page.evaluate("shop.folded('Œufs d’Été')") == "oeufs d’ete"
