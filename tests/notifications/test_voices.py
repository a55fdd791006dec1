"""A market that says `tu` says it in the mails about its sales, in French alone."""

import re

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from contracts.catalog import Joining, MarketChanged
from services.notifications import composing
from tests.cast import BOB, MARKET, ODILE
from tests.notifications.changes import near
from tests.notifications.conftest import Instance, placed, shortened

OF_SALES = (
    "page", "pieces", "order", "shortage", "repriced", "price_asked", "lines_dropped", "called_off", "reminder",
    "order_shifted", "group_message",
    "window", "after",
)  # fmt: skip
"""Templates of mails to the consumers of a market."""
SAYS_VOUS = re.compile(r"\b(vous|votre|vos|vôtres?|êtes|faites|dites|(?!assez|chez)\w+ez)\b", re.IGNORECASE)


def market(*, says_tu: bool) -> MarketChanged:
    given = {"name": "Marché de Caromb", "joining": Joining.OPEN, "founder_id": ODILE}
    return MarketChanged(market_id=MARKET, says_tu=says_tu, **given)


def subjects(halle: Instance) -> list[str]:
    return [mail["Subject"].split(" – ")[0] for mail in halle.send()]


def test_mails_about_sales_speak_as_the_market_does_when_they_are_sent(halle: Instance) -> None:
    halle.know(BOB)
    for event in (shortened(2), near()):
        halle.hear(event)
    for seq, says_tu in ((2, True), (1, False), (2, True)):
        halle.hear(market(says_tu=says_tu), seq=seq)
    assert subjects(halle) == [
        "Il manque quelque chose à ta commande",
        "Ta commande t'attend le vendredi 4 décembre 2026",
    ]
    halle.know(BOB, seq=2, language="en")
    halle.hear(near(starts_at=near().ends_at))
    assert subjects(halle) == ["Your order awaits you on Friday 4 December 2026"]
    halle.know(BOB, seq=3)
    halle.hear(market(says_tu=False), seq=3)
    halle.hear(placed())
    [mail] = halle.send()
    assert "Votre commande est enregistrée." in mail.get_body(("plain",)).get_content()


def test_every_text_of_mails_about_sales_that_says_vous_has_its_tu() -> None:
    methods = [(f"templates/{name}.*", "jinja2") for name in OF_SALES]
    found = {str(text) for _, _, text, _, _ in extract_from_dir(composing.HERE, methods, keywords={"_": None})}
    with (composing.HERE / "translations" / "fr-tu.po").open("rb") as lines:
        familiar = {str(entry.id): str(entry.string) for entry in read_po(lines, locale="fr") if entry.id}
    assert {text for text in found if SAYS_VOUS.search(text)} == set(familiar)
    assert {text for text in familiar.values() if not text or SAYS_VOUS.search(text)} == set()
    values = re.compile(r"%\((\w+)\)s")
    assert all(set(values.findall(one)) == set(values.findall(other)) for one, other in familiar.items())
