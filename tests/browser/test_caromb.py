"""A week in Caromb at real browsers: what is ordered, changed, weighed, paid and closed, to the cent and the second."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from deploy.instance import Instance
from tests.browser.people import PARIS, Visitor
from tests.journeys.caromb import Week
from tests.journeys.town import Town, until

TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
SETTLED = {
    "Le Fournil": ("Espèces", "3,60", "0,19"),
    "Les Maraîchers": ("Espèces", "6,50", "0,34"),
    "La Volière": ("Chèque", "20,74", "1,08"),
    "La Cave": ("Carte", "8,50", "1,42"),
}
"""How each farm is paid, what, and its VAT: a chicken is lighter, a bottle broken."""


@pytest.fixture
def week(instance: Instance) -> Iterator[Week]:
    """A week to come: pages show what is over by the machine's own clock, which cannot be moved."""
    town, today = Town(instance), datetime.now(PARIS).date()
    yield Week(town, sunday=today + timedelta(days=13 - today.weekday()))
    town.set_clock(None)


def test_a_week_in_caromb(week: Week, chromium: Browser) -> None:
    bob = at_a_browser(chromium, week, week.town.person("Bob"))
    cave = at_a_browser(chromium, week, week.sellers["La Cave"], **TELEPHONE)
    voliere = at_a_browser(chromium, week, week.sellers["La Volière"], **TELEPHONE)
    odile = at_a_browser(chromium, week, week.market.odile, **TELEPHONE)
    order = orders(bob, week)
    changes_what_is_open(bob, week, order)
    week.town.set_clock(week.time(3, "20:00:01"))
    shows_in_time(bob, order, ".ticket", "Numéro")
    week.town.set_clock(week.time(5, "17:05"))
    settles(voliere, week.farms["La Volière"], "Poids : Poulet", "1,743", "20,74")
    stock = on_sale(bob, week)
    settles(cave, week.farms["La Cave"], "Manque : Vin", "1", "8,50")
    assert on_sale(bob, week) == stock, "the broken bottle is not back on sale"
    assert "1  Vin" in bob.letter("manque quelque chose")["text"]
    takes_the_money(odile, week)
    hands_over(odile)
    agrees(bob, order)
    closes_the_books(odile, week)
    assert [person.broken for person in (bob, cave, voliere, odile)] == [[], [], [], []]


def at_a_browser(chromium: Browser, week: Week, person: Any, **context: Any) -> Visitor:
    """Somebody of the town who is signed in at a browser."""
    instance = week.town.instance
    visitor = Visitor(chromium, instance.gateway_url, instance.mailbox_url, person.name, **context)
    visitor.email = person.email
    secret = person.http.headers["Authorization"].removeprefix("Bearer ")
    visitor.context.add_cookies([{"name": "session", "value": secret, "url": instance.gateway_url}])
    return visitor


def orders(bob: Visitor, week: Week) -> str:
    """Everything of the story, from the market's page: the order's address."""
    bob.go(f"/markets/{week.market.id}")
    bob.meets_no_barrier()
    bob.page.locator("main").get_by_role("link", name=re.compile("^Commander")).click()
    bob.offer("Baguette", "3")
    bob.offer("Carottes", "1.5")
    bob.page.get_by_role("button", name="+ Quantité : Poulet", exact=True).click()
    bob.offer("Vin", "2")
    expect(bob.page.locator("[data-cents]")).to_have_text(euros("45,92"))
    bob.meets_no_barrier()
    bob.click("Commander")
    bob.sees("C’est commandé")
    shows_a_total(bob, "45,92")
    bob.meets_no_barrier()
    return urlsplit(bob.page.url).path


def changes_what_is_open(bob: Visitor, week: Week, order: str) -> None:
    """The page was opened in time, and is sent a second too late for the baker: refused whole, then without him."""
    week.town.set_clock(week.time(2, "11:59"))
    bob.click("Changer ma commande")
    bob.offer("Baguette", "2")
    bob.offer("Carottes", "2.5")
    week.town.set_clock(week.time(2, "12:00:01"))
    bob.click("Enregistrer mes changements")
    expect(bob.page.get_by_role("alert")).to_contain_text("Baguette : La ferme a clos ses commandes.")
    expect(bob.page.get_by_role("alert")).not_to_contain_text("Carottes")
    assert "409" in bob.broken.pop(), "the browser reports the refusal as well"
    expect(bob.page.get_by_role("spinbutton", name=re.compile("Baguette"))).to_have_count(0)
    expect(bob.page.locator("[data-cents]")).to_have_text(euros("48,52"))
    bob.meets_no_barrier()
    assert bob.context.request.get(f"/api/v1{order}").json()["total_cents"] == 4592
    bob.click("Enregistrer mes changements")
    bob.sees("Votre commande est changée")
    shows_a_total(bob, "48,52")


def settles(seller: Visitor, farm: str, what: str, text: str, amount: str) -> None:
    """Type what came of the only order, from the farm's page on: what it is worth then."""
    seller.go(f"/farms/{farm}")
    seller.click("Ce qu’il faut apporter")
    seller.sees("1 commande")
    seller.meets_no_barrier()
    seller.click("Ce qui est venu")
    seller.page.get_by_label(re.compile(f"^{what}, commande 1$".replace(" : ", r"\s:\s"))).fill(text)
    seller.click("Enregistrer")
    seller.sees("C’est enregistré")
    expect(seller.page.get_by_role("cell", name=euros(amount))).to_be_visible()
    hidden = seller.page.locator(".scroll").evaluate("table => table.scrollWidth - table.clientWidth")
    assert hidden == 0, "what is to be typed, and what comes of it, is seen at once"
    seller.meets_no_barrier()


def on_sale(bob: Visitor, week: Week) -> Any:
    answer = bob.context.request.get(f"/api/v1/distributions/{week.id}/availability")
    assert answer.ok
    return answer.json()["left"]


def takes_the_money(odile: Visitor, week: Week) -> None:
    """Each farm's own money into its own till: cash for two, a cheque, a card."""
    odile.go(f"/organise/{week.market.id}")
    odile.click("Liste de remise")
    odile.sees("1 commande, par nom")
    odile.meets_no_barrier()
    odile.click("Remettre les commandes")
    odile.page.get_by_label("Nom, numéro ou code").fill("bob")
    odile.meets_no_barrier()
    odile.page.get_by_role("link", name=re.compile(r"^1\s+Bob$")).click()
    odile.page.wait_for_url("**/day/*")
    shows_in_time(odile, odile.page.url, ".till", euros("39,34"))
    odile.sees("Il y a de l’alcool")
    odile.meets_no_barrier()
    takes(odile, "39,34", "espèces", "Le Fournil", "Les Maraîchers")
    takes(odile, "29,24", "chèque", "La Volière", reference="0001234 Crédit Agricole")
    takes(odile, "8,50", "carte", "La Cave")
    expect(odile.page.locator(".till")).not_to_contain_text("Reste")
    odile.meets_no_barrier()


def takes(odile: Visitor, due: str, means: str, *farms: str, reference: str = "") -> None:
    """Take what such farms are due, after seeing what all are."""
    expect(odile.page.locator(".till")).to_contain_text(euros(due))
    for box in odile.page.get_by_role("checkbox").all():
        box.uncheck()
    for farm in farms:
        odile.page.get_by_role("checkbox", name=re.compile(f"^{farm}")).check()
    odile.page.get_by_role("radio", name=means).check()
    odile.type(reference=reference)
    odile.click("Encaisser")


def hands_over(odile: Visitor) -> None:
    odile.type(to="Sa fille")
    odile.click("Remis")
    odile.sees("C’est remis")
    odile.sees("0 à remettre · 1 remise · 0 absent")
    odile.meets_no_barrier()


def agrees(bob: Visitor, order: str) -> None:
    """The consumer's page and his receipt say what the four tills hold."""
    shows_in_time(bob, order, "main a", "Reçu")
    shows_a_total(bob, "39,34")
    bob.sees("à Sa fille")
    bob.sees("il manque 1 sur 2")
    bob.page.get_by_text("TVA comprise, par ferme").click()
    for _means, _amount, vat in SETTLED.values():
        expect(bob.page.get_by_role("cell", name=euros(vat))).to_be_visible()
    bob.meets_no_barrier()
    bob.click("Reçu")
    for farm, (means, amount, vat) in SETTLED.items():
        section = bob.page.locator("section").filter(has=bob.page.get_by_role("heading", name=farm))
        expect(section.locator("tfoot")).to_contain_text(euros(amount))
        expect(section).to_contain_text(re.compile(rf"{vat}\s€ sur {amount}\s€.*encaissé, {means.lower()}", re.DOTALL))
        expect(section).to_contain_text("Tout est réglé.")
    bob.meets_no_barrier()


def closes_the_books(odile: Visitor, week: Week) -> None:
    """Each till holds its farm's money; after the button nothing moves any more."""
    odile.click("Caisses")
    holds_its_own(odile)
    odile.meets_no_barrier()
    shows_in_time(odile, f"/distributions/{week.id}/books", "button", "Clore les comptes")
    expect(odile.page.locator("tfoot")).to_contain_text(re.compile(r"39,34.*39,34.*0,00", re.DOTALL))
    odile.meets_no_barrier()
    odile.click("Clore les comptes")
    odile.sees("Les comptes sont clos depuis le")
    expect(odile.page.get_by_role("button", name="Clore les comptes")).to_have_count(0)
    odile.meets_no_barrier()
    odile.click("Caisses")
    odile.sees("les caisses sont gardées telles qu’elles étaient")
    holds_its_own(odile)


def holds_its_own(odile: Visitor) -> None:
    expect(odile.page.locator("main .card")).to_have_count(len(SETTLED))
    for farm, (means, amount, _vat) in SETTLED.items():
        till = odile.page.locator(".card").filter(has=odile.page.get_by_role("link", name=farm))
        expect(till).to_contain_text(euros(rf"{means}\s*{amount}"))


def shows_in_time(person: Visitor, path: str, selector: str, text: str | re.Pattern[str]) -> None:
    """Open a page until news has come to it."""

    def has_come() -> int:
        person.go(path)
        return person.page.locator(selector, has_text=text).count()

    until(has_come)


def shows_a_total(bob: Visitor, amount: str) -> None:
    expect(bob.page.locator(".total-cents")).to_have_text(euros(amount))


def euros(amount: str) -> re.Pattern[str]:
    return re.compile(rf"{amount}\s€")
