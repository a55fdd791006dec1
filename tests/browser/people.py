"""People at a browser: what they click and type, and the letters that they read."""

import json
import re
import time
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, TimeoutError, expect

PASSWORD = "une petite phrase"
PATIENCE = 15_000
"""Milliseconds that a page may take."""
PARIS = ZoneInfo("Europe/Paris")
CSV = (
    "ref;name;unit;price;category;stock;origin;net_quantity\n"
    "car;Carottes de Caromb;kg;2,40;vegetables;30;France, Vaucluse;\n"
    "pom;Pommes Golden;kg;2,80;fruit;;France, Vaucluse;\n"
    "pain;Pain de campagne;piece;4,20;bread;12;;800 g\n"
    "oeuf;Œufs plein air, les six;piece;2,50;eggs;40;;\n"
    "raté;Sans unité;sac;1;fruit;;;\n"
)


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, address: str, mailbox: str, name: str, **context: Any) -> None:
        self.name = name
        self.email = f"{name.lower()}@example.org"
        self.address, self.mailbox = address, mailbox
        self.context = browser.new_context(base_url=address, locale="fr-FR", **context)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.broken: list[str] = []
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))
        self.page.on("console", lambda said: self.broken.append(said.text) if said.type == "error" else None)

    def go(self, path: str) -> None:
        self.page.goto(path)

    def click(self, name: str) -> None:
        """Press a button or follow a link of the page by its words."""
        content = self.page.locator("main")
        control = content.get_by_role("button", name=name, exact=True)
        link = content.get_by_role("link", name=name, exact=True)
        try:
            control.or_(link).first.click()
        except TimeoutError as error:
            raise AssertionError(f"no {name!r} on {self.page.url}: {content.inner_text()[:500]}") from error

    def type(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.locator(f"[name={name}]:visible").fill(text)

    def choose(self, **fields: str) -> None:
        for name, label in fields.items():
            self.page.locator(f"[name={name}]").select_option(label=label)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def meets_no_barrier(self) -> None:
        """The page can be used by everybody, as far as a machine sees, and is not wider than the screen."""
        found = Axe().run(self.page)
        assert not found.violations_count, found.generate_report()
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, self.page.url

    def join(self) -> None:
        """Sign up, follow the letter's link, sign in."""
        self.go("/sign-up")
        self.type(name=self.name, email=self.email, password=PASSWORD)
        self.click("Créer mon compte")
        self.sees("Regardez votre courrier")
        self.go(self.link("/confirm"))
        self.click("Confirmer mon adresse")
        self.sees("Votre adresse est confirmée")
        self.sign_in()

    def sign_in(self) -> None:
        self.type(email=self.email, password=PASSWORD)
        self.click("Se connecter")
        expect(self.page.locator("header")).to_contain_text(self.name)

    def letters(self) -> list[dict[str, Any]]:
        """The mails to this person, the newest first, whole."""
        found = fetch(f"{self.mailbox}/messages.json?to={self.email}")
        return [fetch(f"{self.mailbox}/messages/{mail['id']}.json") for mail in found]

    def letter(self, about: str, seconds: float = 20) -> dict[str, Any]:
        """The newest mail whose subject says so, once it has come."""
        until = time.monotonic() + seconds
        while True:
            for mail in self.letters():
                if about in mail["subject"]:
                    return mail
            assert time.monotonic() < until, f"no mail about {about!r} to {self.email}"
            time.sleep(0.2)

    def link(self, path: str) -> str:
        """A link of the newest letter that has one to such a page."""
        until = time.monotonic() + 20
        while True:
            for mail in self.letters():
                if match := re.search(rf"https?://\S+{path}\S*", mail["text"]):
                    return match[0]
            assert time.monotonic() < until, f"no letter with {path} to {self.email}"
            time.sleep(0.2)

    def register_farm(self) -> None:
        self.go("/farms")
        self.click("Inscrire ma ferme")
        self.type(farm_name="Ferme des Alpilles", legal_name="EARL Roux", place="Caromb")
        self.click("Inscrire la ferme")
        self.sees("La ferme est inscrite")

    def found_market(self, name: str = "Marché de Caromb") -> None:
        """Found a market with a pick-up place."""
        self.go("/organise")
        self.click("Ouvrir un marché")
        self.type(name=name, place="Caromb", entity_name="Les Amis du marché", entity_address="Mairie, 84330 Caromb")
        self.choose(entity_kind="une association")
        self.type(entity_number="W842001234")
        self.click("Ouvrir le marché")
        self.sees("Le marché est ouvert")
        self.click("Ajouter un lieu de retrait")
        self.type(name="Salle des fêtes", address="Place du Cabaret, 84330 Caromb")
        self.click("Ajouter ce lieu")

    def plan(self, opens: datetime, window: timedelta = timedelta(hours=2)) -> None:
        """Plan one distribution whose window lasts so long; it is handed over the day after."""
        self.click("Prévoir des distributions")
        times = {"opens_at": opens, "closes_at": opens + window}
        times |= {"starts_at": opens + timedelta(days=1), "ends_at": opens + timedelta(days=1, hours=2)}
        self.type(**{name: at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M") for name, at in times.items()})
        self.click("Prévoir")
        self.sees("C’est prévu")

    def offer(self, name: str, quantity: str) -> None:
        """Write a quantity at an offer of the shop."""
        self.page.get_by_role("spinbutton", name=re.compile(f": {re.escape(name)}$")).fill(quantity)


def fetch(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.loads(answer.read())
